import { describe, expect, test } from 'vitest';
import { CONTEXT, hitTexts, matcherOf, matchTitle, matchUrl, packOf, phraseRule } from './rules.ts';

describe('cancelling', () => {
  const matcher = matcherOf(
    packOf(
      '  - { id: r, severity: high, phrases: [killing myself, die], unless: [killing myself laughing] }',
      'context_unless: [song lyrics]',
    ),
  );
  test('unless cancels the hit it overlaps and no other', () => {
    expect(hitTexts(matcher, 'killing myself laughing')).toEqual([]);
    expect(hitTexts(matcher, 'killing myself laughing, killing myself')).toEqual(['killing myself']);
    expect(hitTexts(matcher, 'killing myself - laughing out')).toEqual([]);
  });
  test('context_unless cancels from anywhere in the observation', () => {
    expect(hitTexts(matcher, 'killing myself - song lyrics')).toEqual([]);
    expect(matchUrl(matcher, 'https://x.example/song-lyrics', 'killing myself').hits).toEqual([]);
  });
});

describe('near', () => {
  const matcher = matcherOf(
    packOf('  - { id: r, severity: high, near: { words: [pills, "(overdose|od)"], within: 2 } }'),
  );
  test.each([
    ['pills to overdose', ['pills to overdose']],
    ['od on many pills', ['od on many pills']],
    ['pills one two three od', []],
    ['pills pills', []],
    ['far pills a b c d od on pills', ['od on pills']],
  ])('%s', (text, spans) => expect(hitTexts(matcher, text)).toEqual(spans));

  test('a word that stands in two entries does not hide the one before it', () => {
    const two = matcherOf(
      packOf('  - { id: r, severity: high, near: { words: ["(is|how)", "(enough|is)", pills], within: 3 } }'),
    );
    expect(hitTexts(two, 'is 20 pills enough')).toEqual(['is 20 pills enough']);
    expect(hitTexts(two, 'how is pills')).toEqual(['how is pills']);
    expect(hitTexts(two, 'is pills')).toEqual([]);
  });
});

describe('weak signs', () => {
  const rules = [
    '  - { id: a, severity: low, weight: 6, phrases: [sad] }',
    '  - { id: b, severity: medium, weight: 5, phrases: [alone] }',
    '  - { id: c, severity: low, weight: -4, phrases: [poem] }',
    '  - { id: d, severity: high, phrases: [noose] }',
  ].join('\n');
  const matcher = matcherOf(packOf(rules, 'threshold: 10'));
  test('several make one hit, each counted once', () => {
    expect(hitTexts(matcher, 'sad')).toEqual([]);
    expect(hitTexts(matcher, 'sad sad sad')).toEqual([]);
    expect(matchTitle(matcher, 'sad and alone').hits).toMatchObject([
      { ruleId: 'test.pack/b', text: 'alone' },
    ]);
    expect(hitTexts(matcher, 'sad and alone poem')).toEqual([]);
    expect(matchUrl(matcher, 'https://x.example/alone', 'sad').hits).toHaveLength(1);
  });
  test('a rule without weight counts by itself', () =>
    expect(hitTexts(matcher, 'noose poem')).toEqual(['noose']));
});

describe('the person and the school', () => {
  const yaml = packOf(
    '  - { id: gun, severity: high, phrases: [gunn, gunn shop] }\n  - { id: young, severity: low, audiences: [KS1], phrases: [slime] }',
  );
  test('own names never count', () => {
    const matcher = matcherOf(yaml);
    const subject = { title: 'Kay GUNN - homework', url: null, app: '' };
    expect(matcher.match(subject, CONTEXT).hits).toHaveLength(1);
    expect(matcher.match(subject, { ...CONTEXT, ownNames: ['Kay Gunn'] }).hits).toEqual([]);
    expect(
      matcher.match({ ...subject, title: 'gunn shop' }, { ...CONTEXT, ownNames: ['Kay Gunn'] }).hits,
    ).toHaveLength(1);
  });
  test('a rule for one audience is only for it', () => {
    const matcher = matcherOf(yaml);
    const subject = { title: 'slime', url: null, app: '' };
    expect(matcher.match(subject, CONTEXT).hits).toEqual([]);
    expect(matcher.match(subject, { ...CONTEXT, audience: 'KS1' }).hits).toHaveLength(1);
  });
  test.each([
    [{ ruleId: 'test.pack/gun' }, []],
    [{ packId: 'test.pack' }, []],
    [{ category: 'self_harm' as const }, []],
    [{ words: 'Gunn' }, []],
    [{ words: 'shop' }, ['gunn']],
    [{ ruleId: 'test.pack/gun', audience: 'staff' as const }, ['gunn']],
    [{ ruleId: 'test.pack/gun', site: 'school.example' }, []],
    [{ ruleId: 'test.pack/gun', site: 'other.example' }, ['gunn']],
    [{ site: 'https://www.School.example/' }, []],
    [{ site: 'http://school.example:8080' }, []],
    [{ site: 'school.example/Clubs/' }, []],
    [{ site: 'school.example/club' }, ['gunn']],
    [{ site: 'chool.example' }, ['gunn']],
  ])('exception %j', (exception, spans) => {
    const matcher = matcherOf(yaml, { exceptions: [{ ...exception, reason: 'a surname' }] });
    const { hits } = matchUrl(matcher, 'https://www.school.example:444/clubs/chess', 'gunn');
    expect(hits.map((hit) => hit.text)).toEqual(spans);
  });
  test('an exception for a name of the school’s own network', () => {
    const matcher = matcherOf(yaml, { exceptions: [{ site: 'http://intranet:8080/', reason: 'ours' }] });
    expect(matchUrl(matcher, 'http://intranet:8080/x', 'gunn').hits).toEqual([]);
    expect(matchUrl(matcher, 'http://other/x', 'gunn').hits).toHaveLength(1);
  });
  test('a pack that the policy leaves out does not count', () => {
    expect(matchTitle(matcherOf(yaml, { packIds: [] }), 'gunn').hits).toEqual([]);
    expect(matchTitle(matcherOf(yaml, { packIds: ['test.pack'] }), 'gunn').hits).toHaveLength(1);
  });
});

