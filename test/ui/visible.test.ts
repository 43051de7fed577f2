import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visiblePieces } from '../../src/ui/text/visible.ts';

/** As a reader sees it: symbols in brackets. */
function read(text: string, options?: { keepLineBreaks?: boolean }): string {
  return visiblePieces(text, options)
    .map((piece) =>
      piece.kind === 'plain' ? piece.text : `[${piece.symbol}${piece.count > 1 ? `×${piece.count}` : ''}]`,
    )
    .join('');
}

describe('visiblePieces', () => {
  test.each([
    ['control characters', 'a\u0000\u001b[31mb\u007f', 'a[NUL][ESC][31mb[DEL]'],
    ['a name that reads backwards', 'photo\u202egnp.exe', 'photo[RLO]gnp.exe'],
    ['isolates and marks', '\u2066x\u2069\u200e', '[LRI]x[PDI][LRM]'],
    ['words broken up by nothing', 'k\u200bi\u200cl\u00adl', 'k[ZWSP]i[ZWNJ]l[SHY]l'],
    ['runs of one symbol', 'a\u202e\u202e\u202eb', 'a[RLO×3]b'],
    ['halves of a character', 'x\ud800y\udc00z', 'x[\ufffd]y[\ufffd]z'],
    ['invisible tags', 'a\u{e0041}b', 'a[TAG]b'],
    ['C1 controls', 'a\u0085b', 'a[U+0085]b'],
    ['line breaks', 'a\nb\tc', 'a[LF]b[TAB]c'],
    ['marks stacked over other lines', `Z${'\u0351'.repeat(9)}a`, `Z${'\u0351'.repeat(3)}[MARKS×6]a`],
  ])('shows %s', (_, text, seen) => {
    expect(read(text)).toBe(seen);
  });

  test('leaves whole characters, families and scripts that need joiners as they are', () => {
    for (const text of [
      'grüße 漢字 😀',
      '👩\u200d👧',
      'می\u200cخواهم',
      'क्\u200dष',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      'ở ậ ไม้',
    ])
      expect(read(text)).toBe(text);
  });

  test('keeps the paragraphs of a pupil’s own words, but not other controls', () => {
    expect(read('one\ntwo\u0007', { keepLineBreaks: true })).toBe('one\ntwo[BEL]');
  });

  test('property: what is shown as plain holds no character that hides or reorders', () => {
    const hostile = fc.array(
      fc.constantFrom(
        'a',
        'ب',
        '😀',
        '\u0000',
        '\n',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u200d',
        '\ud800',
        '\udc00',
        '\ufeff',
      ),
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        for (const piece of visiblePieces(parts.join(''))) {
          if (piece.kind === 'symbol') continue;
          expect(piece.text.isWellFormed()).toBe(true);
          expect(piece.text).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
        }
      }),
    );
  });

  test('100 kB of direction marks is one symbol', () => {
    expect(visiblePieces('\u202e'.repeat(100_000))).toHaveLength(1);
  });
});
