export { DevicesPage } from './page.tsx';
