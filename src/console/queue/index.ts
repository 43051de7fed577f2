export { QueueList } from './list.tsx';
