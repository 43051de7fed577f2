/**
 * The letters a disguised word may stand for. Everything here depends on the word alone, never on the rules, so
 * that a rule added elsewhere changes no reading.
 */

/** What a digit or sign may stand for inside a word. */
const STANDS_FOR: Record<string, string> = {
  '0': 'o', '1': 'il', '2': 'z', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
  '@': 'a', $: 's', '!': 'il', '|': 'il', '+': 't', '€': 'e', '£': 'l', '¡': 'i', '§': 's',
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const VOWELS = 'aeiou';
const RARELY_DOUBLE = new Set('ahijkquvwxy');
/** Longest disguised word that is looked at; longer ones are no words. */
export const MAX_READING = 32;
/** Most readings of one word. Bounds the work for texts made to be slow. */
const MAX_READINGS = 160;

/** Whether a sign can stand for a letter. */
export function isDisguiseSign(sign: string): boolean {
  return sign === '*' || (STANDS_FOR[sign] !== undefined && !(sign >= '0' && sign <= '9'));
}

/** Whether a sign at the very beginning or end of a word may belong to it: `$ex`, `a$$`, but not `no!`. */
export function isOuterSign(sign: string): boolean {
  return sign === '$' || sign === '@' || sign === '€' || sign === '§';
}

/**
 * All readings of `written`: folded letters, digits and signs without spaces. Digits and signs become the letters they
 * stand for, `*` becomes any letter, letters repeated three times or more become one or two. The word as written is
 * not among them. Empty if there is nothing to read otherwise, or too much.
 */
export function readingsOf(written: string): string[] {
  if (written.length > MAX_READING) return [];
  const choices = choicesOf(written);
  if (choices === null) return [];
  let readings = [''];
  for (const options of choices) {
    if (readings.length * options.length > MAX_READINGS) return [];
    readings = readings.flatMap((reading) => options.map((option) => reading + option));
  }
  return readings.filter((reading) => reading !== written);
}

/** For each place of the word what may stand there. */
function choicesOf(written: string): string[][] | null {
  const asLetters = countsAsLeet(written);
  const stars = written.split('*').length - 1;
  if (stars > 2) return null;
  const choices: string[][] = [];
  let starsSeen = 0;
  for (let at = 0; at < written.length; ) {
    const sign = written[at] as string;
    let run = 1;
    while (written[at + run] === sign) run += 1;
    const letters = STANDS_FOR[sign];
    if (sign === '*') {
      for (let star = 0; star < run; star += 1) {
        choices.push([...(stars === 2 && starsSeen === 0 ? VOWELS : LETTERS)]);
        starsSeen += 1;
      }
    } else if (letters !== undefined && asLetters) {
      // `a$$` is two letters; both places read alike.
      choices.push([...letters].map((letter) => letter.repeat(Math.min(run, 2))));
      if (run > 2) choices[choices.length - 1]?.push(...letters);
    } else if (run >= 3) choices.push([sign, sign + sign]);
    else if (run === 2 && RARELY_DOUBLE.has(sign)) choices.push([sign, sign + sign]);
    else choices.push([sign.repeat(run)]);
    at += run;
  }
  return choices;
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
