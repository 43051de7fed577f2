import { expect, test } from 'vitest';
import { timeOf } from '../../../tools/rules/time.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

test.each([
  ['2026-07-06T12:30', '2026-07-06T11:30'],
  ['2026-07-06 12:30:05', '2026-07-06T11:30:05'],
  ['2026-01-05T12:30', '2026-01-05T12:30'],
  ['2026-01-05', '2026-01-05T00:00'],
  ['2026-07-06T12:30Z', '2026-07-06T12:30'],
  ['2026-07-06T12:30+02:00', '2026-07-06T10:30'],
  // The clock goes back at two in the morning of 25 October, and half past one comes twice.
  ['2026-10-25T00:30', '2026-10-24T23:30'],
  ['2026-10-25T01:30', '2026-10-25T00:30'],
  ['2026-10-25T02:30', '2026-10-25T02:30'],
  // It goes forward on 29 March at one.
  ['2026-03-29T00:30', '2026-03-29T00:30'],
  ['2026-03-29T02:30', '2026-03-29T01:30'],
])('%s in London', (text, at) => expect(timeOf(text, 'Europe/London')).toBe(utc(at)));

test('milliseconds, and what is no time', () => {
  expect(timeOf('1000', 'Europe/London')).toBe(1_000);
  expect(timeOf('2026-07-06T12:30', 'America/New_York')).toBe(utc('2026-07-06T16:30'));
  for (const text of ['', 'now', '2026-13-01', '2026-07-06T25:00', '06/07/2026'])
    expect(timeOf(text, 'UTC')).toBeNull();
});
