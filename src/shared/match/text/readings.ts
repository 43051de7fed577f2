/**
 * The letters a disguised word may stand for. Everything here depends on the word alone, never on the rules, so
 * that a rule added elsewhere changes no reading.
 */

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

/**
 * All readings of `written`: folded letters, digits and signs without spaces. Digits and signs become the letters they
 * stand for, `*` becomes any letter, letters repeated three times or more become one or two. The word as written is
 * not among them. Empty if there is nothing to read otherwise, or too much.
 */
export function readingsOf(written: string): string[] {
  if (written.length > MAX_READING) return [];
  const asLetters = countsAsLeet(written);
  const stars = written.split('*').length - 1;
  if (stars > 2) return [];
  let readings = [''];
  // Letters that can be read in one way only, waiting to be added to all readings at once.
  let plain = '';
  for (let at = 0; at < written.length; ) {
    const sign = written.charAt(at);
    let run = 1;
    while (written.charCodeAt(at + run) === written.charCodeAt(at)) run += 1;
    const options = optionsOf(sign, run, asLetters, stars);
    at += run;
    if (options === null) {
      plain += run === 1 ? sign : sign.repeat(run);
      continue;
    }
    if (readings.length * options.length > MAX_READINGS) return [];
    const before = plain;
    readings = readings.flatMap((reading) => options.map((option) => reading + before + option));
    plain = '';
  }
  return readings.map((reading) => reading + plain).filter((reading) => reading !== written);
}

/** What a run of one letter, digit or sign may stand for; null if only for itself. */
function optionsOf(sign: string, run: number, asLetters: boolean, stars: number): string[] | null {
  if (sign === '*') {
    if (run === 2) return [...VOWELS].flatMap((vowel) => [...LETTERS].map((letter) => vowel + letter));
    return [...(stars === 2 ? VOWELS : LETTERS)];
  }
  const letters = asLetters ? STANDS_FOR[sign] : undefined;
  if (letters !== undefined) {
    // `a$$` is two letters; both places read alike.
    const likely = stars > 0 ? letters.slice(0, 1) : letters;
    const options = [...likely].map((letter) => letter.repeat(Math.min(run, 2)));
    return run > 2 ? [...options, ...letters] : options;
  }
  if (run >= 3 || (run === 2 && isRarelyDouble(sign.charCodeAt(0)))) return [sign, sign + sign];
  return null;
}

/** `su1c1de` is a word with digits for letters; `a55`, `mp3` or `2024x` are more likely what they look like. */
function countsAsLeet(written: string): boolean {
  let letters = 0;
  let digits = 0;
  for (let at = 0; at < written.length; at += 1) {
    const code = written.charCodeAt(at);
    if (code >= 48 && code < 58) digits += 1;
    else if (code > 96) letters += 1;
  }
  return written.length >= 3 && (letters >= Math.max(digits, 1) || (letters >= 2 && written.length >= 6));
}

/** The letter a digit stands for in a word spelled out letter by letter; other letters stay. */
export function spelledLetter(unit: number): number {
  return unit >= 48 && unit < 58 ? (STANDS_FOR[String.fromCharCode(unit)] ?? '').charCodeAt(0) : unit;
}
