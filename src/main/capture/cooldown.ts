import type { Hit } from '#contract';

/** One capture that later occurrences count up on. */
interface First {
  readonly captureId: string;
  readonly startedMs: number;
  occurrences: number;
}

/** More rules than this at once are forgotten oldest first: they become captures of their own. */
const MOST_RULES = 1_000;

/** How often a capture has now occurred. */
export interface Repeat {
  readonly captureId: string;
  readonly occurrences: number;
}

/**
 * Tells new hits from repeats: a rule that fires again for the same user within the cooldown of its
 * capture counts up on it (field.md, section 4). Hits repeat only when every rule among them does.
 * Times are monotonic, so that a jumping wall clock neither swallows nor doubles anything.
 */
export function createCooldown(): {
  /** The capture that these hits repeat, counted up, or null when they are new. `hits` worst first. */
  repeatOf(hits: readonly Hit[], user: string, nowMs: number, cooldownMs: number): Repeat | null;
  remember(hits: readonly Hit[], user: string, nowMs: number, captureId: string): void;
} {
  const firsts = new Map<string, First>();
  const keyOf = (hit: Hit, user: string) => JSON.stringify([user, hit.packId, hit.ruleId]);

  return {
    repeatOf(hits, user, nowMs, cooldownMs) {
      const known = hits.map((hit) => firsts.get(keyOf(hit, user)));
      const first = known[0];
      if (first === undefined) return null;
      if (known.some((one) => one === undefined || nowMs - one.startedMs >= cooldownMs)) return null;
      first.occurrences += 1;
      return { captureId: first.captureId, occurrences: first.occurrences };
    },
    remember(hits, user, nowMs, captureId) {
      const first: First = { captureId, startedMs: nowMs, occurrences: 1 };
      for (const hit of hits) {
        const key = keyOf(hit, user);
        firsts.delete(key);
        firsts.set(key, first);
      }
      for (const key of firsts.keys()) {
        if (firsts.size <= MOST_RULES) break;
        firsts.delete(key);
      }
    },
  };
}
