import { createRequire } from 'node:module';

/** Calls into native libraries. */
export type Koffi = typeof import('koffi').default;

/**
 * Loads `koffi` when it is needed and not before, so that an installation that lost it says so in its health
 * instead of ending at its first import. Throws where it is missing or made for another system.
 */
export function loadKoffi(): Koffi {
  return createRequire(import.meta.url)('koffi') as Koffi;
}
