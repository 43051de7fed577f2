import { describe, expect, test } from 'vitest';
import { createSiteListReader, parsePack } from '#match';
import { hitTexts, matcherOf, packOf, phraseRule } from './rules.ts';

function mistakes(yaml: string): string[] {
  const pack = parsePack(yaml, 'p.yaml');
  return pack.ok ? [] : pack.error.map((error) => `${error.line}:${error.column} ${error.message}`);
}

describe('mistakes have line and column', () => {
  test.each([
    ['a bracket that is never closed', phraseRule('kill (me'), 'this bracket is never closed'],
    ['nothing or everything', phraseRule('(really|) (very|)'), 'every word of this phrase may be left out'],
    ['a short stem', phraseRule('su*'), 'shorter than 3 letters'],
    ['one letter', phraseRule('x'), 'one letter'],
    ['an everyday word', phraseRule('the'), 'would match nearly everything'],
    ['an everyday word by leaving out the rest', phraseRule('(kill|) the'), 'would match nearly everything'],
    ['no letters', phraseRule('!!!'), 'no letters or digits'],
    ['a star in a word', phraseRule('su*ide'), 'only at the end'],
    ['a closing bracket', phraseRule('kill) me'), 'without an opening bracket'],
    ['empty brackets', phraseRule('kill (|)'), 'empty brackets'],
    ['too many alternatives', phraseRule(`${'(aa|bb|cc|dd)'.repeat(6)}`), 'more than 1024 alternatives'],
    ['the beginning of an everyday word', phraseRule('the*'), '`the*` alone would match nearly everything'],
    ['what begins every address', phraseRule('http*'), 'would match nearly everything'],
    [
      'letters near each other',
      '  - { id: r, severity: low, near: { words: [a, e], within: 2 } }',
      'every part of this',
    ],
    [
      'everyday words near each other',
      '  - { id: r, severity: low, near: { words: [the, http*, "(is|in)"], within: 2 } }',
      'every part of this',
    ],
    [
      'a word inside everyday words',
      '  - { id: r, severity: low, phrases: [with], inside_words: true }',
      'inside everyday words',
    ],
    [
      'a piece of everyday words',
      '  - { id: r, severity: low, phrases: [tion], inside_words: true }',
      '`tion` stands inside everyday words such as `information`',
    ],
    [
      'what begins addresses, inside words',
      '  - { id: r, severity: low, phrases: [http], inside_words: true }',
      'inside everyday words',
    ],
    ['a lost letter', phraseRule('gr\ufffdtis'), 'a letter got lost'],
    [
      'a rule that its own words cancel',
      '  - { id: r, severity: low, phrases: [kill me now], unless: ["(kill|end) me"] }',
      'can never count: `(kill|end) me` always cancels it',
    ],
    [
      'a near rule whose part is cancelled',
      '  - { id: r, severity: low, near: { words: [pills, rope], within: 2 }, context_unless: ["rop* (it|)"] }',
      'never count',
    ],
    ['an unknown key', '  - { id: r, severity: low, phrases: [kill], wher: [title] }', 'wher'],
    ['a wrong severity', '  - { id: r, severity: worst, phrases: [kill] }', 'severity'],
    [
      'phrases and near',
      '  - { id: r, severity: low, phrases: [kill], near: { words: [aa, bb], within: 2 } }',
      'either',
    ],
    ['a weight without a threshold', '  - { id: r, severity: low, phrases: [kill], weight: 2 }', 'threshold'],
    ['an id twice', `${phraseRule('kill')}\n${phraseRule('hang')}`, 'stands twice'],
    [
      'a short word inside others',
      '  - { id: r, severity: low, phrases: [ass], inside_words: true }',
      'shorter than 4',
    ],
    [
      'a top-level domain',
      `${phraseRule('kill')}\nsites:\n  - { id: s, severity: low, domains: [co.uk] }`,
      'anybody can register',
    ],
  ])('%s', (_, rules, message) => {
    const found = mistakes(packOf(rules));
    expect(found.join('\n')).toContain(message);
    expect(found[0]).toMatch(/^([7-9]|1\d):\d+ /);
  });

  test('the column is that of the phrase', () => {
    expect(
      mistakes(
        'pack: a\ncategory: hate\nlanguage: en\nversion: 1\ndescription: x\nrules:\n  - id: r\n    severity: low\n    phrases:\n      - good one\n      - "bad (one"\n',
      ),
    ).toEqual(['11:14 this bracket is never closed']);
  });

  test('a key that does not exist, where it stands', () => {
    const rule = 'rules:\n  - id: r\n    severity: low\n    wher: [title]\n    phrases: [kill]\n';
    const head = 'pack: a\ncategory: hate\nlanguage: en\nversion: 1\ndescription: x\n';
    expect(mistakes(`${head}${rule}alow_sites: [a.example]\n`)).toEqual([
      '9:5 rules.0: there is no key `wher` here',
      '11:1 there is no key `alow_sites` here',
    ]);
  });

  test.each([
    ['a folded block', '>-\n        want\n        to (die', '13:12'],
    ['a literal block', '| # words\n        want to\n        (die\n', '13:9'],
    ['a folded block that begins with it', '>\n        (die\n', '12:9'],
    ['plain words on two lines', 'want\n        to (die', '12:12'],
    ['double quotes', '"w\\u0061nt \\x61 (die"', '11:25'],
    ['double quotes on two lines', '"want\n        to \\\n        (die"', '13:9'],
    ['single quotes', "'don''t (die'", '11:17'],
  ])('in %s', (_, phrase, place) => {
    const yaml = packOf(`  - id: r\n    severity: low\n    phrases:\n      - ${phrase}`);
    expect(mistakes(yaml)).toEqual([`${place} this bracket is never closed`]);
  });

  test('the header of a list, where it stands', () => {
    const report = (text: string) => {
      const reader = createSiteListReader({ addList: () => ({ add: () => undefined }) }, 'a.list');
      for (const line of text.split('\n')) reader.line(line);
      return reader.end().errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
    };
    const head = '# lapwing-list: a\n#  category: cards\n# severity: low\n# version: 1\na.example\n';
    expect(report(head)).toEqual([expect.stringMatching(/^2:14 header `category`: /)]);
    expect(report('')).toEqual([
      '1:1 there is no header `# lapwing-list: ...`',
      '1:1 there is no header `# category: ...`',
      '1:1 there is no header `# severity: ...`',
    ]);
    expect(report(`${head.replace('cards', 'gambling')}\n co.uk`)).toEqual([expect.stringMatching(/^7:2 /)]);
  });

  test('weights that can never reach the threshold', () => {
    const weak = '  - { id: r, severity: low, phrases: [sad], weight: 4 }';
    const other = '  - { id: s, severity: low, phrases: [alone], weight: 6 }';
    const against = '  - { id: t, severity: low, phrases: [poem], weight: -6 }';
    expect(mistakes(packOf(weak, 'threshold: 10'))).toEqual([
      '6:12 the weights add up to 4 and can never reach the threshold of 10',
    ]);
    expect(mistakes(packOf(against, 'threshold: 1'))).toHaveLength(1);
    expect(mistakes(packOf(`${weak}\n${other}\n${against}`, 'threshold: 10'))).toEqual([]);
  });

  test('a rule is not cancelled by words that stand there sometimes', () => {
    const ruleWith = (rest: string) => packOf(`  - { id: r, severity: low, ${rest} }`);
    expect(mistakes(ruleWith('phrases: [kill me, hang me], unless: [kill me]'))).toEqual([]);
    expect(mistakes(ruleWith('phrases: ["(kill|hang) me"], unless: [kill me]'))).toEqual([]);
    expect(mistakes(ruleWith('phrases: ["suicid*"], unless: [suicide]'))).toEqual([]);
    expect(mistakes(ruleWith('phrases: ["kill (me|)"], unless: [kill me]'))).toEqual([]);
    expect(mistakes(ruleWith('phrases: [kill me], unless: [kill me laughing]'))).toEqual([]);
  });

  test('a common word beside one that says something is a near rule', () => {
    expect(mistakes(packOf('  - { id: r, severity: low, near: { words: [a, rope], within: 2 } }'))).toEqual(
      [],
    );
    expect(mistakes(packOf('  - { id: r, severity: low, near: { words: [死, 想], within: 2 } }'))).toEqual(
      [],
    );
  });

  test('broken YAML and other documents are values, not throws', () => {
    expect(mistakes('pack: [').length).toBeGreaterThan(0);
    expect(mistakes('').length).toBeGreaterThan(0);
    expect(mistakes('- 1\n- 2').length).toBeGreaterThan(0);
    expect(mistakes('a: &a [*a, *a]').length).toBeGreaterThan(0);
  });

  test('phrases of the locked categories are refused', () => {
    expect(mistakes(packOf(phraseRule('kill')).replace('self_harm', 'illegal_csam'))[0]).toContain(
      'site lists only',
    );
  });
});

