import { describe, expect, test } from 'vitest';
import { createTimes, duration } from '../../src/console/words/times.ts';

const london = createTimes('Europe/London');
const at = (iso: string) => Date.parse(iso);

describe('times in the school’s zone', () => {
  const now = at('2026-11-03T14:30:00Z');

  test.each([
    ['2026-11-03T14:29:31Z', 'just now'],
    ['2026-11-03T14:26:00Z', '4 min ago'],
    ['2026-11-03T11:00:00Z', '3 h ago'],
    ['2026-11-03T01:00:00Z', '01:00'],
    ['2026-11-02T23:50:00Z', 'yesterday 23:50'],
    ['2026-10-30T09:05:00Z', 'Fri 09:05'],
    ['2026-10-20T09:05:00Z', '20 Oct, 10:05'],
    ['2025-10-20T09:05:00Z', '20 Oct 2025, 10:05'],
    // A device whose clock runs ahead is shown as it says, never as "in -3 minutes".
    ['2026-11-03T14:45:00Z', '14:45'],
  ])('%s reads as "%s"', (moment, words) => {
    expect(london.relative(at(moment), now)).toBe(words);
  });

  test('summer time: yesterday is the day before, though it had 25 hours', () => {
    expect(london.short(at('2026-10-25T00:30:00Z'), at('2026-10-26T08:00:00Z'))).toBe('yesterday 01:30');
  });

  test('minutes stay minutes across midnight; hours become yesterday', () => {
    expect(london.relative(at('2026-11-03T23:50:00Z'), at('2026-11-04T00:10:00Z'))).toBe('20 min ago');
    expect(london.relative(at('2026-11-03T22:50:00Z'), at('2026-11-04T00:10:00Z'))).toBe('yesterday 22:50');
  });

  test('another zone reads another time', () => {
    expect(createTimes('Pacific/Auckland').short(at('2026-11-03T12:30:00Z'), now)).toBe('01:30');
  });

  test('the exact time names day, date and seconds', () => {
    expect(london.exact(at('2026-11-03T14:02:31Z'))).toMatch(/^Tuesday,? 3 November 2026 at 14:02:31$/);
    expect(london.clock(at('2026-07-03T14:02:31Z'))).toBe('15:02:31');
  });

  test('a zone the browser does not know reads as UTC and says so', () => {
    expect(createTimes('Mars/Olympus').short(at('2026-11-03T14:02:00Z'), now)).toBe('14:02 UTC');
  });
});

test('durations in the largest unit that says enough', () => {
  expect([20_000, 11 * 60_000, 5 * 3_600_000, 30 * 3_600_000, 12 * 86_400_000].map(duration)).toEqual([
    'less than a minute',
    '11 min',
    '5 h',
    '30 h',
    '12 days',
  ]);
});
