import { originOf, reserve } from './buffer.ts';
import { hashUnits } from './hash.ts';
import { addEdge, originEnd as endOf, type Lattice } from './lattice.ts';
import { MAX_READING } from './readings.ts';

/** Whether any rule knows these letters: whole (or inside them), or only how they begin. */
export type Knows = (
  units: Uint16Array,
  start: number,
  end: number,
  hash: number,
  /** Also look for words that count inside others anywhere in the letters, not only at their start. */
  anywhere: boolean,
) => 'whole' | 'beginning' | null;

/** Longest run of letters that is looked at; what is longer is no word, however disguised. */
const MAX_WRITTEN = MAX_READING * 4;

/** The word's letters, cut one letter after `MAX_WRITTEN`: too long for every reading, and bounded work. */
export function textOf(lattice: Lattice, token: number): string {
  const { units, tokenStart, tokenEnd } = lattice.buffer;
  const start = tokenStart[token] as number;
  return String.fromCharCode(
    ...units.subarray(start, Math.min(tokenEnd[token] as number, start + MAX_WRITTEN + 1)),
  );
}

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

/** Makes an edge over tokens `from .. to` of `letters` if a rule knows them. */
export function offer(
  lattice: Lattice,
  letters: string,
  from: number,
  to: number,
  originStart: number,
  originEnd: number,
  knows: Knows,
): void {
  const { buffer, unitsEnd } = lattice;
  reserve(buffer, unitsEnd + letters.length, 0, unitsEnd);
  for (let at = 0; at < letters.length; at += 1) {
    buffer.units[unitsEnd + at] = letters.charCodeAt(at);
  }
  const end = unitsEnd + letters.length;
  const hash = hashUnits(buffer.seed, buffer.units, unitsEnd, end);
  if (knows(buffer.units, unitsEnd, end, hash, true) === null) return;
  if (addEdge(lattice, { from, to, hash, start: unitsEnd, end, originStart, originEnd }))
    lattice.unitsEnd = end;
}
