import { type ContextEntry, contextEntry, type Observation } from '#contract';

/** The last things that were in front, oldest first. Holds no more than it is told to and forgets what is old. */
export function createContextRing(options: { readonly maxAgeMs: number }): {
  add(observation: Observation): void;
  /** At most `count` entries not older than the age limit at `now`. */
  last(count: number, now: number): ContextEntry[];
} {
  const MOST = 20;
  let entries: ContextEntry[] = [];
  return {
    add(observation) {
      entries = [...entries, contextEntry(observation)].slice(-MOST);
    },
    last(count, now) {
      if (count === 0) return [];
      return entries.filter(({ at }) => now - at <= options.maxAgeMs).slice(-count);
    },
  };
}
