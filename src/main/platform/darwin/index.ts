export type { MacPermission } from './helper.ts';
export { readDarwinSessionFacts } from './sessionFacts.ts';
export { createDarwinWindows } from './windows.ts';
