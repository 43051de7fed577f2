import { type Field, fieldSchema } from '#contract';
import type { Compiled } from './compile/container.ts';
import {
  MAX_NEAR_PARTS,
  NEAR,
  ownerIndex,
  ownerKind,
  PATTERN_KIND,
  STEM,
  textLength,
  textStart,
  wayLength,
  wayStems,
} from './compile/layout.ts';
import { readString } from './compile/strings.ts';
import type { Ruling } from './run/decide.ts';
import type { FinderTrace } from './run/finder.ts';
import type { RuleTable } from './run/ruleTable.ts';
import type { ExplainedCandidate, ExplainedText, Explanation } from './types.ts';

/** Notes the steps of a match while the finder takes them. */
export interface Trace extends FinderTrace {
  steps(rulings: readonly Ruling[]): Omit<Explanation, 'result'>;
}

const FIELDS = fieldSchema.options;
/** Most phrases that stand there, as many that do not, and alternatives written out: a person reads it. */
const MAX_CANDIDATES = 200;
const MAX_ALTERNATIVES = 6;

export function createTrace(compiled: Compiled, rules: RuleTable): Trace {
  const texts: ExplainedText[] = [];
  const candidates: ExplainedCandidate[] = [];
  const counts = { found: 0, missing: 0 };
  /** By field. */
  const lookups = new Map<number, (word: string) => boolean>();
  const { patterns, strings, wordTexts, stems, insides } = compiled;

  /** The rule that a phrase is of, null if it cancels; and which part it is of a rule with `near`. */
  function ownerOf(owner: number): { ruleId: string | null; part: number | null } {
    const index = ownerIndex(owner);
    const kind = ownerKind(owner);
    if (kind === PATTERN_KIND.rule) return { ruleId: rules.id(index), part: null };
    if (kind === PATTERN_KIND.cancel) return { ruleId: null, part: null };
    const near = Math.floor(index / MAX_NEAR_PARTS) * NEAR.columns;
    const ruleId = rules.id(compiled.nears[near + NEAR.rule] as number);
    return { ruleId, part: (index % MAX_NEAR_PARTS) + 1 };
  }

  function textOf(ref: number): string {
    return readString(strings, textStart(ref), textLength(ref));
  }

  function wayWords(way: number, inside: boolean): string {
    const header = patterns[way] as number;
    const words: string[] = [];
    for (let at = 0; at < wayLength(header); at += 1) {
      const place = patterns[way + 1 + at] as number;
      if (inside) words.push(`*${textOf(insides[place * STEM.columns + STEM.text] as number)}*`);
      else if ((wayStems(header) & (1 << at)) !== 0)
        words.push(`${textOf(stems[place * STEM.columns + STEM.text] as number)}*`);
      else words.push(textOf(wordTexts[place] as number));
    }
    return words.join(' ');
  }

  /** Says of a word of a phrase (`kill`, `suicid*`, `*porn*`) whether the text of a field has it, in any reading. */
  function createWordLookup(field: number): (word: string) => boolean {
    const text = texts.find((one) => one.field === FIELDS[field]);
    const words = new Set([...(text?.words ?? []), ...(text?.readings.map(({ read }) => read) ?? [])]);
    const known = new Map<string, boolean>();
    const look = (word: string): boolean => {
      const bare = word.replaceAll('*', '');
      if (bare.length === word.length) return words.has(bare);
      return [...words].some((one) => (word.startsWith('*') ? one.includes(bare) : one.startsWith(bare)));
    };
    return (word) => {
      const stands = known.get(word) ?? look(word);
      known.set(word, stands);
      return stands;
    };
  }

  /** As many alternatives as a person reads: where there are more, those that stand in the text before the others. */
  function shownOf(ways: readonly string[], stands: (word: string) => boolean): readonly string[] {
    if (ways.length <= MAX_ALTERNATIVES) return ways;
    const isThere = (way: string): boolean => way.split(' ').every((word) => word === '' || stands(word));
    const ordered = [...ways.filter(isThere), ...ways.filter((way) => !isThere(way))];
    return [...ordered.slice(0, MAX_ALTERNATIVES), '...'];
  }

  function phraseWords(pattern: number, inside: boolean, stands: (word: string) => boolean): string {
    const shape = patterns[pattern + 1] as number;
    if (shape === 0) return wayWords(pattern + 2, inside);
    const slots: string[] = [];
    for (let slot = 0; slot < (shape & 255); slot += 1) {
      const start = patterns[pattern + 2 + slot] as number;
      const ways: string[] = [];
      let way = start + 1;
      for (let left = patterns[start] as number; left > 0; left -= 1) {
        ways.push(wayWords(way, inside));
        way += 1 + wayLength(patterns[way] as number);
      }
      slots.push(ways.length === 1 ? (ways[0] as string) : `(${shownOf(ways, stands).join('|')})`);
    }
    return slots.join(' ');
  }

  return {
    text(field, lattice) {
      const { buffer, edges } = lattice;
      const read = (start: number, end: number) => readString(buffer.units, start, end - start);
      const words: string[] = [];
      for (let token = 0; token < buffer.tokenCount; token += 1) {
        words.push(read(buffer.tokenStart[token] as number, buffer.tokenEnd[token] as number));
      }
      const readings = edges.map((edge) => ({
        written: buffer.source.slice(edge.originStart, edge.originEnd),
        read: read(edge.start, edge.end),
      }));
      texts.push({ field: FIELDS[field] as Field, original: buffer.source, words, readings });
    },
    candidate(field, pattern, found, inside) {
      counts[found ? 'found' : 'missing'] += 1;
      if (counts[found ? 'found' : 'missing'] > MAX_CANDIDATES) return;
      const { ruleId, part } = ownerOf(patterns[pattern] as number);
      const owner =
        ruleId === null
          ? 'cancelling words (unless, context_unless)'
          : part === null
            ? ruleId
            : `${ruleId} (part ${part} of near)`;
      const lookup = lookups.get(field) ?? createWordLookup(field);
      lookups.set(field, lookup);
      const phrase = phraseWords(pattern, inside, lookup);
      candidates.push({ field: FIELDS[field] as Field, owner, ruleId, phrase, found });
    },
    steps: (rulings) => ({
      texts,
      candidates,
      decisions: rulings.map(({ hit, against }) => ({
        ruleId: hit.ruleId,
        field: hit.field,
        start: hit.start,
        end: hit.end,
        text: hit.text,
        counted: against === null,
        because: against ?? 'counts',
      })),
    }),
  };
}
