import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTextProperty, decodeWindowClass } from '../../../../src/main/platform/linux/xText.ts';

const UTF8 = 300;
const COMPOUND = 301;
const STRING = 31;
const property = (type: number, data: Buffer, bytesAfter = 0) =>
  ({ type, format: 8, bytesAfter, data }) as const;

describe('text of window properties', () => {
  test('any UTF-8 title comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (title) => {
        const expected = title.toWellFormed().replace(/\0+$/, '');
        expect(decodeTextProperty(property(UTF8, Buffer.from(title, 'utf8')), UTF8)).toBe(expected);
      }),
    );
  });

  test('a title cut in the middle of a character loses that character only', () => {
    const whole = Buffer.from('ab€', 'utf8');
    expect(decodeTextProperty(property(UTF8, whole.subarray(0, 4), 1), UTF8)).toBe('ab');
    expect(decodeTextProperty(property(UTF8, whole.subarray(0, 4), 0), UTF8)).toBe('ab\ufffd');
  });

  test('Latin-1, compound text, invalid bytes and numbers', () => {
    expect(decodeTextProperty(property(STRING, Buffer.from('caf\u00e9', 'latin1')), UTF8)).toBe('café');
    expect(decodeTextProperty(property(COMPOUND, Buffer.from('caf\u00e9', 'latin1')), UTF8)).toBe('café');
    const segment = Buffer.concat([Buffer.from('\x1b%G'), Buffer.from('Ω', 'utf8')]);
    expect(decodeTextProperty(property(COMPOUND, segment), UTF8)).toBe('Ω');
    expect(decodeTextProperty(property(UTF8, Buffer.from([0xff, 0x41])), UTF8)).toBe('\ufffdA');
    expect(decodeTextProperty({ ...property(UTF8, Buffer.alloc(4)), format: 32 }, UTF8)).toBe('');
  });

  test.each([
    ['instance\0Class\0', 'Class'],
    ['instance\0\0', 'instance'],
    ['only', 'only'],
    ['', null],
    ['\0\0', null],
  ])('the class %j names %j', (text, expected) => {
    expect(decodeWindowClass(property(STRING, Buffer.from(text, 'latin1')))).toBe(expected);
  });
});
