export { ItemPanel } from './panel.tsx';
