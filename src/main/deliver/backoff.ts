import type { Random } from '../ports/index.ts';

export interface Backoff {
  /** The wait before the next try, in milliseconds; longer after each failure in a row. */
  nextMs(): number;
  reset(): void;
}

/**
 * Exponential backoff with full jitter: after a school's server comes back, its devices do not come all at once.
 * The first wait is between a half and one `firstMs`, so that a mere hiccup costs little.
 */
export function createBackoff(
  random: Pick<Random, 'fraction'>,
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
): Backoff {
  let failures = 0;
  return {
    nextMs() {
      const ceilingMs = Math.min(maxMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return ceilingMs / 2 + (random.fraction() * ceilingMs) / 2;
    },
    reset() {
      failures = 0;
    },
  };
}
