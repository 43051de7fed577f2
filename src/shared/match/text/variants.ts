/**
 * Second readings of a scanned text: disguised, repeated, spelled-out and glued words. Only words that the scanner
 * marked are looked at, and only readings that some rule knows become edges; a reading nobody knows changes nothing.
 * The work is bounded for each word, so a text costs at most in proportion to its length.
 */
import { MARK, reserve } from './buffer.ts';
import type { Fold } from './fold.ts';
import { hashStep, hashUnits } from './hash.ts';
import { addEdge, type Lattice } from './lattice.ts';
import { type KnownWords, offer, offerReadings, tokenOrigin, tokenOriginEnd } from './offer.ts';
import { isDisguiseSign, isOuterSign, MAX_READING, spelledLetter } from './readings.ts';
import { addApostropheReadings, addShortenedWord, addWordReadings } from './wordReadings.ts';

/** Shortest word that may be spelled out: `s e x`. */
const MIN_SPELLED = 3;
/** Shortest that counts among other letters. */
const MIN_SPELLED_AMONG = 6;
/** `a`, `i` and `u` (you) are whole words. */
const LETTERS_AS_WORDS = new Set([...'aiu'].map((letter) => letter.charCodeAt(0)));
/** Most other characters between letters spelled out. */
const MAX_SPELLED_GAP = 3;
/** Longest ending of a stem that is spelled out. */
const MAX_SPELLED_ENDING = 4;
const MAX_GLUED_PARTS = 4;
/** Longest word that is spelled out or cut up, in letters. */
const MAX_JOINED = 18;

/** Adds the second readings of the text in the lattice's buffer, from the marks that the scanner left. */
export function addVariants(lattice: Lattice, fold: Fold, words: KnownWords): void {
  const { buffer } = lattice;
  const { marks } = buffer;
  const plainMarks = buffer.mode === 'url' ? MARK.repeats : MARK.repeats | MARK.digits;
  if ((marks & (plainMarks | MARK.foreign | MARK.apostrophe)) !== 0) {
    for (let token = 0; token < buffer.tokenCount; token += 1) {
      const mark = buffer.tokenMarks[token] as number;
      if ((mark & (plainMarks | MARK.foreign)) === MARK.repeats) addShortenedWord(lattice, token, words);
      else if ((mark & (plainMarks | MARK.foreign)) !== 0) addWordReadings(lattice, token, words);
      if ((mark & MARK.apostrophe) !== 0) addApostropheReadings(lattice, token, words);
    }
  }
  if (buffer.mode === 'url') return;
  if ((marks & MARK.spelled) !== 0) addSpelledWords(lattice, fold, words);
  if ((marks & MARK.glued) !== 0) addGluedWords(lattice, words);
  if ((marks & MARK.signs) !== 0) addSignedWords(lattice, words);
}

/** Joins runs of single letters (`s u i c i d e`, `k.m.s`) into every word a rule knows. */
function addSpelledWords(lattice: Lattice, fold: Fold, words: KnownWords): void {
  const { buffer } = lattice;
  for (let first = 0; first < buffer.tokenCount; ) {
    let end = first;
    while (isSpelledLetter(lattice, fold, end) && (end === first || isNear(lattice, end))) end += 1;
    if (end - first >= MIN_SPELLED) addSpelledRun(lattice, fold, first, end, words);
    first = Math.max(end, first + 1);
  }
}

/** Whether hardly anything stands between the word and the one before. */
function isNear(lattice: Lattice, token: number): boolean {
  return tokenOrigin(lattice, token) - tokenOriginEnd(lattice, token - 1) <= MAX_SPELLED_GAP;
}

/**
 * Writes the letters of words `first .. last` one after another, and adds the words that rules know among them. A short
 * word counts only where nothing is left over beside it: `S P I C E` and `S C U N T H O R P E` hold none.
 */
