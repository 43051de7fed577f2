export type { Clock, Timers } from './clock.ts';
export { createDisposables, type Disposable, type Disposables } from './disposable.ts';
export { parseJson } from './json.ts';
export { isLoopback } from './loopback.ts';
export { err, ok, type Result } from './result.ts';
