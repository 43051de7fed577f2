import type { Timers } from '#kernel';

/** Virtual time: nothing happens until a test says so. */
export interface FakeTimers extends Timers {
  /**
   * Moves both clocks forward, running each task at its own time, in order. Before the first and after each
   * task the microtasks that are ready run, so that promise chains between two timers make progress.
   */
  advance(byMs: number): Promise<void>;
  /** Moves the wall clock alone, as a person or a time server does; monotonic time and timers do not notice. */
  jumpWallClock(byMs: number): void;
  /** How many tasks are waiting. A stopped part leaves none. */
  pending(): number;
}

interface Task {
  readonly order: number;
  readonly intervalMs: number | null;
  readonly run: () => void;
  dueMs: number;
}

/** Lets promise chains run on: a full turn of the event loop, so that real I/O in between counts too. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes virtual timers. `startMs` is the wall time at the start; monotonic time starts at 0. */
export function createFakeTimers(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)): FakeTimers {
  const tasks = new Set<Task>();
  let monotonicMs = 0;
  let wallOffsetMs = startMs;
  let orders = 0;

  function add(delayMs: number, intervalMs: number | null, run: () => void) {
    const task: Task = { order: orders++, intervalMs, run, dueMs: monotonicMs + Math.max(0, delayMs) };
    tasks.add(task);
    return { dispose: () => void tasks.delete(task) };
  }

  function nextDue(untilMs: number): Task | undefined {
    let next: Task | undefined;
    for (const task of tasks) {
      if (task.dueMs > untilMs) continue;
      if (
        next === undefined ||
        task.dueMs < next.dueMs ||
        (task.dueMs === next.dueMs && task.order < next.order)
      ) {
        next = task;
      }
    }
    return next;
  }

  return {
    now: () => Math.floor(wallOffsetMs + monotonicMs),
    monotonic: () => monotonicMs,
    after: (delayMs, task) => add(delayMs, null, task),
    every: (intervalMs, task) => {
      if (!(intervalMs > 0)) throw new Error('an interval must be longer than 0 ms');
      return add(intervalMs, intervalMs, task);
    },
    async advance(byMs) {
      const untilMs = monotonicMs + byMs;
      await turn();
      for (let task = nextDue(untilMs); task !== undefined; task = nextDue(untilMs)) {
        monotonicMs = Math.max(monotonicMs, task.dueMs);
        if (task.intervalMs === null) tasks.delete(task);
        else task.dueMs += task.intervalMs;
        task.run();
        await turn();
      }
      monotonicMs = untilMs;
      await turn();
    },
    jumpWallClock(byMs) {
      wallOffsetMs += byMs;
    },
    pending: () => tasks.size,
  };
}