function addSpelledRun(lattice: Lattice, fold: Fold, first: number, last: number, words: KnownWords): void {
  const { buffer, unitsEnd: base } = lattice;
  reserve(buffer, base + last - first, 0, base);
  const { units, tokenStart } = buffer;
  for (let token = first; token < last; token += 1)
    units[base + token - first] = spelledLetter(units[tokenStart[token] as number] as number);
  const found: Spelled[] = [];
  for (let token = first; token < last; token += 1)
    findSpelled(lattice, fold, base - first, token, last, words, found);
  const edges = wideGaps(lattice, first, last);
  const starts = new Set([first, ...edges]);
  for (const { from, to } of found) if (starts.has(from)) starts.add(to);
  const ends = new Set([last, ...edges]);
  for (const { from, to } of found.toReversed()) if (ends.has(to)) ends.add(from);
  for (const { from, to, hash } of found) {
    const isWhole = starts.has(from) && ends.has(to);
    if (to - from < MIN_SPELLED || (!isWhole && to - from < MIN_SPELLED_AMONG)) continue;
    const [start, end] = [base + from - first, base + to - first];
    const originStart = tokenOrigin(lattice, from);
    addEdge(lattice, { from, to, hash, start, end, originStart, originEnd: tokenOriginEnd(lattice, to - 1) });
  }
  lattice.unitsEnd = base + last - first;
}

/** A word that a rule knows, spelled out over words `from .. to` of the text. */
interface Spelled {
  readonly from: number;
  readonly to: number;
  readonly hash: number;
}

/** Adds to `found` what begins at `token`, whose letter is `units[offset + token]`. */
function findSpelled(
  lattice: Lattice,
  fold: Fold,
  offset: number,
  token: number,
  last: number,
  words: KnownWords,
  found: Spelled[],
): void {
  const { units, tokenStart, seed } = lattice.buffer;
  const start = offset + token;
  let hash = seed;
  let digits = 0;
  let stemEnd = 0;
  let isKnown = false;
  for (let next = token; next < last && next - token < MAX_JOINED; next += 1) {
    const end = offset + next + 1;
    const length = end - start;
    const letter = units[end - 1] as number;
    hash = hashStep(hash, letter);
    if (letter !== units[tokenStart[next] as number]) digits += 1;
    if (length === 1) {
      if (LETTERS_AS_WORDS.has(letter)) found.push({ from: token, to: next + 1, hash });
      continue;
    }
    // Behind a known word or stem anything may follow; otherwise the letters must be how some word begins.
    if (length >= MIN_SPELLED && !isKnown && !words.mayBegin(hash)) break;
    const known = words.knows(units, start, end, hash, false);
    if (known === null) continue;
    isKnown = true;
    if (digits * 2 > length) continue;
    // What follows a known beginning may be the next word already: a few letters are taken for its ending.
    if (known === 'beginning') {
      stemEnd ||= end;
      if (end > stemEnd && (end > stemEnd + MAX_SPELLED_ENDING || isSpelledLetter(lattice, fold, next + 1)))
        continue;
    }
    found.push({ from: token, to: next + 1, hash });
  }
}

/** The words before which there is more room than between others of the run: there a spelled-out word ends. */
function wideGaps(lattice: Lattice, first: number, last: number): number[] {
  const gapBefore = (token: number): number =>
    tokenOrigin(lattice, token) - tokenOriginEnd(lattice, token - 1);
  const tokens = Array.from({ length: last - first - 1 }, (_, index) => first + 1 + index);
  const usual = Math.min(...tokens.map(gapBefore));
  return tokens.filter((token) => gapBefore(token) > usual);
}

function isSpelledLetter(lattice: Lattice, fold: Fold, token: number): boolean {
  const { units, tokenStart, tokenEnd, tokenCount } = lattice.buffer;
  if (token >= tokenCount) return false;
  const start = tokenStart[token] as number;
  if ((tokenEnd[token] as number) - start !== 1) return false;
  const unit = units[start] as number;
  if (unit < 128) return true;
  const letter = fold.of(unit);
  return letter.kind === 'letters' && !letter.alone;
}

/** Joins words that hang together by single hyphens or dots (`sui-cide`), all of a chain or none. */
function addGluedWords(lattice: Lattice, words: KnownWords): void {
  const { tokenMarks, tokenCount } = lattice.buffer;
  for (let token = 1; token < tokenCount; token += 1) {
    if (((tokenMarks[token] as number) & MARK.glued) === 0) continue;
    const first = token - 1;
    while (token + 1 < tokenCount && ((tokenMarks[token + 1] as number) & MARK.glued) !== 0) token += 1;
    if (token - first < MAX_GLUED_PARTS) offerJoined(lattice, first, token + 1, words);
  }
}

