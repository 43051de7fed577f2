import type { Disposable, Timers } from '#kernel';

/** One thing in front, told apart from the next by `place` and `title`. */
export interface Settling {
  /** Window and URL: a change of place is always new at once. */
  readonly place: string;
  readonly title: string;
}

/** In one place this many new titles within the window are told at once; beyond it a title must hold still. */
const FREE_CHANGES = 5;
const FREE_WINDOW_MS = 10_000;
const STILL_MS = 1_000;

/** A title told this often in one place within the window alternates with another ("Ana is typing ..."). */
const ALTERNATIONS = 2;
const ALTERNATION_WINDOW_MS = 60_000;

/**
 * The title without what counts by itself: unread counters, playing times, percentages, busy marks.
 * Two titles with the same core are one. Only for comparing; what is told keeps its own words.
 */
export function titleCore(title: string): string {
  return title
    .replace(/\p{Extended_Pictographic}|[\u2800-\u28ff\u2022\u25cf\u25cb\u25e6*]/gu, ' ')
    .replace(/[([]\s*\d{1,5}\+?\s*[)\]]/g, ' ')
    .replace(/\b\d{1,3}:\d{2}(?::\d{2})?\b/g, '#')
    .replace(/\b\d{1,3}(?:[.,]\d+)?\s?%/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Lets each new thing through once, at once, and holds back titles that flicker: a core that was just
 * told, one that alternates, or the later ones of a storm until one holds still. `onSettled` may be
 * called later than `offer`, with the last thing offered.
 */
export function createSettle<Thing extends Settling>(
  timers: Pick<Timers, 'after' | 'monotonic'>,
  onSettled: (thing: Thing) => void,
): Disposable & { offer(thing: Thing): void; clear(): void } {
  let place: string | null = null;
  let core = '';
  let told: { core: string; atMs: number }[] = [];
  let holding: Disposable | null = null;

  function tell(thing: Thing): void {
    core = titleCore(thing.title);
    told.push({ core, atMs: timers.monotonic() });
    onSettled(thing);
  }

  function release(): void {
    void holding?.dispose();
    holding = null;
  }

  return {
    offer(thing) {
      release();
      const nextCore = titleCore(thing.title);
      if (thing.place !== place) {
        place = thing.place;
        told = [];
        return tell(thing);
      }
      if (nextCore === core) return;
      const nowMs = timers.monotonic();
      told = told.filter(({ atMs }) => nowMs - atMs < ALTERNATION_WINDOW_MS);
      if (told.filter((past) => past.core === nextCore).length >= ALTERNATIONS) {
        core = nextCore;
        return;
      }
      const recent = told.filter(({ atMs }) => nowMs - atMs < FREE_WINDOW_MS).length;
      if (recent <= FREE_CHANGES) return tell(thing);
      holding = timers.after(STILL_MS, () => {
        holding = null;
        tell(thing);
      });
    },
    clear() {
      release();
      place = null;
    },
    dispose: release,
  };
}
