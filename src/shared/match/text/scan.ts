/**
 * Turns one text into folded letters and words, in one pass, with a map back to the original.
 *
 * Invariants
 * - `units[k]` came from the original at `origins[k]`; origins never decrease.
 * - A word is `units[tokenStart[t] .. tokenEnd[t])`; its hash is `hashUnits` of them. Words do not overlap.
 * - Buffers are reused, so everything beyond the counts is left over from earlier texts and never read.
 * - ASCII takes the short way through a 128-entry table; only other characters call the fold.
 */
import type { Fold } from './fold.ts';
import { HASH_PRIME, hashStep } from './hash.ts';
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

export interface TextBuffer {
  /** Where word hashes start; a compiled form has its own, so that no two of its words share a hash. */
  readonly seed: number;
  source: string;
  mode: ScanMode;
  units: Uint16Array;
  origins: Int32Array;
  unitCount: number;
  tokenStart: Int32Array;
  tokenEnd: Int32Array;
  tokenHash: Int32Array;
  tokenMarks: Uint8Array;
  tokenCount: number;
  /** All marks of all words together: 0 means that no word needs a second reading. */
  marks: number;
}

export function createTextBuffer(seed: number): TextBuffer {
  return {
    seed,
    source: '',
    mode: 'title',
    units: new Uint16Array(512),
    origins: new Int32Array(512),
    unitCount: 0,
    tokenStart: new Int32Array(128),
    tokenEnd: new Int32Array(128),
    tokenHash: new Int32Array(128),
    tokenMarks: new Uint8Array(128),
    tokenCount: 0,
    marks: 0,
  };
}

const SIGN = 1;
const APOSTROPHE = 2;
const PERCENT = 3;
const GLUE = 4;
/** For each ASCII character: its folded letter or digit, or one of the small numbers above, or 0 (separator). */
const ASCII = new Uint8Array(128);
for (let code = 0; code < 26; code += 1) {
  ASCII[65 + code] = 97 + code;
  ASCII[97 + code] = 97 + code;
}
for (let digit = 48; digit < 58; digit += 1) ASCII[digit] = digit;
for (const sign of '@$!|+*') ASCII[sign.charCodeAt(0)] = SIGN;
for (const sign of '-._~') ASCII[sign.charCodeAt(0)] = GLUE;
ASCII[39] = APOSTROPHE;
ASCII[96] = APOSTROPHE;
ASCII[37] = PERCENT;
/** Letters that stand twice in hardly any English word: `suuicide` is a disguise, `kill` is not. */
const RARELY_DOUBLE = new Uint8Array(128);
for (const letter of 'ahijkquvwxy') RARELY_DOUBLE[letter.charCodeAt(0)] = 1;

/**
 * Reads `text` from `from` to `to` and adds its letters and words to `buffer`. Offsets are UTF-16 code units.
 * Several stretches of one text may be read one after the other; `startText` begins a new text.
 */
