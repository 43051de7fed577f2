import { v7 } from 'uuid';
import type { Random } from '../../ports/index.ts';

/** Chance from the machine: version 7 UUIDs (RFC 9562) and a fraction for jitter. */
export function createRandom(): Random {
  return { id: () => v7(), fraction: () => Math.random() };
}
