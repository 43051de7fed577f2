/**
 * Second readings of a scanned text: disguised, repeated, spelled-out and glued words. Only words that the scanner
 * marked are looked at, and only readings that some rule knows become edges; a reading nobody knows changes nothing.
 * The work is bounded for each word, so a text costs at most in proportion to its length.
 */
import { MARK, reserve } from './buffer.ts';
import type { Fold } from './fold.ts';
import { hashStep, hashUnits } from './hash.ts';
import { addEdge, type Lattice } from './lattice.ts';
import { type Knows, offer, textOf, tokenOrigin, tokenOriginEnd } from './offer.ts';
import { isDisguiseSign, isOuterSign, MAX_READING, readingsOf, spelledLetter } from './readings.ts';
import {
  addApostropheReadings,
  addShortenedWord,
  addWordReadings,
  foreignTextIsDisguise,
} from './wordReadings.ts';

/** Shortest word that may be spelled out: `s e x`. */
const MIN_SPELLED = 3;
/** Most other characters between letters spelled out. */
const MAX_SPELLED_GAP = 3;
/** Longest ending of a stem that is spelled out. */
const MAX_SPELLED_ENDING = 4;
const MAX_GLUED_PARTS = 4;
/** Longest word that is spelled out or cut up, in letters. */
const MAX_JOINED = 18;

/** Adds the second readings of the text in the lattice's buffer, from the marks that the scanner left. */
export function addVariants(lattice: Lattice, fold: Fold, knows: Knows): void {
  const { buffer } = lattice;
  const { marks } = buffer;
  const plainMarks = buffer.mode === 'url' ? MARK.repeats : MARK.repeats | MARK.digits;
  const pureForeign = (marks & MARK.foreign) !== 0 && foreignTextIsDisguise(lattice, fold);
  if ((marks & (plainMarks | MARK.foreign | MARK.apostrophe)) !== 0) {
    for (let token = 0; token < buffer.tokenCount; token += 1) {
      const mark = buffer.tokenMarks[token] as number;
      if ((mark & (plainMarks | MARK.foreign)) === MARK.repeats) addShortenedWord(lattice, token, knows);
      else if ((mark & (plainMarks | MARK.foreign)) !== 0)
        addWordReadings(lattice, fold, token, pureForeign, knows);
      if ((mark & MARK.apostrophe) !== 0) addApostropheReadings(lattice, token, knows);
    }
  }
  if (buffer.mode === 'url') return;
  if ((marks & MARK.spelled) !== 0) addSpelledWords(lattice, fold, knows);
  if ((marks & MARK.glued) !== 0) addGluedWords(lattice, knows);
  if ((marks & MARK.signs) !== 0) addSignedWords(lattice, knows);
}

/** Joins runs of single letters (`s u i c i d e`, `k.m.s`) into every word a rule knows. */
function addSpelledWords(lattice: Lattice, fold: Fold, knows: Knows): void {
  const { buffer } = lattice;
  for (let token = 0; token < buffer.tokenCount; token += 1) {
    const start = lattice.unitsEnd;
    reserve(buffer, start + MAX_JOINED, 0, start);
    let hash = buffer.seed;
    let digits = 0;
    let kept = start;
    let stemEnd = 0;
    for (let next = token; next < buffer.tokenCount && next - token < MAX_JOINED; next += 1) {
      if (!isSpelledLetter(lattice, fold, next)) break;
      if (next > token && tokenOrigin(lattice, next) - tokenOriginEnd(lattice, next - 1) > MAX_SPELLED_GAP)
        break;
      const unit = buffer.units[buffer.tokenStart[next] as number] as number;
      const letter = spelledLetter(unit);
      const end = start + next - token + 1;
      buffer.units[end - 1] = letter;
      hash = hashStep(hash, letter);
      if (letter !== unit) digits += 1;
      if (end - start < MIN_SPELLED || digits * 2 > end - start) continue;
      const known = knows(buffer.units, start, end, hash, false);
      if (known === null) continue;
      // What follows a known beginning may be the next word already: a few letters are taken for its ending.
      if (known === 'beginning') {
        stemEnd ||= end;
        if (end > stemEnd && (end > stemEnd + MAX_SPELLED_ENDING || isSpelledLetter(lattice, fold, next + 1)))
          continue;
      }
      const originStart = tokenOrigin(lattice, token);
      const originEnd = tokenOriginEnd(lattice, next);
      if (addEdge(lattice, { from: token, to: next + 1, hash, start, end, originStart, originEnd }))
        kept = end;
    }
    lattice.unitsEnd = kept;
  }
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
function addGluedWords(lattice: Lattice, knows: Knows): void {
  const { buffer } = lattice;
  const glued = (token: number): boolean =>
    token < buffer.tokenCount && ((buffer.tokenMarks[token] as number) & MARK.glued) !== 0;
  for (let first = 0; first < buffer.tokenCount; ) {
    let end = first + 1;
    while (glued(end)) end += 1;
    if (end - first > 1 && end - first <= MAX_GLUED_PARTS) offerJoined(lattice, first, end, knows);
    first = end;
  }
}

/** Offers the letters of words `from .. to` as one word. */
function offerJoined(lattice: Lattice, from: number, to: number, knows: Knows): void {
  const { buffer, unitsEnd: start } = lattice;
  const { tokenStart, tokenEnd } = buffer;
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
  if (knows(units, start, end, hash, true) === null) return;
  const originStart = tokenOrigin(lattice, from);
  const originEnd = tokenOriginEnd(lattice, to - 1);
  if (addEdge(lattice, { from, to, hash, start, end, originStart, originEnd })) lattice.unitsEnd = end;
}

/** Reads signs at and inside words as letters: `k!ll`, `$ex`, `f*ck`. */
function addSignedWords(lattice: Lattice, knows: Knows): void {
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
    let written = textOf(lattice, first);
    for (; next < buffer.tokenCount && written.length <= MAX_READING; next += 1) {
      const gap = source.slice(end, Math.min(tokenOrigin(lattice, next), end + MAX_SIGNS + 1));
      if (gap.length > MAX_SIGNS || !allSigns(gap)) break;
      written += gap + textOf(lattice, next);
      end = tokenOriginEnd(lattice, next);
    }
    const after = outerSigns(source, end);
    if (next > first + 1 || hasSignBefore || after !== '') {
      if (hasSignBefore) {
        start -= 1;
        written = source.charAt(start) + written;
      }
      end += after.length;
      for (const reading of readingsOf(written + after))
        offer(lattice, reading, first, next, start, end, knows);
    }
    first = next;
  }
}

/** Most signs in a row that stand for letters. */
const MAX_SIGNS = 2;

function allSigns(gap: string): boolean {
  for (let at = 0; at < gap.length; at += 1) if (!isDisguiseSign(gap.charCodeAt(at))) return false;
  return gap !== '';
}

/** The signs right behind a word that may be its last letters. */
function outerSigns(source: string, at: number): string {
  let end = at;
  while (end < at + MAX_SIGNS && isOuterSign(source.charCodeAt(end))) end += 1;
  return source.slice(at, end);
}
