export { createLinuxSession } from './session.ts';
export { createLinuxWindows, type LinuxWindowsOptions } from './windows.ts';
