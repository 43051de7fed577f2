/**
 * Turns one text into folded letters and words, in one pass, with a map back to the original.
 *
 * Invariants
 * - `units[k]` came from the original at `originOf(buffer, k)`; origins never decrease.
 * - A word is `units[tokenStart[t] .. tokenEnd[t])`; its hash is `hashUnits` of them. Words do not overlap.
 * - Buffers are reused, so everything beyond the counts is left over from earlier texts and never read.
 * - ASCII takes the short way; the first other character makes the whole text take the long one.
 */
import type { Fold, Folded } from './fold.ts';
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
  /** All of the text was plain ASCII: every letter stands at its own offset, and `origins` is not filled. */
  isPlain: boolean;
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
    isPlain: true,
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
const OTHER = 5;
/**
 * For each code unit: its folded letter or digit, or one of the small numbers above, or 0 (separator). As long as all
 * code units, so that the hot loop has one lookup and no range check; only the first 128 entries are ever warm.
 */
const CLASSES = new Uint8Array(65_536).fill(OTHER);
CLASSES.fill(0, 0, 128);
for (let code = 0; code < 26; code += 1) {
  CLASSES[65 + code] = 97 + code;
  CLASSES[97 + code] = 97 + code;
}
for (let digit = 48; digit < 58; digit += 1) CLASSES[digit] = digit;
for (const sign of '@$!|*') CLASSES[sign.charCodeAt(0)] = SIGN;
for (const sign of '€£¡§') CLASSES[sign.charCodeAt(0)] = SIGN;
for (const sign of '-._~') CLASSES[sign.charCodeAt(0)] = GLUE;
CLASSES[39] = APOSTROPHE;
CLASSES[96] = APOSTROPHE;
CLASSES[37] = PERCENT;
/** Classes above this are letters and digits. */
const LETTERS = 32;
/** Letters that stand twice in hardly any English word: `suuicide` is a disguise, `kill` is not. */
const RARELY_DOUBLE = new Uint8Array(128);
for (const letter of 'ahijkquvwxy') RARELY_DOUBLE[letter.charCodeAt(0)] = 1;
/** Set in every folded letter, clear in every digit: so words of both are told by two bit operations a letter. */
const LETTER_BIT = 64;

/**
 * Reads the stretches of the text (pairs of offsets in UTF-16 code units, in order) and fills `buffer` with their
 * letters and words. Call after `startText`.
 */
export function scanStretches(buffer: TextBuffer, fold: Fold, stretches: readonly number[]): void {
  buffer.isPlain = true;
  for (let at = 0; at < stretches.length; at += 2) {
    if (scanPlain(buffer, stretches[at] as number, stretches[at + 1] as number)) continue;
    // Something that must be folded: read all again, with a map.
    startText(buffer, buffer.source, buffer.mode);
    for (let again = 0; again < stretches.length; again += 2) {
      scanFolding(buffer, fold, stretches[again] as number, stretches[again + 1] as number);
    }
    return;
  }
}

/** Reads the whole text. */
export function scanAll(buffer: TextBuffer, fold: Fold): void {
  const { length } = buffer.source;
  buffer.isPlain = true;
  if (scanPlain(buffer, 0, length)) return;
  startText(buffer, buffer.source, buffer.mode);
  scanFolding(buffer, fold, 0, length);
}

/**
 * The short way for ASCII: every letter stays at its own offset, so there is no map to write. False, with the buffer
 * half filled, at the first character that needs folding.
 */
function scanPlain(buffer: TextBuffer, from: number, to: number): boolean {
  const text = buffer.source;
  const { seed } = buffer;
  reserve(buffer, to + 1, buffer.tokenCount + ((to - from) >> 1) + 2);
  const { units } = buffer;
  let tokens = buffer.tokenCount;
  let allMarks = buffer.marks;
  let singles = 0;
  let glue = 0;
  let index = from;
  while (index < to) {
    const start = index;
    let hash = seed;
    let marks = 0;
    let missing = 0;
    let previous = 0;
    let folded = 0;
    for (; index < to; index += 1) {
      folded = CLASSES[text.charCodeAt(index)] as number;
      if (folded <= LETTERS) break;
      units[index] = folded;
      hash = Math.imul(hash ^ folded, HASH_PRIME);
      missing |= ~folded;
      if (folded === previous && isDisguisedRepeat(units, start, index)) marks |= MARK.repeats;
      previous = folded;
      folded = 0;
    }
    if (index > start) {
      singles = index - start === 1 ? singles + 1 : 0;
      if (singles >= 3) marks |= MARK.spelled;
      if ((missing & LETTER_BIT) !== 0 && hasLetter(units, start, index)) marks |= MARK.digits;
      if (glue === 1) marks |= MARK.glued;
      buffer.tokenStart[tokens] = start;
      buffer.tokenEnd[tokens] = index;
      buffer.tokenHash[tokens] = hash;
      buffer.tokenMarks[tokens] = marks;
      tokens += 1;
      allMarks |= marks;
      glue = folded === GLUE ? 1 : 0;
    } else glue = 0;
    if (folded === SIGN) allMarks |= MARK.signs;
    else if (folded === APOSTROPHE || folded === PERCENT || folded === OTHER) return false;
    index += 1;
  }
  buffer.unitCount = to;
  buffer.tokenCount = tokens;
  buffer.marks = allMarks;
  return true;
}

