export { ownProcessIsElevated } from './elevation.ts';
export { logonSession } from './logonSession.ts';
export { createWindowsSession } from './session.ts';
export { createWindowsWindows } from './windows.ts';
