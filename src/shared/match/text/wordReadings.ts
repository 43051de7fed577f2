/** Second readings of a single word: digits for letters, repeats, letters of other scripts, apostrophes. */
import { characterAt, MARK, originOf, reserve } from './buffer.ts';
import type { Fold } from './fold.ts';
import { hashUnits } from './hash.ts';
import { addEdge, originEnd as endOf, type Lattice } from './lattice.ts';
import { isTooLong, type Knows, offer, textOf, tokenOrigin, tokenOriginEnd } from './offer.ts';
import { readingsOf } from './readings.ts';
import { isRarelyDouble } from './scan.ts';

/**
 * `suiciiide` is also read as `suicide`, `killlll` as `kil` and `kill`. This comes up often (`www`, `Hawaii`), so letters
 * are copied without making strings; only several long runs in one word need all their readings.
 */
export function addShortenedWord(lattice: Lattice, token: number, knows: Knows): void {
  if (isTooLong(lattice, token) || isOneLetter(lattice, token)) return;
  const longRuns = offerShortened(lattice, token, 1, knows);
  if (longRuns === 1) offerShortened(lattice, token, 2, knows);
  else if (longRuns > 1) addReadings(lattice, textOf(lattice, token), token, knows);
}

/** `www` and `xxx` are one letter over and over: shortened they are no word. */
function isOneLetter(lattice: Lattice, token: number): boolean {
  const { units, tokenStart, tokenEnd } = lattice.buffer;
  const start = tokenStart[token] as number;
  let at = start + 1;
  while (at < (tokenEnd[token] as number) && units[at] === units[start]) at += 1;
  return at === tokenEnd[token];
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

export function addWordReadings(
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
export function foreignTextIsDisguise(lattice: Lattice, fold: Fold): boolean {
  const { buffer } = lattice;
  for (let unit = 0; unit < buffer.unitCount; unit += 1) {
    if ((buffer.units[unit] as number) < 128) continue;
    const letter = fold.of(characterAt(buffer, originOf(buffer, unit), buffer.source.length).codePoint);
    if (letter.kind === 'letters' && letter.foreign && letter.lookalike === 0) return false;
  }
  return true;
}

/** `suicide's` is also read as `suicide`, and `l'overdose` or `d'en` as the word behind the apostrophe. */
export function addApostropheReadings(lattice: Lattice, token: number, knows: Knows): void {
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
