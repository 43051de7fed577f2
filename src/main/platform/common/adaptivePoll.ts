import type { Disposable } from '#kernel';
import type { Timers } from '../../ports/index.ts';

export interface AdaptivePollIntervals {
  /** Between two looks while things change, milliseconds. */
  readonly activeMs: number;
  /** Between two looks once nothing has changed for `quietAfterMs`, milliseconds. */
  readonly quietMs: number;
  readonly quietAfterMs: number;
}

/** A poll that slows down while nothing changes. */
export interface AdaptivePoll extends Disposable {
  /** Something changed: look often again. */
  touch(): void;
  /** Takes other intervals from now on. */
  setIntervals(intervals: AdaptivePollIntervals): void;
}

/** Calls `look` again and again, after `activeMs` or `quietMs`, until disposed. The first call is after one interval. */
export function createAdaptivePoll(
  timers: Pick<Timers, 'after' | 'monotonic'>,
  intervals: AdaptivePollIntervals,
  look: () => void,
): AdaptivePoll {
  let current = intervals;
  let changedAt = timers.monotonic();
  let quiet = false;
  let disposed = false;
  let timer = schedule();

  function schedule(): Disposable {
    quiet = timers.monotonic() - changedAt >= current.quietAfterMs;
    return timers.after(quiet ? current.quietMs : current.activeMs, () => {
      timer = schedule();
      look();
    });
  }

  function restart(): void {
    if (disposed) return;
    void timer.dispose();
    timer = schedule();
  }

  return {
    touch() {
      changedAt = timers.monotonic();
      if (quiet) restart();
    },
    setIntervals(next) {
      if (next.activeMs === current.activeMs && next.quietMs === current.quietMs) return;
      current = next;
      restart();
    },
    dispose() {
      disposed = true;
      void timer.dispose();
    },
  };
}
