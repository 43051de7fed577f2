import { checkPhrase } from '#match';

/** One rule made of one line, or why there is none. */
export type PhraseOutcome =
  | { readonly kind: 'nothing' }
  /** `naughtynesslimit = 50`: from when the weights count. */
  | { readonly kind: 'limit'; readonly limit: number }
  | { readonly kind: 'rule'; readonly yaml: string; readonly narrowed: string | null }
  | { readonly kind: 'dropped'; readonly reason: string };

const MIN_STEM = 3;
const MIN_INSIDE = 4;
const MAX_PARTS = 6;

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
export function readPhraseLine(line: string, ruleId: string, severity: string): PhraseOutcome {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return { kind: 'nothing' };
  const limit = /^naught[yi]nesslimit\s*=\s*(\d+)$/i.exec(text);
  if (limit?.[1] !== undefined) return { kind: 'limit', limit: Number(limit[1]) };
  if (/^\.include/i.test(text))
    return { kind: 'dropped', reason: 'includes another file: give that file too' };
  const groups = readGroups(text);
  if (groups === null) return { kind: 'dropped', reason: 'not of the form <phrase><weight>' };
  const last = groups[groups.length - 1] ?? '';
  const isWeighted = groups.length > 1 && /^[+-]?\d+$/.test(last.trim());
  const phrases = isWeighted ? groups.slice(0, -1) : groups;
  const weight = isWeighted ? Number(last) : null;
  if (weight === 0) return { kind: 'dropped', reason: 'a weight of 0 says nothing' };
  if (phrases.length > MAX_PARTS)
    return { kind: 'dropped', reason: `a combination of more than ${MAX_PARTS} phrases` };
  return ruleOf(phrases, weight, ruleId, severity);
}

/** The texts between the angle brackets; only commas may stand between them. */
function readGroups(text: string): string[] | null {
  const code = text.replace(/>\s*#.*$/, '>');
  if (!/^(<[^<>]+>\s*,?\s*)+$/.test(code)) return null;
  return Array.from(code.matchAll(/<([^<>]+)>/g), (group) => group[1] ?? '');
}

function ruleOf(
  phrases: readonly string[],
  weight: number | null,
  ruleId: string,
  severity: string,
): PhraseOutcome {
  const parts: Part[] = [];
  for (const source of phrases) {
    const part = partOf(source, phrases.length > 1);
    if (typeof part === 'string') return { kind: 'dropped', reason: part };
    parts.push(part);
  }
  const [first] = parts;
  if (first === undefined) return { kind: 'dropped', reason: 'no phrase' };
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
    narrowed: narrowed.length === 0 ? null : narrowed.join('; '),
  };
}

/** In these lists a phrase matches anywhere, and a space at its edge stands for the edge of a word. */
function partOf(source: string, inCombination: boolean): Part | string {
  const words = source
    .replace(/[()|*]/g, ' ')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const openStart = !source.startsWith(' ');
  const openEnd = !source.endsWith(' ');
  const last = words[words.length - 1];
  if (last === undefined || !/[\p{L}\p{N}]/u.test(source)) return 'has no letters or digits';
  const mayBeInside = words.length === 1 && last.length >= MIN_INSIDE && !inCombination;
  const insideWords = mayBeInside && openStart;
  const asStem = !insideWords && openEnd && last.length >= MIN_STEM;
  const phrase = words.join(' ') + (asStem ? '*' : '');
  const problem = checkPhrase(phrase, { insideWords, isPart: inCombination });
  if (problem !== null) return problem;
  const losses: string[] = [];
  if (!insideWords && openStart) losses.push('begins at the beginning of a word only');
  if (!insideWords && openEnd && !asStem) losses.push('ends at the end of a word only');
  if (insideWords && !openEnd) losses.push('ends anywhere, not only at the end of a word');
  return {
    phrase,
    insideWords,
    narrowed: losses.length === 0 ? null : `\`${words.join(' ')}\` ${losses.join(' and ')}`,
  };
}
