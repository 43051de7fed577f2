import type { Timers } from '#kernel';

/** The server's time, as learned from its answers; the machine's own until then. */
export interface ServerClock {
  now(): number;
  /** Takes the server's word. `exactMs`: the precision of that word. */
  learn(serverTimeMs: number, exactMs: number): void;
}

/** Smaller differences are the network's, and are left alone. */
const IGNORED_MS = 2_000;

/**
 * Follows the server's clock by the monotonic one, so that a jump of the machine's wall clock changes nothing once
 * the server has been heard.
 */
export function createServerClock(timers: Pick<Timers, 'now' | 'monotonic'>): ServerClock {
  let offsetMs: number | null = null;

  function now(): number {
    return Math.round(offsetMs === null ? timers.now() : offsetMs + timers.monotonic());
  }

  return {
    now,
    learn(serverTimeMs, exactMs) {
      if (offsetMs !== null && Math.abs(serverTimeMs - now()) < Math.max(IGNORED_MS, exactMs)) return;
      offsetMs = serverTimeMs - timers.monotonic();
    },
  };
}
