import { originOf, reserve } from './buffer.ts';
import { addEdge, originEnd as endOf, type Lattice } from './lattice.ts';
import { MAX_READING } from './readings.ts';

/** What is known of the words of all rules. */
export interface KnownWords {
  /**
   * Whether any rule knows these letters: whole (or inside them), or only how they begin. `anywhere`: also look for
   * words that count inside others anywhere in the letters, not only at their start.
   */
  knows(
    units: Uint16Array,
    start: number,
    end: number,
    hash: number,
    anywhere: boolean,
  ): 'whole' | 'beginning' | null;
  /** False if no word begins with the letters of this hash, three of them or more. */
  mayBegin(hash: number): boolean;
  /** False if no rule knows anything that begins with these letters. */
  mayGoOn(units: Uint16Array, start: number, end: number, hash: number): boolean;
}

/** Longest run of letters that is looked at; what is longer is no word, however disguised. */
const MAX_WRITTEN = MAX_READING * 4;

export function isTooLong(lattice: Lattice, token: number): boolean {
  const { tokenStart, tokenEnd } = lattice.buffer;
  return (tokenEnd[token] as number) - (tokenStart[token] as number) > MAX_WRITTEN;
}

export function tokenOrigin(lattice: Lattice, token: number): number {
  return originOf(lattice.buffer, lattice.buffer.tokenStart[token] as number);
}

export function tokenOriginEnd(lattice: Lattice, token: number): number {
  return endOf(lattice.buffer, (lattice.buffer.tokenEnd[token] as number) - 1);
}

/**
 * Makes an edge over words `from .. to` of the letters `units[start .. end)`, which lie in the text or in the unused room
 * behind it, if a rule knows them.
 */
export function offer(
  lattice: Lattice,
  start: number,
  end: number,
  hash: number,
  from: number,
  to: number,
  originStart: number,
  originEnd: number,
  words: KnownWords,
): void {
  if (words.knows(lattice.buffer.units, start, end, hash, true) === null) return;
  if (addEdge(lattice, { from, to, hash, start, end, originStart, originEnd }))
    lattice.unitsEnd = Math.max(lattice.unitsEnd, end);
}

/** Offers every reading of the word in `lattice.readings` for words `from .. to`. */
export function offerReadings(
  lattice: Lattice,
  from: number,
  to: number,
  originStart: number,
  originEnd: number,
  words: KnownWords,
): void {
  lattice.readings.each((units, length, hash) => {
    if (words.knows(units, 0, length, hash, true) === null) return;
    const start = lattice.unitsEnd;
    const end = start + length;
    reserve(lattice.buffer, end, 0, start);
    for (let at = 0; at < length; at += 1) lattice.buffer.units[start + at] = units[at] as number;
    if (addEdge(lattice, { from, to, hash, start, end, originStart, originEnd })) lattice.unitsEnd = end;
  });
}
