import type { Timers } from '#kernel';

/** The machine's own clocks and timers. Timers never keep the process alive by themselves. */
export function createTimers(): Timers {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      timer.unref();
      return { dispose: () => clearTimeout(timer) };
    },
    every(intervalMs, task) {
      const timer = setInterval(task, intervalMs);
      timer.unref();
      return { dispose: () => clearInterval(timer) };
    },
  };
}

/** Resolves once the event loop has come round: after everything that is ready now has been dealt with. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
