/** FNV-1a's prime: one multiplication a letter, which is all that the hot path can afford. */
export const HASH_PRIME = 0x01000193;

/** The hash of a word one letter (UTF-16 code unit) longer. */
export function hashStep(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, HASH_PRIME);
}

/** The hash of `units[start .. end)`. Equal words have equal hashes; a few different words have too. */
export function hashUnits(seed: number, units: Uint16Array, start: number, end: number): number {
  let hash = seed;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (units[at] as number), HASH_PRIME);
  return hash;
}

/** Spreads a hash's high bits over the low ones that a table looks at. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}
