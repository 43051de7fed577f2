import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTextBuffer, startText } from '../../../src/shared/match/text/buffer.ts';
import { createFold } from '../../../src/shared/match/text/fold.ts';
import { scanAll } from '../../../src/shared/match/text/scan.ts';
import { CONTEXT, countingMatcher, matcherOf, packOf } from './rules.ts';

/** Words that are in the rules, near them, or nowhere near, in many spellings. */
const word = fc.oneof(
  fc.constantFrom(
    'kill',
    'myself',
    'want',
    'to',
    'die',
    'suicide',
    'suicidal',
    'pills',
    'od',
    'sad',
    'alone',
    '自杀',
    'porn',
    'i',
  ),
  fc.constantFrom(
    'k!ll',
    'su1c1de',
    'suіcіde',
    's u i c i d e',
    'suiiiicide',
    'sui-cide',
    'mys*lf',
    '$ad',
    "suicide's",
    'p0rnhub',
    'ｄｉｅ',
  ),
  fc.constantFrom(
    'lyrics',
    'laughing',
    'Scunthorpe',
    '123',
    '-',
    '!!',
    'é',
    '\u200b',
    '\u202e',
    '𝓪',
    '\ud83d',
    '%',
    '+',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc
  .array(word, { maxLength: 12 })
  .chain((words) => fc.constantFrom(' ', '  ', '', '-', '. ', '\t').map((gap) => words.join(gap)));
const url = fc.oneof(
  fc.constant(null),
  text.map((query) => `https://www.google.com/search?q=${encodeURIComponent(query.toWellFormed())}`),
  text.map((path) => `https://bad.example/${path}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  text,
);
const subject = fc.record({ title: text, url, app: fc.constant('browser') });

const RULES = [
  '  - { id: a, severity: critical, phrases: ["want to (die|kill myself)", "suicid*", "suicide", "kill myself", "自杀"], unless: ["kill myself laughing"] }',
  '  - { id: b, severity: high, near: { words: [pills, "(od|die)"], within: 3 } }',
  '  - { id: c, severity: low, weight: 6, phrases: [sad] }',
  '  - { id: d, severity: low, weight: 6, phrases: [alone] }',
  '  - { id: e, severity: low, phrases: [porn], inside_words: true }',
];
const TAIL = 'sites: [{ id: s, severity: low, domains: [bad.example] }]';
const HEAD = 'threshold: 10\ncontext_unless: [lyrics]';
const packText = (rules: readonly string[]): string => `${packOf(rules.join('\n'), HEAD)}${TAIL}\n`;
const matcher = matcherOf(packText(RULES));

describe('whatever is seen', () => {
  test('spans slice the original', () => {
    fc.assert(
      fc.property(subject, (seen) => {
        const { hits, search } = matcher.match(seen, CONTEXT);
        for (const hit of hits) {
          const original = { title: seen.title, url: seen.url ?? '', search: search ?? '' }[hit.field];
          expect(hit.end).toBeGreaterThan(hit.start);
          expect(original.slice(hit.start, hit.end)).toBe(hit.text);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('an unrelated rule changes no hit', () => {
    const other = packOf(
      '  - { id: x, severity: low, phrases: ["zebra crossing", "crossw*", "my (very|own) word", "si cide"] }\n  - { id: y, severity: low, phrases: [zebra], inside_words: true }',
    ).replace('test.pack', 'test.other');
    const both = matcherOf({ 'b.yaml': other, 'a.yaml': packText(RULES) });
    fc.assert(
      fc.property(subject, (seen) => {
        const mine = both.match(seen, CONTEXT).hits.filter((hit) => hit.packId === 'test.pack');
        expect(mine).toEqual(matcher.match(seen, CONTEXT).hits);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the order of rules does not matter', () => {
    const reversed = matcherOf(packText([...RULES].reverse()));
    fc.assert(
      fc.property(subject, (seen) => {
        expect(reversed.match(seen, CONTEXT)).toEqual(matcher.match(seen, CONTEXT));
      }),
      { numRuns: 1_000 },
    );
  });

  test('no state goes from one observation to the next', () => {
    fc.assert(
      fc.property(fc.array(subject, { maxLength: 6 }), subject, (before, seen) => {
        const used = matcherOf(packText(RULES));
        for (const one of before) used.match(one, CONTEXT);
        expect(used.match(seen, CONTEXT)).toEqual(matcherOf(packText(RULES)).match(seen, CONTEXT));
      }),
      { numRuns: 400 },
    );
  });

  test('explaining gives the same result as matching', () => {
    fc.assert(
      fc.property(subject, (seen) => {
        expect(matcher.explain(seen, CONTEXT).result).toEqual(matcher.match(seen, CONTEXT));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('folding', () => {
  const fold = createFold();
  const buffer = createTextBuffer(0);
  const words = (source: string): string[] => {
    startText(buffer, source, 'title');
    scanAll(buffer, fold);
    return Array.from({ length: buffer.tokenCount }, (_, token) =>
      String.fromCharCode(...buffer.units.subarray(buffer.tokenStart[token], buffer.tokenEnd[token])),
    );
  };

  test('is idempotent', () => {
    fc.assert(
      fc.property(text, (source) => {
        expect(words(words(source).join(' '))).toEqual(words(source));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is idempotent for every character there is', () => {
    for (let code = 0; code < 0x30000; code += 1) {
      const once = words(String.fromCodePoint(code)).join(' ');
      expect(words(once).join(' '), code.toString(16)).toBe(once);
    }
  });

  test('reads plain text the short way as it would the long way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (source) => {
        const short = words(source);
        expect(words(`${source} \u00e9`).slice(0, short.length)).toEqual(short);
      }),
    );
  });
});

/** Table reads for a character, title and URL together: the worst that a search for such texts found, and half again. */
const MOST_STEPS = 190;

describe('cost', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a ',
      'a',
      'k!',
      '*',
      's u ',
      'i-',
      'kill ',
      'pills ',
      'die ',
      'suicid',
      'і',
      '1',
      "'s",
      '%41',
      '/',
      'want to ',
      '自',
      '\u0301',
      '\u200b',
      '@',
      '.',
    ),
    fc.string({ minLength: 1, maxLength: 5 }),
  );

  const counting = countingMatcher({ 'pack.yaml': packText(RULES) });

  /** How often the tables of the compiled rules are read for a text: the work done, the same on every machine. */
  const stepsOf = (cycle: string, length: number): number => {
    const title = cycle.repeat(Math.ceil(length / cycle.length)).slice(0, length);
    return counting.steps(() =>
      counting.matcher.match({ title, url: `https://x.example/${title}`, app: '' }, CONTEXT),
    );
  };

  test('no text costs more than in proportion to its length', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (units) => {
        const cycle = units.join('');
        const short = stepsOf(cycle, 1_600);
        // A text four times as long: four times the work, and all readings of one word more, where the cycle is cut. Quadratic is sixteen.
        expect(stepsOf(cycle, 6_400)).toBeLessThan(short * 4.2 + 8_000);
        expect(short / 1_600).toBeLessThan(MOST_STEPS);
      }),
      { numRuns: 80 },
    );
  });
});
