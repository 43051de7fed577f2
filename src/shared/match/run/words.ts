import type { Compiled } from '../compile/container.ts';
import {
  filterSlot,
  insideKey,
  MIN_PREFIX,
  STEM,
  stemKey,
  textLength,
  textStart,
} from '../compile/layout.ts';
import { slotOf } from '../text/hash.ts';

/** Finds words of rules among the letters of a text. Offsets are into `units`. */
export interface WordTables {
  /** The word's place in the table of words, or -1. */
  wordAt(units: Uint16Array, start: number, end: number, hash: number): number;
  /** Whether `units[start..end)` is the word at `place`. */
  isWord(place: number, units: Uint16Array, start: number, end: number, hash: number): boolean;
  isStem(row: number, units: Uint16Array, start: number, end: number): boolean;
  /** Whether the inside word of `row` begins at `start`. */
  isInside(row: number, units: Uint16Array, start: number, end: number): boolean;
  /** The first row of stems or inside words that may begin at `start`, -1 if none does; ask for the rows after it. */
  firstStem(units: Uint16Array, start: number, end: number): number;
  firstInside(units: Uint16Array, start: number, end: number): number;
  /** Whether some word may begin with the letters of this hash, three of them or more; sometimes true where none does. */
  mayBegin(hash: number): boolean;
  /** False if no rule knows anything that begins with these letters. */
  mayGoOn(units: Uint16Array, start: number, end: number, hash: number): boolean;
  /** Whether any rule knows the letters: as a word or by a word inside them, or only by a stem. */
  knows(
    units: Uint16Array,
    start: number,
    end: number,
    hash: number,
    anywhere: boolean,
  ): 'whole' | 'beginning' | null;
}

export function createWordTables(compiled: Compiled): WordTables {
  const { wordKeys, wordTexts, strings, stemKeys, stemBits, stems, insideKeys, insideBits, insides } =
    compiled;
  const { prefixBits } = compiled;
  const mask = wordKeys.length - 1;
  const hasInsides = insideKeys.length > 0;

  function beginsWith(ref: number, units: Uint16Array, start: number, end: number): boolean {
    const length = textLength(ref);
    if (end - start < length) return false;
    const text = textStart(ref);
    for (let at = 0; at < length; at += 1) if (strings[text + at] !== units[start + at]) return false;
    return true;
  }

  function isWord(place: number, units: Uint16Array, start: number, end: number, hash: number): boolean {
    if (wordKeys[place] !== hash) return false;
    const ref = wordTexts[place] as number;
    return textLength(ref) === end - start && beginsWith(ref, units, start, end);
  }

  function wordAt(units: Uint16Array, start: number, end: number, hash: number): number {
    if (hash === 0) return -1;
    let slot = slotOf(hash, mask);
    for (let key = wordKeys[slot] as number; key !== 0; key = wordKeys[slot] as number) {
      if (key === hash) return isWord(slot, units, start, end, hash) ? slot : -1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  function isStem(row: number, units: Uint16Array, start: number, end: number): boolean {
    return beginsWith(stems[row * STEM.columns + STEM.text] as number, units, start, end);
  }

  function isInside(row: number, units: Uint16Array, start: number, end: number): boolean {
    return beginsWith(insides[row * STEM.columns + STEM.text] as number, units, start, end);
  }

  function firstStem(units: Uint16Array, start: number, end: number): number {
    if (end - start < 3) return -1;
    const key = stemKey(units[start] as number, units[start + 1] as number, units[start + 2] as number);
    if (((stemBits[key >>> 5] as number) & (1 << (key & 31))) === 0) return -1;
    return firstRow(stemKeys, key);
  }

  function firstInside(units: Uint16Array, start: number, end: number): number {
    if (!hasInsides || end - start < 4) return -1;
    const key = insideKey(
      units[start] as number,
      units[start + 1] as number,
      units[start + 2] as number,
      units[start + 3] as number,
    );
    if (((insideBits[key >>> 5] as number) & (1 << (key & 31))) === 0) return -1;
    return firstRow(insideKeys, key);
  }

  function knowsStem(units: Uint16Array, start: number, end: number): boolean {
    const first = firstStem(units, start, end);
    for (let row = first; row >= 0 && stemKeys[row] === stemKeys[first]; row += 1) {
      if (isStem(row, units, start, end)) return true;
    }
    return false;
  }

  function knowsInside(units: Uint16Array, start: number, end: number, lastStart: number): boolean {
    if (!hasInsides) return false;
    for (let at = start; at <= lastStart; at += 1) {
      const first = firstInside(units, at, end);
      for (let row = first; row >= 0 && insideKeys[row] === insideKeys[first]; row += 1) {
        if (isInside(row, units, at, end)) return true;
      }
    }
    return false;
  }

  function mayBegin(hash: number): boolean {
    const slot = filterSlot(hash, prefixBits.length);
    return ((prefixBits[slot >>> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  return {
    wordAt,
    isWord,
    isStem,
    isInside,
    firstStem,
    firstInside,
    mayBegin,
    // A word that counts inside others may lie in what comes.
    mayGoOn: (units, start, end, hash) =>
      hasInsides || end - start < MIN_PREFIX || mayBegin(hash) || knowsStem(units, start, end),
    knows(units, start, end, hash, anywhere) {
      if (wordAt(units, start, end, hash) >= 0) return 'whole';
      if (knowsInside(units, start, end, anywhere ? end - 4 : start)) return 'whole';
      return knowsStem(units, start, end) ? 'beginning' : null;
    },
  };
}

function firstRow(keys: Uint16Array, key: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
