import type { PhraseChecker } from '#match';

/** One rule made of one line, or why there is none. */
export type PhraseOutcome =
  | { readonly kind: 'nothing' }
  /** `naughtynesslimit = 50`: from when the weights count. */
  | { readonly kind: 'limit'; readonly limit: number }
  | {
      readonly kind: 'rule';
      readonly yaml: string;
      /** null: it counts by itself. */
      readonly weight: number | null;
      readonly narrowed: string | null;
    }
  | { readonly kind: 'dropped'; readonly reason: string };

const MAX_PARTS = 6;
/** The bounds that packs have, too. */
const MAX_LETTERS = 1_000;
const MAX_WEIGHT = 10_000;
const MAX_LIMIT = 1_000_000;

interface Part {
  readonly phrase: string;
  readonly insideWords: boolean;
  /** What the original also matched and this does not. */
  readonly narrowed: string | null;
}

/**
 * Reads one line of an e2guardian or DansGuardian phrase list: `<word><10>`, `<one>,<two><50>`, `< word ><-20>`, or
 * `<word>` of a banned list. `ruleId` names the rule, `severity` is the one asked for.
 */
export function readPhraseLine(
  checker: PhraseChecker,
  line: string,
  ruleId: string,
  severity: string,
): PhraseOutcome {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return { kind: 'nothing' };
  const limit = /^naught[yi]nesslimit\s*=\s*(\d+)$/i.exec(text);
  if (limit?.[1] !== undefined) {
    if (Number(limit[1]) > 0 && Number(limit[1]) <= MAX_LIMIT)
      return { kind: 'limit', limit: Number(limit[1]) };
    return { kind: 'dropped', reason: `a limit is a number from 1 to ${MAX_LIMIT}` };
  }
  if (/^\.include/i.test(text))
    return { kind: 'dropped', reason: 'includes another file: give that file too' };
  const read = readGroups(text);
  if (typeof read === 'string') return { kind: 'dropped', reason: read };
  const { phrases, weight } = read;
  if (weight === 0) return { kind: 'dropped', reason: 'a weight of 0 says nothing' };
  if (weight !== null && Math.abs(weight) > MAX_WEIGHT)
    return { kind: 'dropped', reason: `a weight lies between -${MAX_WEIGHT} and ${MAX_WEIGHT}` };
  if (phrases.length > MAX_PARTS)
    return { kind: 'dropped', reason: `a combination of more than ${MAX_PARTS} phrases` };
  return ruleOf(checker, phrases, weight, ruleId, severity);
}

/** The phrases and the weight of a line, or what is wrong with it. Commas stand between phrases; the weight comes last. */
function readGroups(text: string): { phrases: readonly string[]; weight: number | null } | string {
  const code = text.replace(/>\s*#.*$/, '>');
  if (!/^<[^<>]+>((\s*,)?\s*<[^<>]+>)*(\s*,)?$/.test(code)) return 'not of the form <phrase><weight>';
  const groups = Array.from(code.matchAll(/(,?)\s*<([^<>]+)>/g), ([, comma = '', inner = '']) => ({
    inner,
    hasComma: comma !== '',
  }));
  const last = groups.length > 1 ? groups.at(-1) : undefined;
  const isWeighted = last !== undefined && /^[+-]?\d+$/.test(last.inner.trim());
  const phrases = isWeighted ? groups.slice(0, -1) : groups;
  const wrong = phrases.slice(1).findLast(({ hasComma }) => !hasComma);
  if (wrong !== undefined)
    return `\`${wrong.inner}\` is no weight (a whole number), and no comma makes it another phrase`;
  return { phrases: phrases.map(({ inner }) => inner), weight: isWeighted ? Number(last.inner) : null };
}

function ruleOf(
  checker: PhraseChecker,
  phrases: readonly string[],
  weight: number | null,
  ruleId: string,
  severity: string,
): PhraseOutcome {
  const parts: Part[] = [];
  for (const source of phrases) {
    const part = partOf(checker, source, phrases.length > 1);
    if (typeof part === 'string') return { kind: 'dropped', reason: part };
    parts.push(part);
  }
  const [first] = parts;
  if (first === undefined) return { kind: 'dropped', reason: 'no phrase' };
  const problem = parts.length === 1 ? null : checker.near(parts.map(({ phrase }) => phrase));
  if (problem !== null) return { kind: 'dropped', reason: problem };
  const keys = [`id: ${ruleId}`, `severity: ${severity}`];
  if (parts.length === 1) keys.push(`phrases: [${JSON.stringify(first.phrase)}]`);
  else
    keys.push(
      `near: { words: [${parts.map((part) => JSON.stringify(part.phrase)).join(', ')}], within: anywhere }`,
    );
  if (parts.length === 1 && first.insideWords) keys.push('inside_words: true');
  if (weight !== null) keys.push(`weight: ${weight}`);
  const narrowed = parts.flatMap((part) => (part.narrowed === null ? [] : [part.narrowed]));
  return {
    kind: 'rule',
    yaml: `  - { ${keys.join(', ')} }`,
    weight,
    narrowed: narrowed.length === 0 ? null : narrowed.join('; '),
  };
}

/** In these lists a phrase matches anywhere, and a space at its edge stands for the edge of a word. */
function partOf(checker: PhraseChecker, source: string, inCombination: boolean): Part | string {
  const words = source
    .replace(/[()|*]/g, ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const openStart = !source.startsWith(' ');
  const openEnd = !source.endsWith(' ');
  const plain = words.join(' ');
  if (!/[\p{L}\p{N}]/u.test(plain)) return 'has no letters or digits';
  if (plain.length > MAX_LETTERS) return `longer than ${MAX_LETTERS} letters`;
  const insideWords = openStart && !inCombination && checker.phrase(plain, { insideWords: true }) === null;
  const problemOf = (phrase: string): string | null =>
    checker.phrase(phrase, { insideWords, isPart: inCombination });
  const asStem = !insideWords && openEnd && problemOf(`${plain}*`) === null;
  const phrase = asStem ? `${plain}*` : plain;
  const problem = problemOf(phrase);
  if (problem !== null) return problem;
  const losses: string[] = [];
  if (!insideWords && openStart) losses.push('begins at the beginning of a word only');
  if (!insideWords && openEnd && !asStem) losses.push('ends at the end of a word only');
  if (insideWords && !openEnd) losses.push('ends anywhere, not only at the end of a word');
  return {
    phrase,
    insideWords,
    narrowed: losses.length === 0 ? null : `\`${plain}\` ${losses.join(' and ')}`,
  };
}
