import type { Timers } from '#kernel';

/** The machine's own clock and timers. */
export function createTimers(): Timers {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, task) {
      const handle = setTimeout(task, delayMs);
      return { dispose: () => clearTimeout(handle) };
    },
    every(intervalMs, task) {
      const handle = setInterval(task, intervalMs);
      return { dispose: () => clearInterval(handle) };
    },
  };
}
