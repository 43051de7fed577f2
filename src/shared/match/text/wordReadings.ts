/** Second readings of a single word: digits for letters, repeats, letters of other scripts, apostrophes. */
import { MARK, NO_TWIN, originOf, reserve } from './buffer.ts';
import { hashUnits } from './hash.ts';
import { originEnd as endOf, type Lattice } from './lattice.ts';
import { isTooLong, type KnownWords, offer, offerReadings, tokenOrigin, tokenOriginEnd } from './offer.ts';
import { isOneLetter, isRarelyDouble } from './scan.ts';

/**
 * `suiciiide` is also read as `suicide`, `killlll` as `kil` and `kill`. This comes up often (`www`, `Hawaii`), so letters
 * are copied without making strings; only several long runs in one word need all their readings.
 */
export function addShortenedWord(lattice: Lattice, token: number, words: KnownWords): void {
  const { units, tokenStart, tokenEnd } = lattice.buffer;
  const start = tokenStart[token] as number;
  const end = tokenEnd[token] as number;
  // `www` and `xxx` are one letter over and over: shortened they are no word.
  if (isTooLong(lattice, token) || isOneLetter(units, start, end)) return;
  const longRuns = offerShortened(lattice, token, 1, false, words);
  if (longRuns === 1) offerShortened(lattice, token, 2, false, words);
  else if (longRuns > 1) addReadings(lattice, start, end, token, words);
  // `ssuuiicciiddee`: who writes one letter twice may write all of them twice.
  offerShortened(lattice, token, 1, true, words);
}

/**
 * Offers the word with runs of three and more letters cut to `keep`, and those of two to one where no English word has two,
 * or everywhere. Gives how many runs of three and more there are.
 */
function offerShortened(
  lattice: Lattice,
  token: number,
  keep: number,
  everywhere: boolean,
  words: KnownWords,
): number {
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
    const isDisguise = everywhere || at === start || isRarelyDouble(unit);
    const kept = run >= 3 ? keep : run === 2 && isDisguise ? 1 : run;
    for (let copy = 0; copy < kept; copy += 1) units[to + copy] = unit;
    to += kept;
    at += run;
  }
  const hash = hashUnits(buffer.seed, units, unitsEnd, to);
  offerWord(lattice, unitsEnd, to, hash, token, words);
  return longRuns;
}

/** Offers letters for one word. */
function offerWord(
  lattice: Lattice,
  start: number,
  end: number,
  hash: number,
  token: number,
  words: KnownWords,
): void {
  const originStart = tokenOrigin(lattice, token);
  offer(lattice, start, end, hash, token, token + 1, originStart, tokenOriginEnd(lattice, token), words);
}

/** Offers all readings of the letters `units[start .. end)` for one word. Runs of one letter count as three at most. */
function addReadings(lattice: Lattice, start: number, end: number, token: number, words: KnownWords): void {
  const { readings } = lattice;
  const { units } = lattice.buffer;
  readings.clear();
  for (let at = start; at < end; at += 1) {
    const unit = units[at];
    const isFourth =
      at >= start + 3 && unit === units[at - 1] && unit === units[at - 2] && unit === units[at - 3];
    if (!isFourth) readings.add(unit as number);
  }
  const originStart = tokenOrigin(lattice, token);
  offerReadings(lattice, token, token + 1, originStart, tokenOriginEnd(lattice, token), words);
}

export function addWordReadings(lattice: Lattice, token: number, words: KnownWords): void {
  if (isTooLong(lattice, token)) return;
  const { buffer, unitsEnd: start } = lattice;
  const end = writeUndisguised(lattice, token);
  if (end < 0) {
    const last = buffer.tokenEnd[token] as number;
    addReadings(lattice, buffer.tokenStart[token] as number, last, token, words);
    return;
  }
  offerWord(lattice, start, end, hashUnits(buffer.seed, buffer.units, start, end), token, words);
  // The letters stay where they are, known or not, until their readings are in.
  addReadings(lattice, start, end, token, words);
}

/**
 * Writes the word in Latin letters into unused room of `units` if its Cyrillic or Greek ones only imitate them, and
 * gives where it ends; -1 if they do not. A text with any letter that only the foreign script has is written in that
 * script, not disguised as it.
 */
function writeUndisguised({ buffer, unitsEnd }: Lattice, token: number): number {
  if (((buffer.tokenMarks[token] as number) & MARK.foreign) === 0) return -1;
  const first = buffer.tokenStart[token] as number;
  const last = buffer.tokenEnd[token] as number;
  reserve(buffer, unitsEnd + last - first, 0, unitsEnd);
  const { units, twins } = buffer;
  let hasLatin = false;
  let to = unitsEnd;
  for (let at = first; at < last; at += 1) {
    const unit = units[at] as number;
    const twin = unit < 128 ? 0 : (twins[at] as number);
    if (twin === NO_TWIN) return -1;
    if (unit > 57 && unit < 128) hasLatin = true;
    units[to] = twin === 0 ? unit : twin;
    to += 1;
  }
  return hasLatin || !buffer.isForeign ? to : -1;
}

/** `suicide's` is also read as `suicide`, and `l'overdose` or `d'en` as the word behind the apostrophe. */
export function addApostropheReadings(lattice: Lattice, token: number, words: KnownWords): void {
  const { buffer } = lattice;
  const first = buffer.tokenStart[token] as number;
  const last = buffer.tokenEnd[token] as number;
  if (isTooLong(lattice, token)) return;
  for (let unit = first + 1; unit < last; unit += 1) {
    const before = endOf(buffer, unit - 1);
    const here = originOf(buffer, unit);
    if (here <= before) continue;
    const { seed, units } = buffer;
    if (last - unit === 1 && units[unit] === 115) {
      const hash = hashUnits(seed, units, first, unit);
      const originStart = tokenOrigin(lattice, token);
      offer(lattice, first, unit, hash, token, token + 1, originStart, before, words);
    }
    if (unit - first <= 2 && last - unit > 2) {
      const hash = hashUnits(seed, units, unit, last);
      offer(lattice, unit, last, hash, token, token + 1, here, tokenOriginEnd(lattice, token), words);
    }
    return;
  }
}
