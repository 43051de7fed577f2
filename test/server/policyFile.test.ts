import { describe, expect, test } from 'vitest';
import { parsePolicyText } from '../../src/server/policy/index.ts';

describe('a policy file', () => {
  test.each([
    ['school: {name: x', 1, 17, /flow|brace|map/i],
    [
      'school:\n  name: Brook\n  timeZone: Europe/London\nrules: {}\ncapture:\n  cooldownMs: soon\noutbox: {}\n',
      6,
      15,
      /capture\.cooldownMs/,
    ],
    [
      'school:\n  name: Brook\n  timeZone: Europe/London\nrules: {}\ncapture: {}\noutbox: {}\ncolour: blue\n',
      7,
      9,
      /colour/,
    ],
    [
      'school:\n  name: Brook\n  timeZone: Mars/Base\nrules: {}\ncapture: {}\noutbox: {}\n',
      3,
      13,
      /time zone/,
    ],
  ])('with a mistake is refused with line and column: %j', (text, line, column, message) => {
    const parsed = parsePolicyText(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.error[0]).toMatchObject({ line, column });
    expect(parsed.error[0]?.message).toMatch(message);
  });

  test.each([
    ['control characters', '"Tell\\u0007 us"', /plain text/],
    ['a mark that turns the direction', '"Tell\\u202e us"', /plain text/],
    ['too much', `"${'x'.repeat(601)}"`, /600/],
    ['too many lines', `"${'x\\n'.repeat(12)}x"`, /12 lines/],
    ['nothing', '"  "', /./],
  ])('with %s in the words for pupils is refused where they stand', (_what, words, message) => {
    const text = `school: {name: B, timeZone: UTC}\ntexts:\n  notice:\n    - words: ${words}\n`;
    const parsed = parsePolicyText(text);
    expect(parsed).toMatchObject({ ok: false, error: [{ line: 4, column: 14 }] });
    expect(!parsed.ok && parsed.error[0]?.message).toMatch(message);
  });

  test('takes words for pupils in any script, by audience', () => {
    const text = `school: {name: B, timeZone: UTC}
texts:
  notice:
    - audiences: [KS1]
      words: |
        We keep you safe.
        \u0646\u062d\u0646 \u0646\u0647\u062a\u0645 \u0628\u0643
`;
    expect(parsePolicyText(text)).toMatchObject({
      ok: true,
      value: { texts: { notice: [{ audiences: ['KS1'] }], report: [] } },
    });
    for (const [right, wrong] of [
      ['notice', 'notices'],
      ['audiences', 'audience'],
    ] as const) {
      expect(parsePolicyText(text.replace(right, wrong))).toMatchObject({ ok: false });
    }
  });

  test('with a misspelt name inside a part is refused, and parts left out have their defaults', () => {
    const text = 'school: {name: Brook, timeZone: Europe/London}\ncapture:\n  cooldown: 5\n';
    expect(parsePolicyText(text)).toMatchObject({ ok: false, error: [{ line: 3, column: 13 }] });
    const short = 'school: {name: Brook, timeZone: Europe/London}\n';
    expect(parsePolicyText(short)).toMatchObject({ ok: true, value: { capture: { contextEntries: 5 } } });
  });

  test('with a mistake in one of its own packs names the place in the pack', () => {
    const text = `school: {name: Brook, timeZone: Europe/London}
rules:
  ownPacks:
    - name: ours
      yaml: |
        id: ours
        colour: blue
`;
    const parsed = parsePolicyText(text);
    expect(parsed).toMatchObject({ ok: false });
    if (parsed.ok) return;
    expect(parsed.error[0]).toMatchObject({ line: 5, column: 13 });
    expect(parsed.error[0]?.message).toMatch(
      /^rules\.ownPacks\.0\.yaml: in the pack, line \d+, column \d+: /,
    );
  });

  test('as JSON is read as well', () => {
    const text = JSON.stringify(
      { school: { name: 'B', timeZone: 'UTC' }, rules: {}, capture: {}, outbox: {} },
      null,
      2,
    );
    expect(parsePolicyText(text)).toMatchObject({ ok: true, value: { capture: { cooldownMs: 180_000 } } });
  });
});
