import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePack, parsePacks } from '#match';
import { compile, hitTexts, matcherOf, packOf, phraseRule } from './rules.ts';

const WORDS = `words:
  me: [myself, my self, "my(self|) own"]
  want: ["(really|) want to", wanna]
  want_me: ["{want} (kill|harm) {me}", unalive]`;

const SHARED = `language: en
description: For every pack.
words:
  me: [myself, my self]
  body: [arm, leg]
`;

function mistakes(yaml: string): string[] {
  const pack = parsePack(yaml, 'p.yaml');
  return pack.ok ? [] : pack.error.map((error) => `${error.line}:${error.column} ${error.message}`);
}

describe('lists of words', () => {
  test.each([
    ['"i {want} die"', 'i really want to die', 'i really want to die'],
    ['"i {want} die"', 'i wanna die', 'i wanna die'],
    ['"kill ({me}|) now"', 'kill now', 'kill now'],
    ['"kill ({me}|him) now"', 'kill my self now', 'kill my self now'],
    ['"{want_me}"', 'wanna harm my own', 'wanna harm my own'],
    ['"no{me}"', 'nomyself', 'nomyself'],
  ])('%s in %s', (phrase, text, span) => {
    const used = '  - { id: all, severity: low, phrases: ["{me} {want} {want_me}"] }';
    const rule = `  - { id: r, severity: high, phrases: [${phrase}] }`;
    expect(hitTexts(matcherOf(packOf(`${used}\n${rule}`, WORDS)), text)).toEqual([span]);
  });

  test('stand in near, unless and context_unless too', () => {
    const rules =
      '  - { id: r, severity: high, near: { words: [pills, "{many}"], within: 3 }, unless: ["many pills {joke}"], context_unless: ["{joke} page"] }';
    const matcher = matcherOf(packOf(rules, 'words: { many: [many, lots of], joke: [lol, haha] }'));
    expect(hitTexts(matcher, 'lots of pills')).toEqual(['lots of pills']);
    expect(hitTexts(matcher, 'many pills haha')).toEqual([]);
    expect(hitTexts(matcher, 'many pills on the lol page')).toEqual([]);
  });

  test('four lists of thirty words side by side are a hundred and twenty ways, not 810,000', () => {
    const list = (name: string) => Array.from({ length: 30 }, (_, index) => `${name}${index}word`);
    const head = `words: ${JSON.stringify({ a: list('a'), b: list('b'), c: list('c'), d: list('d') })}`;
    const phrases = Array.from({ length: 40 }, (_, index) => `rule${index} {a} {b} {c} {d}`);
    const sizeOf = (count: number) =>
      compile({ 'p.yaml': packOf(phraseRule(...phrases.slice(0, count)), head) }).byteLength;
    // The lists are compiled once: another phrase that names them costs its own words and a few numbers.
    expect(sizeOf(40) - sizeOf(1)).toBeLessThan(40 * 250);
    const matcher = matcherOf(packOf(phraseRule(...phrases), head));
    expect(hitTexts(matcher, 'so rule7 a29word b0word c15word d3word')).toHaveLength(1);
    expect(hitTexts(matcher, 'so rule7 a29word b0word d15word c3word')).toEqual([]);
  });

  test('match as the phrase with the lists written out', () => {
    const word = fc.constantFrom(
      'cut',
      'my',
      'arm',
      'self',
      'harm*',
      'don’t',
      'self-harm',
      '自杀',
      'now',
      'i',
    );
    const fragment = fc
      .array(
        fc.oneof(
          word,
          fc.tuple(word, word).map(([a, b]) => `(${a}|${b} ${a}|)`),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((parts) => `cut ${parts.join(' ')}`);
    const entries = fc.array(fragment, { minLength: 1, maxLength: 4 });
    const step = fc.constantFrom('{a}', '{b}', '({a}|)', '({b}|my)', 'arm', 'self');
    const text = fc
      .array(
        fc.constantFrom('cut', 'my', 'arm', 'self', 'harming', 'dont', 'selfharm', '自杀', 'now', 'c u t'),
        {
          maxLength: 10,
        },
      )
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(
        entries,
        entries,
        fc.array(step, { minLength: 1, maxLength: 4 }),
        text,
        (a, b, steps, seen) => {
          const phrase = ['{b}', ...steps].join(' ');
          const writtenB = `(${[...b, `x(${a.join('|')})`].join('|')})`;
          const written = phrase.replaceAll('{b}', writtenB).replaceAll('{a}', `(${a.join('|')})`);
          const head = `words: ${JSON.stringify({ a, b: [...b, 'x{a}'] })}`;
          const named = matcherOf(packOf(phraseRule(phrase), head));
          expect(hitTexts(named, seen)).toEqual(hitTexts(matcherOf(packOf(phraseRule(written))), seen));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('mistakes in lists', () => {
  const rule = phraseRule('kill {me}');
  test.each([
    ['a list that is not there', '', phraseRule('kill {mee}'), '8:46 there is no list `{mee}`'],
    [
      'a list nothing uses',
      'words: { me: [myself], you: [yourself] }',
      rule,
      '6:29 nothing in the pack uses the list `{you}`',
    ],
    ['a list that names itself', 'words: { me: ["not {me}"] }', rule, '6:20 `{me}` stands further down'],
    ['lists in a ring', 'words: { a: ["{me}"], me: ["{a}"] }', rule, '6:14 `{me}` stands further down'],
    ['no entries', 'words: { me: [] }', rule, 'words.me'],
    ['an empty entry', 'words: { me: ["  "] }', rule, '6:15 this entry may be left out'],
    ['an entry that may be left out', 'words: { me: ["(my|)"] }', rule, '6:15 this entry may be left out'],
    ['a bad stem', 'words: { me: ["my se*"] }', rule, '6:15 the stem `se*` is shorter'],
    ['a bracket never closed', 'words: { me: ["(my"] }', rule, '6:15 this bracket is never closed'],
    ['a bare choice', 'words: { me: ["my|me"] }', rule, '6:18 `|` stands only in brackets'],
    [
      'a name that is no name',
      'words: { Me: [myself] }',
      phraseRule('kill'),
      'the name of a list has small letters',
    ],
    ['a name never closed', '', phraseRule('kill {me'), '8:46 this `{` is never closed'],
    ['a stray brace', '', phraseRule('kill me}'), '8:48 `}` without an opening'],
    ['too many', `words: { me: ["${'(aa|bb|cc|dd)'.repeat(6)}"] }`, rule, 'more than 1024 alternatives'],
    [
      'an everyday word by itself',
      'words: { me: [the] }',
      phraseRule('{me}'),
      '`the` alone would match nearly everything',
    ],
    [
      'a brace without quotes',
      'words: { me: [myself] }',
      '  - id: r\n    severity: low\n    phrases:\n      - {me} die',
      'needs quotes',
    ],
    [
      'only a list without quotes',
      'words: { me: [myself] }',
      '  - id: r\n    severity: low\n    phrases:\n      - {me}',
      'needs quotes',
    ],
  ])('%s', (_, head, rules, message) => {
    expect(mistakes(packOf(rules, head)).join('\n')).toContain(message);
  });
});

describe('shared lists', () => {
  const pack = (id: string, language: string, phrase: string, head = '') =>
    packOf(phraseRule(phrase), head)
      .replace('test.pack', id)
      .replace('language: en', `language: ${language}`);

  test('are for the packs of their folder and language', () => {
    const matcher = matcherOf({
      'rules/en/a.yaml': pack('en.a', 'en', 'kill {me}'),
      'rules/en/b.yaml': pack('en.b', 'en', 'cut my {body}'),
      'rules/en/words.yaml': SHARED,
    });
    expect(hitTexts(matcher, 'kill my self')).toEqual(['kill my self']);
    expect(hitTexts(matcher, 'cut my arm')).toEqual(['cut my arm']);
  });

  test('are not for other folders and languages, and a name stands once', () => {
    const { packs, errors, warnings } = parsePacks([
      { name: 'rules/en/words.yaml', yaml: SHARED },
      { name: 'rules/fr/a.yaml', yaml: pack('fr.a', 'fr', 'kill {me}') },
      { name: 'rules/en/b.yaml', yaml: pack('fr.b', 'fr', 'kill {me}') },
      { name: 'rules/en/c.yaml', yaml: pack('en.c', 'en', 'kill {me}', 'words: { me: [moi] }') },
      { name: 'rules/en/d.yaml', yaml: pack('en.d', 'en', 'kill {me}') },
    ]);
    expect(packs.map(({ file }) => file)).toEqual(['rules/en/d.yaml']);
    expect(errors.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual([
      'rules/fr/a.yaml:8:46 there is no list `{me}`: write it under `words`',
      'rules/en/b.yaml:8:46 there is no list `{me}`: write it under `words`',
      'rules/en/c.yaml:6:14 `rules/en/words.yaml` has a list `{me}` too',
    ]);
    expect(warnings).toEqual([
      { file: 'rules/en/words.yaml', line: 5, column: 9, message: 'no pack uses the list `{body}`' },
    ]);
  });

  test('with mistakes are told once, not again in every pack', () => {
    const { errors } = parsePacks([
      { name: 'en/a.yaml', yaml: pack('en.a', 'en', 'kill {me}') },
      { name: 'en/words.yaml', yaml: SHARED.replace('my self', 'm*y') },
    ]);
    expect(errors).toEqual([
      { file: 'en/words.yaml', line: 4, column: 16, message: '`*` stands only at the end of a word' },
    ]);
  });
});
