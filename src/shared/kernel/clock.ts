import type { Disposable } from './disposable.ts';

/** The two clocks of a machine. Wall time may jump; monotonic time never goes back. */
export interface Clock {
  /** Wall time, milliseconds since 1970 UTC. */
  now(): number;
  /** Milliseconds since an arbitrary start, for measuring durations. */
  monotonic(): number;
}

/** Time and timers as a port: product code never touches the global ones, so tests own time. */
export interface Timers extends Clock {
  /** Runs `task` once after `delayMs`; disposing before that cancels it. */
  after(delayMs: number, task: () => void): Disposable;
  /** Runs `task` every `intervalMs` until disposed. */
  every(intervalMs: number, task: () => void): Disposable;
}