/** Whether the letter at `index`, which equals the one before it, is a third, or a second that no English word has. */
function isDisguisedRepeat(units: Uint16Array, start: number, index: number): boolean {
  const unit = units[index] as number;
  return RARELY_DOUBLE[unit] === 1 || (index - start >= 2 && units[index - 2] === unit);
}

/** Whether hardly any English word has this letter twice. */
export function isRarelyDouble(unit: number): boolean {
  return RARELY_DOUBLE[unit] === 1;
}

function hasLetter(units: Uint16Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((units[at] as number) >= LETTER_BIT) return true;
  return false;
}

/** The long way: folds every character and writes where it came from. */
function scanFolding(buffer: TextBuffer, fold: Fold, from: number, to: number): void {
  buffer.isPlain = false;
  const text = buffer.source;
  const isUrl = buffer.mode === 'url';
  const { seed } = buffer;
  // At most one word a character; only folds of one character to several letters can need more letters than this.
  reserve(buffer, buffer.unitCount + (to - from) + 32, buffer.tokenCount + (to - from) + 1);
  let { units, origins } = buffer;
  const { tokenStart, tokenEnd, tokenHash, tokenMarks } = buffer;
  let count = buffer.unitCount;
  let tokens = buffer.tokenCount;
  let allMarks = buffer.marks;
  let start = count;
  let hash = seed;
  let marks = 0;
  let anyBits = 0;
  let allBits = LETTER_BIT;
  let previous = 0;
  let singles = 0;
  let glue = 0;

  for (let index = from; index <= to; index += 1) {
    let folded = index < to ? (CLASSES[text.charCodeAt(index)] as number) : 0;
    if (folded > LETTERS) {
      units[count] = folded;
      origins[count] = index;
      count += 1;
      hash = Math.imul(hash ^ folded, HASH_PRIME);
      anyBits |= folded;
      allBits &= folded;
      if (folded === previous && isDisguisedRepeat(units, start, count - 1)) marks |= MARK.repeats;
      previous = folded;
      continue;
    }
    let alone = false;
    if (folded === OTHER || (isUrl && folded === PERCENT)) {
      const { codePoint, width } = characterAt(buffer, index, to);
      const letter = codePoint < 128 ? asciiLetter(codePoint) : fold.of(codePoint);
      if (letter.kind === 'ignored') {
        index += width - 1;
        continue;
      }
      if (letter.kind === 'letters') {
        alone = letter.alone;
        if (alone && count > start) {
          // A letter that is a word of its own ends the word before it, and is read again as a fresh word.
          alone = false;
          index -= 1;
        } else {
          const { text: letters } = letter;
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
            anyBits |= unit < 128 ? unit : LETTER_BIT;
            if (unit < LETTER_BIT) allBits = 0;
            if (unit === previous && !alone && count - start > 2 && units[count - 3] === unit)
              marks |= MARK.repeats;
            previous = unit;
          }
          if (letter.foreign) marks |= MARK.foreign;
          index += width - 1;
          if (!alone) continue;
        }
        folded = 0;
      } else {
        index += width - 1;
        folded =
          letter.kind === 'apostrophe' ? APOSTROPHE : codePoint < 128 ? (CLASSES[codePoint] as number) : 0;
      }
    }
    if (folded === APOSTROPHE && !isUrl) {
      if (count > start) marks |= MARK.apostrophe;
      continue;
    }
    if (folded === SIGN) allMarks |= MARK.signs;
    if (count === start) {
      glue = 0;
      continue;
    }
    singles = count - start === 1 && !alone ? singles + 1 : 0;
    if (singles >= 3) marks |= MARK.spelled;
    if ((anyBits & LETTER_BIT) !== 0 && (allBits & LETTER_BIT) === 0) marks |= MARK.digits;
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
    anyBits = 0;
    allBits = LETTER_BIT;
    previous = 0;
    glue = folded === GLUE ? 1 : 0;
  }
  buffer.unitCount = count;
  buffer.tokenCount = tokens;
  buffer.marks = allMarks;
}

const NOT_A_LETTER: Folded = { kind: 'separator' };
const ASCII_LETTERS: readonly Folded[] = Array.from({ length: 128 }, (_, code): Folded => {
  const folded = CLASSES[code] as number;
  if (folded <= LETTERS) return NOT_A_LETTER;
  return { kind: 'letters', text: String.fromCharCode(folded), foreign: false, lookalike: 0, alone: false };
});

/** An ASCII character that came out of a percent escape. */
function asciiLetter(code: number): Folded {
  return ASCII_LETTERS[code] as Folded;
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