describe('dispositions', () => {
  const yaml = packOf(phraseRule('poker'));
  const base = { category: 'self_harm', audience: 'KS3' } as const;
  const judge = (rule: object, at = 0, user = 'kay') => {
    const matcher = matcherOf(yaml, {
      dispositions: [{ ...base, disposition: 'acceptable', ...rule }],
      timeZone: 'Europe/London',
    });
    const { disposition, reason } = matcher.match(
      { title: 'poker', url: null, app: '' },
      { ...CONTEXT, at, user },
    );
    return { disposition, reason };
  };
  const times = [{ days: ['mon' as const], from: '12:00', to: '13:00' }];
  const certain = { disposition: 'acceptable_at_certain_times', times };

  test('nothing said is unacceptable', () => {
    expect(matchTitle(matcherOf(yaml), 'poker').disposition).toBe('unacceptable');
  });
  test('what the grid says, and why', () => {
    expect(judge({}).disposition).toBe('acceptable');
    expect(judge({ disposition: 'unacceptable_and_illegal' }).disposition).toBe('unacceptable_and_illegal');
    expect(judge({ audience: 'staff' }).disposition).toBe('unacceptable');
  });
  test('a timetable is in the school’s time, summer and winter', () => {
    // Monday 2026-07-06: 11:30 UTC is 12:30 in London. Monday 2026-01-05: 11:30 UTC is 11:30.
    expect(judge(certain, Date.UTC(2026, 6, 6, 11, 30))).toEqual({
      disposition: 'acceptable_at_certain_times',
      reason: 'acceptable for KS3 from 12:00 to 13:00, and it was mon 12:30',
    });
    expect(judge(certain, Date.UTC(2026, 0, 5, 11, 30)).disposition).toBe('unacceptable');
    expect(judge(certain, Date.UTC(2026, 0, 5, 12, 0)).disposition).toBe('acceptable_at_certain_times');
    expect(judge(certain, Date.UTC(2026, 0, 5, 13, 0)).disposition).toBe('unacceptable');
    expect(judge(certain, Date.UTC(2026, 0, 6, 12, 30)).disposition).toBe('unacceptable');
  });
  test('a time that ends before it begins goes over midnight and is of the day it begins on', () => {
    const night = { ...certain, times: [{ days: ['mon' as const], from: '22:00', to: '06:00' }] };
    const at = (day: number, hour: number, minute = 0) =>
      judge(night, Date.UTC(2026, 0, day, hour, minute)).disposition === 'acceptable_at_certain_times';
    // 5 January 2026 is a Monday.
    expect([at(5, 5), at(5, 21, 59), at(5, 22), at(5, 23, 59)]).toEqual([false, false, true, true]);
    expect([at(6, 0), at(6, 5, 59), at(6, 6), at(6, 22)]).toEqual([true, true, false, false]);
    expect(judge(night, Date.UTC(2026, 0, 6, 1)).reason).toBe(
      'acceptable for KS3 from 22:00 to 06:00, and it was tue 01:00',
    );
    const sunday = { ...certain, times: [{ days: ['sun' as const], from: '22:00', to: '06:00' }] };
    expect(judge(sunday, Date.UTC(2026, 0, 5, 1)).disposition).toBe('acceptable_at_certain_times');
  });
  test('nominated users', () => {
    const rule = { disposition: 'acceptable_for_nominated_users', users: ['KAY'] };
    expect(judge(rule).disposition).toBe('acceptable_for_nominated_users');
    expect(judge(rule, 0, 'sam').disposition).toBe('unacceptable');
  });
  test('an unacceptable hit speaks before an acceptable one that is worse', () => {
    const other = packOf(phraseRule('casino'))
      .replace('test.pack', 'test.other')
      .replace('self_harm', 'gambling')
      .replace('high', 'low');
    const matcher = matcherOf(
      { 'a.yaml': yaml, 'b.yaml': other },
      { dispositions: [{ ...base, disposition: 'acceptable' }] },
    );
    expect(matchTitle(matcher, 'poker casino')).toMatchObject({
      category: 'gambling',
      severity: 'low',
      disposition: 'unacceptable',
    });
  });
});
