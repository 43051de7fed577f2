/**
 * Makes `src/shared/match/data/confusables.json` from Unicode's confusables (UTS #39): every single
 * letter or sign that looks like Latin letters and that compatibility folding does not already turn into them.
 *
 * Run: `node tools/rules/makeConfusables.ts confusables.txt` (or the same table as a JSON object).
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Scripts whose letters are taken for Latin only where they disguise Latin words; see `text/fold.ts`. */
const DISGUISE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Coptic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Canadian_Aboriginal}\p{Script=Georgian}\p{Script=Tifinagh}\p{Script=Deseret}\p{Script=Osage}\p{Script=Vai}\p{Script=Bamum}]/u;
/**
 * Latin letters, and signs of no script, are always read as the letter they look like. Not those like `l`:
 * most of them are bars that separate the parts of a title.
 */
const COMMON = /\p{Script=Common}/u;

/** Letters children use upside down or squared that the table lacks, or gives as something else. */
const EXTRA: Record<string, string> = {
  ɐ: 'a',
  ǝ: 'e',
  ə: 'e',
  ɟ: 'f',
  ƃ: 'g',
  ɥ: 'h',
  ᴉ: 'i',
  ɾ: 'j',
  ʞ: 'k',
  ɯ: 'm',
  ɹ: 'r',
  ʇ: 't',
  ʌ: 'v',
  ʍ: 'w',
  ʎ: 'y',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  þ: 'th',
  ʙ: 'b',
  ɢ: 'g',
  ʜ: 'h',
  ɪ: 'i',
  ʟ: 'l',
  ɴ: 'n',
  ʀ: 'r',
  ʏ: 'y',
  ᴀ: 'a',
  ᴄ: 'c',
  ᴅ: 'd',
  ᴇ: 'e',
  ᴊ: 'j',
  ᴋ: 'k',
  ᴍ: 'm',
  ᴏ: 'o',
  ᴘ: 'p',
  ᴛ: 't',
  ᴜ: 'u',
  ᴠ: 'v',
  ᴡ: 'w',
  ᴢ: 'z',
  ꜰ: 'f',
  ꜱ: 's',
  ꞯ: 'q',
  І: 'i',
  Ι: 'i',
  Ӏ: 'i',
  є: 'e',
  Є: 'e',
  ѐ: 'e',
  в: 'b',
  н: 'h',
  к: 'k',
  м: 'm',
  т: 't',
  η: 'n',
  κ: 'k',
  τ: 't',
  β: 'b',
  χ: 'x',
  ω: 'w',
  ε: 'e',
};

function latinOf(target: string): string | null {
  const plain = target.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return /^[a-z]{1,2}$/.test(plain) ? plain : null;
}

function readTable(path: string): Map<string, string> {
  const text = readFileSync(path, 'utf8');
  if (text.trimStart().startsWith('{'))
    return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
  const table = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [source, target] =
      line
        .replace(/^\uFEFF/, '')
        .split('#')[0]
        ?.split(';') ?? [];
    if (source === undefined || target === undefined) continue;
    const letters = (codes: string) =>
      codes
        .trim()
        .split(/\s+/)
        .map((code) => String.fromCodePoint(Number.parseInt(code, 16)))
        .join('');
    table.set(letters(source), letters(target));
  }
  return table;
}

const path = process.argv[2];
if (path === undefined) throw new Error('usage: makeConfusables.ts CONFUSABLES');
const found = { always: new Map<string, string>(), disguise: new Map<string, string>() };
function add(source: string, latin: string): void {
  const code = source.codePointAt(0) ?? 0;
  if (code < 128 || source.length !== String.fromCodePoint(code).length) return;
  if (/^[a-z0-9]+$/.test(source.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase())) return;
  if (DISGUISE.test(source)) {
    if (latin.length === 1) found.disguise.set(source, latin);
  } else if (/\p{Script=Latin}/u.test(source) || (COMMON.test(source) && /^[a-km-z]$/.test(latin))) {
    found.always.set(source, latin);
  }
}
for (const [source, target] of readTable(path)) {
  const latin = latinOf(target);
  if (latin !== null) add(source, latin);
}
for (const [source, latin] of Object.entries(EXTRA)) add(source, latin);
// Negative circled and squared letters and regional indicators have no compatibility folding.
for (let index = 0; index < 26; index += 1) {
  const latin = String.fromCharCode(97 + index);
  for (const start of [0x1f150, 0x1f170, 0x1f1e6]) add(String.fromCodePoint(start + index), latin);
}

function group(table: Map<string, string>): Record<string, string> {
  const groups: Record<string, string> = {};
  for (const [source, latin] of [...table].sort(([a], [b]) => (a < b ? -1 : 1)))
    groups[latin] = (groups[latin] ?? '') + source;
  return Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)));
}
const output = new URL('../../src/shared/match/data/confusables.json', import.meta.url);
writeFileSync(
  output,
  `${JSON.stringify({ always: group(found.always), disguise: group(found.disguise) }, null, 1)}\n`,
);
process.stdout.write(`${found.always.size} always, ${found.disguise.size} as disguise\n`);
