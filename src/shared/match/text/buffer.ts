/**
 * A text being read: its folded letters and words, and where they came from.
 *
 * Invariants
 * - `units[k]` came from the original at `originOf(buffer, k)`; origins never decrease.
 * - A word is `units[tokenStart[t] .. tokenEnd[t])`; its hash is `hashUnits` of them. Words do not overlap.
 * - Buffers are reused, so everything beyond the counts is left over from earlier texts and never read.
 */
import { decodePercent } from './percent.ts';

/** How to read a text: a title or search words; a URL (percent escapes, no disguises by signs); a rule's phrase. */
export type ScanMode = 'title' | 'url' | 'phrase';

/** Something about a word that makes it worth a second reading; see `variants.ts`. */
export const MARK = {
  /** Letters and digits together, as in `su1cide`. */
  digits: 1,
  /** A letter three times in a row, or twice where no English word has it twice. */
  repeats: 2,
  /** An apostrophe was left out of the word. */
  apostrophe: 4,
  /** Letters of a script that imitates Latin. */
  foreign: 8,
  /** A sign such as `@` or `!` stands at or in a word. */
  signs: 16,
  /** Three or more single letters follow one another. */
  spelled: 32,
  /** The word hangs on the one before by a single hyphen, dot or the like. */
  glued: 64,
} as const;

/** A foreign letter that looks like no Latin one. */
export const NO_TWIN = 0xffff;

export interface TextBuffer {
  /** All of the text was plain ASCII: every letter stands at its own offset, and `origins` is not filled. */
  isPlain: boolean;
  /** Where word hashes start; a compiled form has its own, so that no two of its words share a hash. */
  readonly seed: number;
  source: string;
  mode: ScanMode;
  units: Uint16Array;
  origins: Int32Array;
  /** For letters beyond ASCII: the Latin letter that a foreign one imitates, `NO_TWIN` if none, 0 if it is not foreign. */
  twins: Uint16Array;
  unitCount: number;
  tokenStart: Int32Array;
  tokenEnd: Int32Array;
  tokenHash: Int32Array;
  tokenMarks: Uint8Array;
  tokenCount: number;
  /** Some letter is one that only a foreign script has. */
  isForeign: boolean;
  /** All marks of all words together: 0 means that no word needs a second reading. */
  marks: number;
}

export function createTextBuffer(seed: number): TextBuffer {
  return {
    isPlain: true,
    seed,
    source: '',
    mode: 'title',
    units: new Uint16Array(512),
    origins: new Int32Array(512),
    twins: new Uint16Array(512),
    unitCount: 0,
    tokenStart: new Int32Array(128),
    tokenEnd: new Int32Array(128),
    tokenHash: new Int32Array(128),
    tokenMarks: new Uint8Array(128),
    tokenCount: 0,
    isForeign: false,
    marks: 0,
  };
}

/** Forgets the text before and makes `source` the text that `scan` reads. */
export function startText(buffer: TextBuffer, source: string, mode: ScanMode): void {
  buffer.source = source;
  buffer.mode = mode;
  buffer.unitCount = 0;
  buffer.tokenCount = 0;
  buffer.isForeign = false;
  buffer.marks = 0;
}

/** Makes room; keeps the first `usedUnits` letters and `usedTokens` words (all that are counted, by default). */
export function reserve(
  buffer: TextBuffer,
  units: number,
  tokens: number,
  usedUnits = buffer.unitCount,
  usedTokens = buffer.tokenCount,
): void {
  if (units > buffer.units.length) {
    const size = Math.max(units, buffer.units.length * 2);
    buffer.units = grown(new Uint16Array(size), buffer.units, usedUnits);
    buffer.origins = grown(new Int32Array(size), buffer.origins, usedUnits);
    buffer.twins = grown(new Uint16Array(size), buffer.twins, usedUnits);
  }
  if (tokens > buffer.tokenStart.length) {
    const size = Math.max(tokens, buffer.tokenStart.length * 2);
    buffer.tokenStart = grown(new Int32Array(size), buffer.tokenStart, usedTokens);
    buffer.tokenEnd = grown(new Int32Array(size), buffer.tokenEnd, usedTokens);
    buffer.tokenHash = grown(new Int32Array(size), buffer.tokenHash, usedTokens);
    buffer.tokenMarks = grown(new Uint8Array(size), buffer.tokenMarks, usedTokens);
  }
}

function grown<Numbers extends Uint16Array | Int32Array | Uint8Array>(
  to: Numbers,
  from: Numbers,
  used: number,
): Numbers {
  to.set(from.subarray(0, used));
  return to;
}

/**
 * The character at `index` of the original and how many code units it takes there: percent escapes in a URL
 * are one character. A broken escape is the sign `%` by itself.
 */
export function characterAt(
  buffer: TextBuffer,
  index: number,
  to: number,
): { codePoint: number; width: number } {
  const text = buffer.source;
  if (buffer.mode === 'url' && text.charCodeAt(index) === 37) {
    const decoded = decodePercent(text, index, to);
    return { codePoint: decoded >>> 8, width: decoded & 255 };
  }
  const codePoint = text.codePointAt(index) ?? 0;
  return { codePoint, width: codePoint > 0xffff ? 2 : 1 };
}

/** Where in the original the letter `units[unit]` came from. */
export function originOf(buffer: TextBuffer, unit: number): number {
  return buffer.isPlain ? unit : (buffer.origins[unit] as number);
}
