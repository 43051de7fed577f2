export { createWindowsSession } from './session.ts';
export { createWindowsWindows } from './windows.ts';
