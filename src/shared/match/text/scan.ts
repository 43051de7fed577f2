/**
 * Turns one text into folded letters and words, in one pass. ASCII takes the short way; the first other character makes
 * the whole text take the long one, which writes a map back to the original.
 */
import { characterAt, MARK, NO_TWIN, reserve, startText, type TextBuffer } from './buffer.ts';
import type { Fold, Folded } from './fold.ts';
import { HASH_PRIME, hashStep } from './hash.ts';

const GLUE = 1;
const SIGN = MARK.signs;
const APOSTROPHE = 4;
const PERCENT = 5;
const OTHER = 6;
/** Set in the classes that the short way cannot read. */
const NOT_PLAIN = 4;
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
  const { units, tokenStart, tokenEnd, tokenHash, tokenMarks } = buffer;
  let tokens = buffer.tokenCount;
  let allMarks = buffer.marks;
  let singles = 0;
  let glue = 0;
  let index = from;
  while (index < to) {
    const start = index;
    let hash = seed;
    let marks = 0;
    let allBits = LETTER_BIT;
    let previous = 0;
    let folded = 0;
    for (; index < to; index += 1) {
      folded = CLASSES[text.charCodeAt(index)] as number;
      if (folded <= LETTERS) break;
      units[index] = folded;
      hash = Math.imul(hash ^ folded, HASH_PRIME);
      allBits &= folded;
      if (folded === previous && isDisguisedRepeat(units, start, index)) marks = MARK.repeats;
      previous = folded;
      folded = 0;
    }
    if ((folded & NOT_PLAIN) !== 0) return false;
    if (index > start) {
      singles = index - start === 1 ? singles + 1 : 0;
      // `www` shortened is no word.
      if (marks !== 0 && isOneLetter(units, start, index)) marks = 0;
      if (allBits === 0 && hasLetter(units, start, index)) marks |= MARK.digits;
      if (singles >= 3) marks |= MARK.spelled;
      marks |= glue * MARK.glued;
      tokenStart[tokens] = start;
      tokenEnd[tokens] = index;
      tokenHash[tokens] = hash;
      tokenMarks[tokens] = marks;
      tokens += 1;
      allMarks |= marks;
      glue = folded & GLUE;
    } else glue = 0;
    allMarks |= folded & SIGN;
    index += 1;
  }
  buffer.unitCount = to;
  buffer.tokenCount = tokens;
  buffer.marks = allMarks;
  return true;
}

/** Whether the letter at `index`, which equals the one before it, is a third, or a second where no English word has one. */
function isDisguisedRepeat(units: Uint16Array, start: number, index: number): boolean {
  const unit = units[index] as number;
  return index - start < 2 || RARELY_DOUBLE[unit] === 1 || units[index - 2] === unit;
}

/** Whether hardly any English word has this letter twice. */
export function isRarelyDouble(unit: number): boolean {
  return RARELY_DOUBLE[unit] === 1;
}

function hasLetter(units: Uint16Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((units[at] as number) >= LETTER_BIT) return true;
  return false;
}

/** Whether the word is one letter over and over. */
export function isOneLetter(units: Uint16Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) if (units[at] !== units[start]) return false;
  return true;
}

/** The long way: folds every character and writes where it came from. */
function scanFolding(buffer: TextBuffer, fold: Fold, from: number, to: number): void {
  buffer.isPlain = false;
  const text = buffer.source;
  const isUrl = buffer.mode === 'url';
  const { seed } = buffer;
  // At most one word a character; only folds of one character to several letters can need more letters than this.
  reserve(buffer, buffer.unitCount + (to - from) + 32, buffer.tokenCount + (to - from) + 1);
  let { units, origins, twins } = buffer;
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
          const twin = letter.foreign ? letter.lookalike || NO_TWIN : 0;
          if (twin === NO_TWIN) buffer.isForeign = true;
          if (count + letters.length + (to - index) > units.length) {
            reserve(buffer, count + letters.length + (to - index) + 32, 0, count);
            ({ units, origins, twins } = buffer);
          }
          for (let at = 0; at < letters.length; at += 1) {
            const unit = letters.charCodeAt(at);
            units[count] = unit;
            origins[count] = index;
            twins[count] = twin;
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
        folded = codePoint < 128 ? (CLASSES[codePoint] as number) : (FOLDED_CLASSES[letter.kind] ?? 0);
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

const FOLDED_CLASSES: Partial<Record<Folded['kind'], number>> = { apostrophe: APOSTROPHE, glue: GLUE };
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
