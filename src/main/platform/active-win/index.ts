export { createActiveWindow } from './activeWindow.ts';
