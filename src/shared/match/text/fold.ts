/**
 * Folding of one code point to the letters that rules are written in: compatibility forms (NFKC), accents,
 * case, look-alikes. What one code point folds to never depends on its neighbours; the only decision that
 * does (whether a Cyrillic or Greek letter disguises a Latin one) is taken by `scan.ts` over a whole word.
 */
import confusables from '../data/confusables.json' with { type: 'json' };

/** What a code point folds to: nothing (invisible), a separator, one that may stand inside a word (`sui·cide`), an apostrophe, or letters and digits. */
export type Folded =
  | { readonly kind: 'ignored' | 'separator' | 'glue' | 'apostrophe' }
  | {
      readonly kind: 'letters';
      readonly text: string;
      /** A letter of a script that imitates Latin; `lookalike` is the Latin letter's code, 0 if it has none. */
      readonly foreign: boolean;
      readonly lookalike: number;
      /** A letter of a script written without spaces: each is a word of its own. */
      readonly alone: boolean;
    };

export interface Fold {
  of(codePoint: number): Folded;
}

const IGNORED: Folded = { kind: 'ignored' };
const SEPARATOR: Folded = { kind: 'separator' };
const GLUE: Folded = { kind: 'glue' };
const APOSTROPHE: Folded = { kind: 'apostrophe' };

const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u;
/** Marks that only decorate a letter: accents, Arabic and Hebrew vowel points, enclosing marks, voicing marks. */
const DECORATION =
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]/gu;
const WORD = /^[\p{L}\p{N}\p{M}]+$/u;
const DIGIT = /^\p{Nd}$/u;
const APOSTROPHES = new Set([
  '\u2019',
  '\u2018',
  '\u02bc',
  '\u02bb',
  '\u00b4',
  '\u2032',
  '\uff07',
  '\u02b9',
  '\u055a',
]);
/** Dots, bullets, hyphens and pictures that people put between the letters of a word. */
const INSIDE_WORDS =
  /^[\u00b7\u2010\u2011\u2022\u2027\u2043\u2219\u22c5\u25cf\u25e6\u30fb\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u;
/** Scripts whose letters imitate Latin ones in disguises. */
const FOREIGN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Coptic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Canadian_Aboriginal}\p{Script=Georgian}\p{Script=Tifinagh}\p{Script=Deseret}\p{Script=Osage}\p{Script=Vai}\p{Script=Bamum}]/u;
const ALONE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]/u;
/** Forms of one Arabic letter that keyboards of different languages produce, and the final sigma. */
const SAME_LETTER: Record<string, string> = {
  '\u06cc': '\u064a',
  '\u0649': '\u064a',
  '\u06a9': '\u0643',
  '\u06c1': '\u0647',
  '\u06be': '\u0647',
  '\u0629': '\u0647',
  '\u03c2': '\u03c3',
};

/** Makes a fold with its own memory of what it has seen (at most one small entry a code point). */
export function createFold(): Fold {
  const always = readGroups(confusables.always);
  const disguise = readGroups(confusables.disguise);
  const pages: (Folded | undefined)[][] = [];

  function compute(codePoint: number): Folded {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return SEPARATOR;
    const source = String.fromCodePoint(codePoint);
    if (APOSTROPHES.has(source)) return APOSTROPHE;
    if (INVISIBLE.test(source)) return IGNORED;
    const text = foldText(source);
    if (text === '') return IGNORED;
    if (!WORD.test(text)) return INSIDE_WORDS.test(source) ? GLUE : SEPARATOR;
    const foreign = text.length === 1 && FOREIGN.test(text);
    const twin = foreign ? (disguise.get(source) ?? disguise.get(text) ?? '') : '';
    return {
      kind: 'letters',
      text,
      foreign,
      lookalike: twin === '' ? 0 : twin.charCodeAt(0),
      alone: ALONE.test(text),
    };
  }

  /** Folds until nothing changes, so that folded text is its own folding. */
  function foldText(source: string): string {
    let before = source;
    for (let text = foldOnce(source); ; text = Array.from(text, foldOnce).join('')) {
      if (text === before) return text;
      before = text;
    }
  }

  function foldOnce(source: string): string {
    if (APOSTROPHES.has(source)) return '';
    const known = always.get(source);
    if (known !== undefined) return known;
    if (DIGIT.test(source)) return digitOf(source.codePointAt(0) ?? 0);
    const lower = source.normalize('NFKD').replace(DECORATION, '').toLowerCase();
    const plain = lower.normalize('NFKD').replace(DECORATION, '').normalize('NFC');
    // A letter that is a word of its own must stay one: Thai am, squared Katakana words.
    if (plain.length > 1 && plain !== source && ALONE.test(plain)) return source;
    return Array.from(plain, (letter) => always.get(letter) ?? SAME_LETTER[letter] ?? letter).join('');
  }

  return {
    of(codePoint) {
      let page = pages[codePoint >>> 8];
      if (page === undefined) {
        page = [];
        pages[codePoint >>> 8] = page;
      }
      let folded = page[codePoint & 255];
      if (folded === undefined) {
        folded = compute(codePoint);
        page[codePoint & 255] = folded;
      }
      return folded;
    },
  };
}

/** Decimal digits of any script stand in runs of ten, so the value is the distance from the run's zero. */
function digitOf(codePoint: number): string {
  const plain = String.fromCodePoint(codePoint).normalize('NFKD');
  if (/^[0-9]$/.test(plain)) return plain;
  let zero = codePoint;
  while (codePoint - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(codePoint - zero);
}

function readGroups(groups: Record<string, string>): Map<string, string> {
  const table = new Map<string, string>();
  for (const [latin, sources] of Object.entries(groups)) {
    for (const source of sources) table.set(source, latin);
  }
  return table;
}
