import type { Disposable } from '#kernel';
import type { Timers } from '../../ports/index.ts';

/** Runs one piece of work as often as asked, but never twice at once and never faster than its pace. */
export interface Refresher extends Disposable {
  /** Asks for a run. Any number of requests before that run starts are one run. */
  request(): void;
}

/**
 * The first request runs at once, so that a single change is seen without delay. A storm of requests becomes one
 * run each `paceMs`, and while it goes on ever more slowly, down to one each `slowestPaceMs`. Work asked for during a run starts after it. `work` handles its own
 * failures; one that escapes goes to `onFailure` and the refresher goes on.
 */
export function createRefresher(
  timers: Pick<Timers, 'after' | 'monotonic'>,
  options: {
    readonly paceMs: number;
    readonly slowestPaceMs: number;
    readonly onFailure: (failure: unknown) => void;
  },
  work: () => void | Promise<void>,
): Refresher {
  let paceMs = options.paceMs;
  let startedAt = Number.NEGATIVE_INFINITY;
  let running = false;
  let wanted = false;
  let disposed = false;
  let pause: Disposable | null = null;

  function begin(next: number): void {
    paceMs = next;
    wanted = false;
    running = true;
    startedAt = timers.monotonic();
    Promise.resolve()
      .then(work)
      .catch(options.onFailure)
      .finally(() => {
        running = false;
        if (wanted) request();
      });
  }

  function request(): void {
    if (disposed) return;
    wanted = true;
    if (running || pause !== null) return;
    const waitMs = startedAt + paceMs - timers.monotonic();
    if (waitMs <= 0) {
      begin(options.paceMs);
      return;
    }
    pause = timers.after(waitMs, () => {
      pause = null;
      begin(Math.min(paceMs * 2, options.slowestPaceMs));
    });
  }

  return {
    request,
    dispose() {
      disposed = true;
      wanted = false;
      void pause?.dispose();
      pause = null;
    },
  };
}
