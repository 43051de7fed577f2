import { expect, test } from 'vitest';
import { CONTEXT, matcherOf, packOf } from './rules.ts';

/** Golden explanations: a change here is a change of what people are told. */
test('every step of a search in disguise', () => {
  const matcher = matcherOf(
    packOf(
      '  - { id: intent, severity: critical, phrases: ["(want to|how to) kill myself"], unless: ["kill myself laughing"] }\n  - { id: stem, severity: low, where: [title], phrases: ["suicid*"] }',
      'context_unless: ["song lyrics"]',
    ),
  );
  const url = 'https://www.google.com/search?q=how+to+k%21ll+myself';
  expect(matcher.explain({ title: 'suicidal - Google', url, app: '' }, CONTEXT)).toEqual({
    result: {
      hits: [
        {
          ruleId: 'test.pack/stem',
          packId: 'test.pack',
          category: 'self_harm',
          severity: 'low',
          field: 'title',
          start: 0,
          end: 8,
          text: 'suicidal',
        },
        {
          ruleId: 'test.pack/intent',
          packId: 'test.pack',
          category: 'self_harm',
          severity: 'critical',
          field: 'search',
          start: 0,
          end: 18,
          text: 'how to k!ll myself',
        },
      ],
      search: 'how to k!ll myself',
      category: 'self_harm',
      severity: 'critical',
      disposition: 'unacceptable',
      reason: 'the policy says nothing else about self_harm for KS3',
    },
    texts: [
      { field: 'title', original: 'suicidal - Google', words: ['suicidal', 'google'], readings: [] },
      { field: 'url', original: url, words: ['www', 'google', 'com', 'search'], readings: [] },
      {
        field: 'search',
        original: 'how to k!ll myself',
        words: ['how', 'to', 'k', 'll', 'myself'],
        readings: [{ written: 'k!ll', read: 'kill' }],
      },
    ],
    candidates: [
      { field: 'title', owner: 'test.pack/stem', ruleId: 'test.pack/stem', phrase: 'suicid*', found: true },
      {
        field: 'search',
        owner: 'test.pack/intent',
        ruleId: 'test.pack/intent',
        phrase: '(want to|how to) kill myself',
        found: true,
      },
    ],
    decisions: [
      {
        ruleId: 'test.pack/intent',
        field: 'search',
        start: 0,
        end: 18,
        text: 'how to k!ll myself',
        counted: true,
        because: 'counts',
      },
      {
        ruleId: 'test.pack/stem',
        field: 'title',
        start: 0,
        end: 8,
        text: 'suicidal',
        counted: true,
        because: 'counts',
      },
    ],
  });
});

test('why something did not count', () => {
  const matcher = matcherOf(
    packOf(
      '  - { id: intent, severity: critical, phrases: ["kill myself"], unless: ["kill myself laughing"] }\n  - { id: weak, severity: low, weight: 4, phrases: [sad] }\n  - { id: other, severity: low, weight: 6, phrases: [alone] }\n  - { id: url, severity: low, where: [url], phrases: [rope] }',
      'threshold: 10',
    ),
  );
  const { result, decisions } = matcher.explain(
    { title: 'kill myself laughing sad rope', url: null, app: '' },
    CONTEXT,
  );
  expect(result.hits).toEqual([]);
  expect(decisions.map(({ ruleId, because }) => [ruleId, because])).toEqual([
    ['test.pack/intent', 'cancelled by "kill myself laughing" around it (unless)'],
    ['test.pack/weak', 'weak signs add up to 4 of 10'],
    ['test.pack/url', 'the rule does not look at the title'],
  ]);
});

test('words elsewhere that cancel are told', () => {
  const matcher = matcherOf(
    packOf('  - { id: r, severity: high, phrases: [kill myself], context_unless: ["song lyrics"] }'),
  );
  const url = 'https://x.example/Song-Lyrics';
  const { decisions } = matcher.explain({ title: 'kill myself', url, app: '' }, CONTEXT);
  expect(decisions.map(({ because }) => because)).toEqual([
    'cancelled by "Song-Lyrics" in the url (context_unless)',
  ]);
});

test('of many alternatives, those that stand there are shown', () => {
  const many = '(aa|bb|cc|dd|ee|ff|gg|hang|kill|suicid*|)';
  const matcher = matcherOf(packOf(`  - { id: r, severity: high, phrases: ["${many} myself"] }`));
  const phraseOf = (title: string) =>
    matcher.explain({ title, url: null, app: '' }, CONTEXT).candidates.map(({ phrase }) => phrase);
  expect(phraseOf('k!ll myself')).toEqual(['(kill||aa|bb|cc|dd|...) myself']);
  expect(phraseOf('suicidal myself')).toEqual(['(suicid*||aa|bb|cc|dd|...) myself']);
});
