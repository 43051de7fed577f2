import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt, markText, mergeSpans } from '../../src/ui/text/marks.ts';

const spans = fc.array(
  fc.record({ start: fc.integer({ min: -5, max: 60 }), end: fc.integer({ min: -5, max: 60 }) }),
  { maxLength: 6 },
);

describe('mergeSpans', () => {
  test('sorts, joins what touches and drops what is empty or outside', () => {
    expect(
      mergeSpans(
        [
          { start: 8, end: 12 },
          { start: 0, end: 3 },
          { start: 3, end: 5 },
          { start: 10, end: 99 },
          { start: 7, end: 7 },
          { start: 6, end: 2 },
        ],
        20,
      ),
    ).toEqual([
      { start: 0, end: 5 },
      { start: 8, end: 20 },
    ]);
  });
});

describe('markText', () => {
  test('marks exactly the spans', () => {
    expect(markText('how to hurt myself', [{ start: 7, end: 18 }])).toEqual([
      { text: 'how to ', marked: false },
      { text: 'hurt myself', marked: true },
    ]);
  });

  test('property: the segments join into the text, and a character is marked exactly when a span covers it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50, unit: 'binary' }), spans, (text, some) => {
        const segments = markText(text, some);
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
        const marks = segments.flatMap((segment) => Array(segment.text.length).fill(segment.marked));
        const covered = Array.from(text.split(''), (_, at) =>
          some.some(({ start, end }) => start < end && at >= start && at < end),
        );
        expect(marks).toEqual(covered);
      }),
    );
  });
});

describe('excerpt', () => {
  const long = `${'before '.repeat(40)}the words that matter${' after'.repeat(40)}`;
  const span = { start: 280, end: 301 };

  test('keeps a short text whole', () => {
    expect(excerpt('all of it', [{ start: 0, end: 3 }], 80)).toEqual(
      markText('all of it', [{ start: 0, end: 3 }]),
    );
  });

  test('shows the mark in the middle of its sentence, cut at words', () => {
    const segments = excerpt(long, [span], 80);
    expect(segments.map((segment) => segment.text).join('')).toMatch(
      /^…(before )+the words that matter( after)+…$/,
    );
    expect(segments.find((segment) => segment.marked)?.text).toBe('the words that matter');
  });

  test('never cuts inside a mark, even one longer than the limit', () => {
    const segments = excerpt('x'.repeat(500), [{ start: 100, end: 400 }], 50);
    expect(segments.find((segment) => segment.marked)?.text).toBe('x'.repeat(300));
  });

  test('stops before a second mark that would be cut', () => {
    const text = `${'a '.repeat(60)}first ${'b '.repeat(20)}${'s'.repeat(90)}`;
    const marks = [
      { start: 120, end: 125 },
      { start: 166, end: 256 },
    ];
    const shown = excerpt(text, marks, 70).filter((segment) => segment.marked);
    expect(shown.map((segment) => segment.text)).toEqual(['first']);
  });

  test('property: no half of a surrogate pair is made, and every marked segment is a whole mark', () => {
    const wellFormed = fc
      .array(fc.constantFrom('a', ' ', '😀', 'é', '漢'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(wellFormed, spans, fc.integer({ min: 1, max: 40 }), (text, some, limit) => {
        const aligned = some.map(({ start, end }) => ({ start: align(text, start), end: align(text, end) }));
        const whole = mergeSpans(aligned, text.length).map(({ start, end }) => text.slice(start, end));
        const segments = excerpt(text, aligned, limit);
        for (const segment of segments) {
          expect(segment.text.isWellFormed()).toBe(true);
          if (segment.marked) expect(whole).toContain(segment.text);
        }
        if (whole[0] !== undefined) expect(segments.some((segment) => segment.text === whole[0])).toBe(true);
      }),
    );
  });
});

/** Moves a place out of the middle of a surrogate pair. */
function align(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
