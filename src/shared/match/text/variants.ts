/**
 * Second readings of a scanned text: disguised, repeated, spelled-out and glued words. Only words that the scanner
 * marked are looked at, and only readings that some rule knows become edges; a reading nobody knows changes nothing.
 * The work is bounded for each word, so a text costs at most in proportion to its length.
 */
import type { Fold } from './fold.ts';
import { hashStep, hashUnits } from './hash.ts';
import { addEdge, originEnd as endOf, type Lattice } from './lattice.ts';
import { isDisguiseSign, isOuterSign, MAX_READING, readingsOf, spelledLetter } from './readings.ts';
import { characterAt, isRarelyDouble, MARK, originOf, reserve } from './scan.ts';

/** Whether any rule knows these letters: whole (or inside them), or only how they begin. */
export type Knows = (
  units: Uint16Array,
  start: number,
  end: number,
  hash: number,
  /** Also look for words that count inside others anywhere in the letters, not only at their start. */
  anywhere: boolean,
) => 'whole' | 'beginning' | null;

/** Shortest word that may be spelled out: `s e x`. */
const MIN_SPELLED = 3;
/** Most other characters between letters spelled out. */
const MAX_SPELLED_GAP = 3;
/** Longest ending of a stem that is spelled out. */
const MAX_SPELLED_ENDING = 4;
const MAX_GLUED_PARTS = 4;

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

/** Longest run of letters that is looked at; what is longer is no word, however disguised. */
const MAX_WRITTEN = MAX_READING * 4;

/** The word's letters, cut one letter after `MAX_WRITTEN`: too long for every reading, and bounded work. */
function textOf(lattice: Lattice, token: number): string {
  const { units, tokenStart, tokenEnd } = lattice.buffer;
  const start = tokenStart[token] as number;
  return String.fromCharCode(
    ...units.subarray(start, Math.min(tokenEnd[token] as number, start + MAX_WRITTEN + 1)),
  );
}

function isTooLong(lattice: Lattice, token: number): boolean {
  const { tokenStart, tokenEnd } = lattice.buffer;
  return (tokenEnd[token] as number) - (tokenStart[token] as number) > MAX_WRITTEN;
}

function tokenOrigin(lattice: Lattice, token: number): number {
  return originOf(lattice.buffer, lattice.buffer.tokenStart[token] as number);
}

function tokenOriginEnd(lattice: Lattice, token: number): number {
  return endOf(lattice.buffer, (lattice.buffer.tokenEnd[token] as number) - 1);
}

