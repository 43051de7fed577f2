/**
 * The letters a disguised word may stand for. Everything here depends on the word alone, never on the rules, so
 * that a rule added elsewhere changes no reading.
 */

import { hashStep } from './hash.ts';
import { isRarelyDouble } from './scan.ts';

/** What a digit or sign may stand for inside a word. */
const STANDS_FOR: Record<string, string> = {
  '0': 'o',
  '1': 'il',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'il',
  '|': 'il',
  '€': 'e',
  '£': 'l',
  '¡': 'i',
  '§': 's',
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const VOWELS = 'aeiou';
/** Longest disguised word that is looked at; longer ones are no words. */
export const MAX_READING = 32;
/** Most readings of one word. Bounds the work for texts made to be slow. */
const MAX_READINGS = 130;

const DISGUISE_SIGNS = new Set(
  [...Object.keys(STANDS_FOR), '*'].filter((sign) => !/\d/.test(sign)).map(codeOf),
);
const OUTER_SIGNS = new Set([...'$@€§'].map(codeOf));

/** Whether a sign (code unit) can stand for a letter. */
export function isDisguiseSign(code: number): boolean {
  return DISGUISE_SIGNS.has(code);
}

/** Whether a sign at the very beginning or end of a word may belong to it: `$ex`, `a$$`, but not `no!`. */
export function isOuterSign(code: number): boolean {
  return OUTER_SIGNS.has(code);
}

function codeOf(sign: string): number {
  return sign.charCodeAt(0);
}

/** One disguised word: folded letters, digits and signs without spaces, put in one by one, and what it may stand for. */
export interface Readings {
  /** Begins the next word. */
  clear(): void;
  add(unit: number): void;
  /** How many letters, digits and signs are in. */
  length(): number;
  /**
   * Visits all readings: digits and signs become the letters they stand for, `*` becomes any letter, letters repeated
   * three times or more become one or two. The word as written is not among them. None if there is nothing to read
   * otherwise, or too much. The letters lie in `units[0 .. end)` until the next visit; `hash` begins at the seed.
   */
  each(visit: (units: Uint16Array, end: number, hash: number) => void): void;
}

/** Makes a reader that is used for one word after another; nothing is allocated for a word. */
export function createReadings(seed: number): Readings {
  const written = new Uint16Array(MAX_READING);
  const units = new Uint16Array(MAX_READING * 2);
  /** Each run of one letter, digit or sign: which, how many, and what it may stand for. */
  const runUnits = new Uint16Array(MAX_READING);
  const runLengths = new Uint8Array(MAX_READING);
  const runOptions: (readonly string[] | null)[] = [];
  let length = 0;
  let runs = 0;

  /** Cuts the word into runs and finds what they may stand for. Gives how many readings there are, 0 if too many. */
  function prepare(): number {
    if (length > MAX_READING) return 0;
    let stars = 0;
    for (let at = 0; at < length; at += 1) if (written[at] === STAR) stars += 1;
    if (stars > 2) return 0;
    const asLetters = countsAsLeet(written, length);
    let readings = 1;
    let differs = false;
    runs = 0;
    for (let at = 0; at < length; ) {
      const unit = written[at] as number;
      let run = 1;
      while (at + run < length && written[at + run] === unit) run += 1;
      at += run;
      const options = optionsOf(unit, run, asLetters, stars);
      runUnits[runs] = unit;
      runLengths[runs] = run;
      runOptions[runs] = options;
      runs += 1;
      if (options === null) continue;
      differs = true;
      readings *= options.length;
      if (readings > MAX_READINGS) return 0;
    }
    return differs ? readings : 0;
  }

  function isAsWritten(end: number): boolean {
    if (end !== length) return false;
    for (let at = 0; at < end; at += 1) if (units[at] !== written[at]) return false;
    return true;
  }

  function walk(
    first: number,
    from: number,
    hashBefore: number,
    visit: (units: Uint16Array, end: number, hash: number) => void,
  ): void {
    let end = from;
    let hash = hashBefore;
    for (let run = first; run < runs; run += 1) {
      const options = runOptions[run] as readonly string[] | null;
      if (options === null) {
        for (let left = runLengths[run] as number; left > 0; left -= 1) {
          units[end] = runUnits[run] as number;
          hash = hashStep(hash, runUnits[run] as number);
          end += 1;
        }
        continue;
      }
      for (const option of options) {
        let optionHash = hash;
        for (let at = 0; at < option.length; at += 1) {
          units[end + at] = option.charCodeAt(at);
          optionHash = hashStep(optionHash, option.charCodeAt(at));
        }
        walk(run + 1, end + option.length, optionHash, visit);
      }
      return;
    }
    if (!isAsWritten(end)) visit(units, end, hash);
  }

  return {
    clear() {
      length = 0;
    },
    add(unit) {
      if (length < MAX_READING) written[length] = unit;
      length += 1;
    },
    length: () => length,
    each(visit) {
      if (prepare() > 0) walk(0, 0, seed, visit);
    },
  };
}

const STAR = 42;
const ANY_LETTER = [...LETTERS];
const ANY_VOWEL = [...VOWELS];
const VOWEL_AND_LETTER = ANY_VOWEL.flatMap((vowel) => ANY_LETTER.map((letter) => vowel + letter));
/** What a sign may stand for: by its code, then whether there are stars too, then by the length of the run (1, 2, 3 and more). */
const SIGN_OPTIONS = new Map(
  Object.entries(STANDS_FOR).map(([sign, letters]) => [
    codeOf(sign),
    [letters, letters.slice(0, 1)].map((likely) =>
      [1, 2, 3].map((run) => {
        // `a$$` is two letters; both places read alike.
        const options = [...likely].map((letter) => letter.repeat(Math.min(run, 2)));
        return run > 2 ? [...options, ...letters] : options;
      }),
    ),
  ]),
);

/** What a run of one letter, digit or sign may stand for; null if only for itself. */
function optionsOf(unit: number, run: number, asLetters: boolean, stars: number): readonly string[] | null {
  if (unit === STAR) {
    if (run === 2) return VOWEL_AND_LETTER;
    return stars === 2 ? ANY_VOWEL : ANY_LETTER;
  }
  if (asLetters && (unit < 97 || unit > 122)) {
    const options = SIGN_OPTIONS.get(unit)?.[stars > 0 ? 1 : 0]?.[Math.min(run, 3) - 1];
    if (options !== undefined) return options;
  }
  if (run < 3 && !(run === 2 && isRarelyDouble(unit))) return null;
  const letter = String.fromCharCode(unit);
  return [letter, letter + letter];
}

/** `su1c1de` is a word with digits for letters; `a55`, `mp3` or `2024x` are more likely what they look like. */
function countsAsLeet(written: Uint16Array, length: number): boolean {
  let letters = 0;
  let digits = 0;
  for (let at = 0; at < length; at += 1) {
    const code = written[at] as number;
    if (code >= 48 && code < 58) digits += 1;
    else if (code > 96) letters += 1;
  }
  return length >= 3 && (letters >= Math.max(digits, 1) || (letters >= 2 && length >= 6));
}

/** The letter a digit stands for in a word spelled out letter by letter; other letters stay. */
export function spelledLetter(unit: number): number {
  return unit >= 48 && unit < 58 ? (STANDS_FOR[String.fromCharCode(unit)] ?? '').charCodeAt(0) : unit;
}