describe('where', () => {
  test.each([
    ['search', ['search']],
    ['title|url', ['title', 'url']],
    ['[title, search]', ['title', 'search']],
  ])('%s', (where, fields) => {
    const pack = parsePack(
      packOf(`  - { id: r, severity: low, phrases: [kill], where: ${where} }`),
      'p.yaml',
    );
    expect(pack.ok && pack.value.rules[0]?.where).toEqual(fields);
  });
  test('anything else is a mistake', () => {
    const rule = '  - { id: r, severity: low, phrases: [kill], where: everywhere }';
    expect(mistakes(packOf(rule))[0]).toMatch(/^8:53 rules.0.where/);
  });
});

describe('phrases', () => {
  test.each([
    ['want to (kill|hang|end it) now', 'i want to end it now', 'want to end it now'],
    ['(really|) want to die', 'i really want to die', 'really want to die'],
    ['(really|) want to die', 'i want to die', 'want to die'],
    ['kill(ing|ed|) time', 'killed time', 'killed time'],
    ['i am (so |really |)tired', 'i am really tired', 'i am really tired'],
    ['i am (so |really |)tired', 'i am tired', 'i am tired'],
    ['i am( so| really|) tired', 'i am so tired', 'i am so tired'],
    ['suicid* note', 'my suicidal note', 'suicidal note'],
    ['(i (am|was) so|so very) sad', 'because i was so sad', 'i was so sad'],
    ['meet (me|) (at|in) (the|) park', 'meet me at the park', 'meet me at the park'],
    ['meet (me|) (at|in) (the|) park', 'MEET - IN: park!', 'MEET - IN: park'],
    ['420 blaze', 'the 420 blaze', '420 blaze'],
  ])('%s in %s', (phrase, text, span) => {
    expect(hitTexts(matcherOf(packOf(phraseRule(phrase))), text)).toEqual([span]);
  });

  test('words in another order, or with others between, are not the phrase', () => {
    const matcher = matcherOf(packOf(phraseRule('kill (my|your) self')));
    expect(hitTexts(matcher, 'self kill my')).toEqual([]);
    expect(hitTexts(matcher, 'kill my very self')).toEqual([]);
    expect(hitTexts(matcher, 'kill my')).toEqual([]);
  });
});