/** Offers the letters of words `from .. to` as one word. */
function offerJoined(lattice: Lattice, from: number, to: number, words: KnownWords): void {
  const { buffer, unitsEnd: start } = lattice;
  const { tokenStart, tokenEnd, tokenHash } = buffer;
  const firstStart = tokenStart[from] as number;
  const firstEnd = tokenEnd[from] as number;
  // Most of what hangs together begins like no rule's word: hosts, file names.
  if (!words.mayGoOn(buffer.units, firstStart, firstEnd, tokenHash[from] as number)) return;
  let length = 0;
  for (let token = from; token < to; token += 1)
    length += (tokenEnd[token] as number) - (tokenStart[token] as number);
  if (length > MAX_JOINED) return;
  reserve(buffer, start + length, 0, start);
  const { units } = buffer;
  let end = start;
  for (let token = from; token < to; token += 1) {
    for (let at = tokenStart[token] as number; at < (tokenEnd[token] as number); at += 1) {
      units[end] = units[at] as number;
      end += 1;
    }
  }
  const hash = hashUnits(buffer.seed, units, start, end);
  const originStart = tokenOrigin(lattice, from);
  offer(lattice, start, end, hash, from, to, originStart, tokenOriginEnd(lattice, to - 1), words);
}

/** Reads signs at and inside words as letters: `k!ll`, `$ex`, `f*ck`. */
function addSignedWords(lattice: Lattice, words: KnownWords): void {
  const { buffer } = lattice;
  const { source } = buffer;
  for (let first = 0; first < buffer.tokenCount; ) {
    let start = tokenOrigin(lattice, first);
    let end = tokenOriginEnd(lattice, first);
    const hasSignBefore = isOuterSign(source.charCodeAt(start - 1));
    let next = first + 1;
    if (!hasSignBefore && !isDisguiseSign(source.charCodeAt(end))) {
      first = next;
      continue;
    }
    const { readings } = lattice;
    readings.clear();
    if (hasSignBefore) {
      start -= 1;
      readings.add(source.charCodeAt(start));
    }
    addLetters(lattice, first);
    // The sign before the word does not count for how much is looked at.
    const limit = MAX_READING + (hasSignBefore ? 1 : 0);
    for (; next < buffer.tokenCount && readings.length() <= limit; next += 1) {
      const gapEnd = tokenOrigin(lattice, next);
      if (!areSigns(source, end, gapEnd)) break;
      for (let at = end; at < gapEnd; at += 1) readings.add(source.charCodeAt(at));
      addLetters(lattice, next);
      end = tokenOriginEnd(lattice, next);
    }
    const after = outerSigns(source, end);
    if (next > first + 1 || hasSignBefore || after > 0) {
      for (let at = end; at < end + after; at += 1) readings.add(source.charCodeAt(at));
      offerReadings(lattice, first, next, start, end + after, words);
    }
    first = next;
  }
}

/** Most signs in a row that stand for letters. */
const MAX_SIGNS = 2;

function addLetters({ buffer, readings }: Lattice, token: number): void {
  const { units, tokenStart, tokenEnd } = buffer;
  // One letter more than is read says that it is too long.
  const end = Math.min(tokenEnd[token] as number, (tokenStart[token] as number) + MAX_READING + 1);
  for (let at = tokenStart[token] as number; at < end; at += 1) readings.add(units[at] as number);
}

/** Whether one or two signs that may be letters, and nothing else, stand at `from .. to`. */
function areSigns(source: string, from: number, to: number): boolean {
  if (to <= from || to - from > MAX_SIGNS) return false;
  for (let at = from; at < to; at += 1) if (!isDisguiseSign(source.charCodeAt(at))) return false;
  return true;
}

/** How many signs right behind a word may be its last letters. */
function outerSigns(source: string, at: number): number {
  let count = 0;
  while (count < MAX_SIGNS && isOuterSign(source.charCodeAt(at + count))) count += 1;
  return count;
}