/** Makes an edge over tokens `from .. to` of `letters` if a rule knows them. */
function offer(
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

/**
 * `suiciiide` is also read as `suicide`, `killlll` as `kil` and `kill`. This comes up often (`www`, `Hawaii`), so letters
 * are copied without making strings; only several long runs in one word need all their readings.
 */
function addShortenedWord(lattice: Lattice, token: number, knows: Knows): void {
  if (isTooLong(lattice, token)) return;
  const longRuns = offerShortened(lattice, token, 1, knows);
  if (longRuns === 1) offerShortened(lattice, token, 2, knows);
  else if (longRuns > 1) addReadings(lattice, textOf(lattice, token), token, knows);
}

/** Offers the word with runs of three and more letters cut to `keep`. Gives how many such runs there are. */
function offerShortened(lattice: Lattice, token: number, keep: number, knows: Knows): number {
  const { buffer, unitsEnd } = lattice;
  const start = buffer.tokenStart[token] as number;
  const end = buffer.tokenEnd[token] as number;
  reserve(buffer, unitsEnd + end - start, 0, unitsEnd);
  const { units } = buffer;
  let longRuns = 0;
  let to = unitsEnd;
  for (let at = start; at < end; ) {
    const unit = units[at] as number;
    let run = 1;
    while (at + run < end && units[at + run] === unit) run += 1;
    if (run >= 3) longRuns += 1;
    const kept = run >= 3 ? keep : run === 2 && isRarelyDouble(unit) ? 1 : run;
    for (let copy = 0; copy < kept; copy += 1) units[to + copy] = unit;
    to += kept;
    at += run;
  }
  const hash = hashUnits(buffer.seed, units, unitsEnd, to);
  if (knows(units, unitsEnd, to, hash, true) === null) return longRuns;
  const originStart = tokenOrigin(lattice, token);
  const originEnd = tokenOriginEnd(lattice, token);
  if (
    addEdge(lattice, { from: token, to: token + 1, hash, start: unitsEnd, end: to, originStart, originEnd })
  ) {
    lattice.unitsEnd = to;
  }
  return longRuns;
}

function addReadings(lattice: Lattice, written: string, token: number, knows: Knows): void {
  const start = tokenOrigin(lattice, token);
  const end = tokenOriginEnd(lattice, token);
  for (const reading of readingsOf(squeeze(written)))
    offer(lattice, reading, token, token + 1, start, end, knows);
}

function addWordReadings(
  lattice: Lattice,
  fold: Fold,
  token: number,
  pureForeign: boolean,
  knows: Knows,
): void {
  if (isTooLong(lattice, token)) return;
  const start = tokenOrigin(lattice, token);
  const end = tokenOriginEnd(lattice, token);
  const latin = undisguised(lattice, fold, token, pureForeign);
  if (latin !== null) offer(lattice, latin, token, token + 1, start, end, knows);
  addReadings(lattice, latin ?? textOf(lattice, token), token, knows);
}

/** Shortens long runs of one letter, so that `suiciiiiiiiiiide` stays within the length that is read. */
function squeeze(text: string): string {
  return text.replace(/(.)\1{3,}/gu, '$1$1$1');
}

/** The word in Latin letters if its Cyrillic or Greek ones only imitate them, else null. */
function undisguised(lattice: Lattice, fold: Fold, token: number, pureForeign: boolean): string | null {
  const { buffer } = lattice;
  if (((buffer.tokenMarks[token] as number) & MARK.foreign) === 0) return null;
  let latinLetters = 0;
  let text = '';
  for (let unit = buffer.tokenStart[token] as number; unit < (buffer.tokenEnd[token] as number); unit += 1) {
    const code = buffer.units[unit] as number;
    if (code < 128) {
      if (code > 57) latinLetters += 1;
      text += String.fromCharCode(code);
      continue;
    }
    const letter = fold.of(characterAt(buffer, originOf(buffer, unit), buffer.source.length).codePoint);
    if (letter.kind !== 'letters') return null;
    if (letter.foreign && letter.lookalike === 0) return null;
    text += letter.foreign ? String.fromCharCode(letter.lookalike) : String.fromCharCode(code);
  }
  return latinLetters > 0 || pureForeign ? text : null;
}

/** A text with any letter that only the foreign script has is written in that script, not disguised as it. */
function foreignTextIsDisguise(lattice: Lattice, fold: Fold): boolean {
  const { buffer } = lattice;
  for (let unit = 0; unit < buffer.unitCount; unit += 1) {
    if ((buffer.units[unit] as number) < 128) continue;
    const letter = fold.of(characterAt(buffer, originOf(buffer, unit), buffer.source.length).codePoint);
    if (letter.kind === 'letters' && letter.foreign && letter.lookalike === 0) return false;
  }
  return true;
}

/** `suicide's` is also read as `suicide`, and `l'overdose` or `d'en` as the word behind the apostrophe. */
function addApostropheReadings(lattice: Lattice, token: number, knows: Knows): void {
  const { buffer } = lattice;
  const first = buffer.tokenStart[token] as number;
  const last = buffer.tokenEnd[token] as number;
  if (isTooLong(lattice, token)) return;
  for (let unit = first + 1; unit < last; unit += 1) {
    const before = endOf(buffer, unit - 1);
    const here = originOf(buffer, unit);
    if (here <= before) continue;
    if (last - unit === 1 && buffer.units[unit] === 115) {
      offer(
        lattice,
        textOf(lattice, token).slice(0, -1),
        token,
        token + 1,
        tokenOrigin(lattice, token),
        before,
        knows,
      );
    }
    if (unit - first <= 2 && last - unit > 2) {
      offer(
        lattice,
        textOf(lattice, token).slice(unit - first),
        token,
        token + 1,
        here,
        tokenOriginEnd(lattice, token),
        knows,
      );
    }
    return;
  }
}

/** Joins runs of single letters (`s u i c i d e`, `k.m.s`) into every word a rule knows. */
function addSpelledWords(lattice: Lattice, fold: Fold, knows: Knows): void {
  const { buffer } = lattice;
  for (let token = 0; token < buffer.tokenCount; token += 1) {
    const start = lattice.unitsEnd;
    reserve(buffer, start + MAX_READING, 0, start);
    let hash = buffer.seed;
    let digits = 0;
    let kept = start;
    let stemEnd = 0;
    for (let next = token; next < buffer.tokenCount && next - token < MAX_READING; next += 1) {
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
  reserve(buffer, start + MAX_READING, 0, start);
  const { units, tokenStart, tokenEnd } = buffer;
  let end = start;
  for (let token = from; token < to; token += 1) {
    const length = (tokenEnd[token] as number) - (tokenStart[token] as number);
    if (end - start + length > MAX_READING) return;
    for (let at = 0; at < length; at += 1)
      units[end + at] = units[(tokenStart[token] as number) + at] as number;
    end += length;
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