export function scan(buffer: TextBuffer, fold: Fold, from: number, to: number): void {
  const text = buffer.source;
  const isUrl = buffer.mode === 'url';
  reserve(buffer, buffer.unitCount + (to - from) + 32, buffer.tokenCount + ((to - from) >> 1) + 2);
  let { units, origins, tokenStart, tokenEnd, tokenHash, tokenMarks } = buffer;
  let count = buffer.unitCount;
  let tokens = buffer.tokenCount;
  let allMarks = buffer.marks;
  let start = count;
  const seed = buffer.seed;
  let hash = seed;
  let marks = 0;
  let kinds = 0;
  let previous = 0;
  let beforePrevious = 0;
  let singles = 0;
  let glue = 0;
  let index = from;

  while (index < to) {
    const code = text.charCodeAt(index);
    let folded = code < 128 ? (ASCII[code] as number) : 128;
    if (folded > 32 && folded < 128) {
      units[count] = folded;
      origins[count] = index;
      count += 1;
      hash = Math.imul(hash ^ folded, HASH_PRIME);
      kinds |= folded < 58 ? 1 : 2;
      if (folded === previous && (folded === beforePrevious || RARELY_DOUBLE[folded] === 1)) marks |= MARK.repeats;
      beforePrevious = previous;
      previous = folded;
      index += 1;
      continue;
    }
    let width = 1;
    let codePoint = code;
    if (isUrl && folded === PERCENT) {
      const decoded = decodePercent(text, index, to);
      codePoint = decoded >>> 8;
      width = decoded & 255;
      folded = codePoint < 128 ? (ASCII[codePoint] as number) : 128;
      if (folded === SIGN || folded === PERCENT) folded = 0;
    } else if (code >= 0xd800 && code < 0xdc00 && index + 1 < to) {
      const low = text.charCodeAt(index + 1);
      if (low >= 0xdc00 && low < 0xe000) {
        codePoint = ((code - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
        width = 2;
      }
    }
    let ends = true;
    let alone = false;
    if (folded > 32) {
      const letter = folded < 128 ? null : fold.of(codePoint);
      if (letter === null || letter.kind === 'letters') {
        const letters = letter === null ? String.fromCharCode(folded) : letter.text;
        alone = letter?.kind === 'letters' && letter.alone;
        if (alone && count > start) {
          // A letter that is a word of its own ends the word before it; it is read again as a fresh word.
          width = 0;
        } else {
          ends = alone;
          if (count + letters.length + (to - index) > units.length) {
            reserve(buffer, count + letters.length + (to - index) + 32, 0, count);
            ({ units, origins } = buffer);
          }
          for (let at = 0; at < letters.length; at += 1) {
            const unit = letters.charCodeAt(at);
            units[count] = unit;
            origins[count] = index;
            count += 1;
            hash = hashStep(hash, unit);
            kinds |= unit >= 48 && unit < 58 ? 1 : 2;
            if (unit === previous && unit === beforePrevious && !alone) marks |= MARK.repeats;
            beforePrevious = previous;
            previous = unit;
          }
          if (letter?.kind === 'letters' && letter.foreign) marks |= MARK.foreign;
        }
      } else if (letter.kind === 'ignored') ends = false;
      else if (letter.kind === 'apostrophe') folded = APOSTROPHE;
      else folded = 0;
    }
    if (folded === APOSTROPHE && !isUrl) {
      ends = false;
      if (count > start) marks |= MARK.apostrophe;
    }
    if (folded === SIGN && !isUrl) allMarks |= MARK.signs;
    if (ends) {
      if (count > start) {
        if (tokens + 2 > tokenStart.length) {
          reserve(buffer, 0, tokens * 2 + 2, count, tokens);
          ({ tokenStart, tokenEnd, tokenHash, tokenMarks } = buffer);
        }
        singles = count - start === 1 && !alone ? singles + 1 : 0;
        if (singles >= 3) marks |= MARK.spelled;
        if (kinds === 3) marks |= MARK.digits;
        if (glue === 1) marks |= MARK.glued;
        tokenStart[tokens] = start;
        tokenEnd[tokens] = count;
        tokenHash[tokens] = hash;
        tokenMarks[tokens] = marks;
        tokens += 1;
        allMarks |= marks;
        start = count;
        hash = seed;
        marks = 0;
        kinds = 0;
        previous = 0;
        beforePrevious = 0;
        glue = folded === GLUE ? 1 : 2;
      } else glue = 2;
    }
    index += width;
  }
  if (count > start) {
    if (count - start === 1 && singles >= 2) marks |= MARK.spelled;
    if (kinds === 3) marks |= MARK.digits;
    if (glue === 1) marks |= MARK.glued;
    tokenStart[tokens] = start;
    tokenEnd[tokens] = count;
    tokenHash[tokens] = hash;
    tokenMarks[tokens] = marks;
    tokens += 1;
    allMarks |= marks;
  }
  buffer.unitCount = count;
  buffer.tokenCount = tokens;
  buffer.marks = allMarks;
}

/** Forgets the text before and makes `source` the text that `scan` reads. */
export function startText(buffer: TextBuffer, source: string, mode: ScanMode): void {
  buffer.source = source;
  buffer.mode = mode;
  buffer.unitCount = 0;
  buffer.tokenCount = 0;
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
  }
  if (tokens > buffer.tokenStart.length) {
    const size = Math.max(tokens, buffer.tokenStart.length * 2);
    buffer.tokenStart = grown(new Int32Array(size), buffer.tokenStart, usedTokens);
    buffer.tokenEnd = grown(new Int32Array(size), buffer.tokenEnd, usedTokens);
    buffer.tokenHash = grown(new Int32Array(size), buffer.tokenHash, usedTokens);
    buffer.tokenMarks = grown(new Uint8Array(size), buffer.tokenMarks, usedTokens);
  }
}

function grown<Numbers extends Uint16Array | Int32Array | Uint8Array>(to: Numbers, from: Numbers, used: number): Numbers {
  to.set(from.subarray(0, used));
  return to;
}

/**
 * The character at `index` of the original and how many code units it takes there: percent escapes in a URL
 * are one character. A broken escape is the sign `%` by itself.
 */
export function characterAt(buffer: TextBuffer, index: number, to: number): { codePoint: number; width: number } {
  const text = buffer.source;
  if (buffer.mode === 'url' && text.charCodeAt(index) === 37) {
    const decoded = decodePercent(text, index, to);
    return { codePoint: decoded >>> 8, width: decoded & 255 };
  }
  const codePoint = text.codePointAt(index) ?? 0;
  return { codePoint, width: codePoint > 0xffff ? 2 : 1 };
}
