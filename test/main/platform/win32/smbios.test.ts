import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemUuid } from '../../../../src/main/platform/win32/smbios.ts';

const HEADER = Buffer.from([0, 3, 2, 0, 0, 0, 0, 0]);
const BIOS = Buffer.concat([Buffer.from([0, 6, 0, 0, 1, 2]), Buffer.from('Maker\0Version\0\0', 'latin1')]);

function system(uuid: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([1, 27, 1, 0, 1, 2, 3, 4]),
    uuid,
    Buffer.from([6, 0, 0]),
    Buffer.from('A\0\0', 'latin1'),
  ]);
}

describe('the UUID of the machine', () => {
  test('is spelt as DMTF says, past other structures', () => {
    const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    expect(systemUuid(Buffer.concat([HEADER, BIOS, system(uuid)]))).toBe(
      '33221100-5544-7766-8899-aabbccddeeff',
    );
  });

  test.each([0x00, 0xff])('left out by the maker (all %i) is none', (byte) => {
    expect(systemUuid(Buffer.concat([HEADER, system(Buffer.alloc(16, byte))]))).toBeNull();
  });

  test('a table without it, or a broken one, has none and ends', () => {
    expect(systemUuid(Buffer.concat([HEADER, BIOS]))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const uuid = systemUuid(bytes);
        expect(uuid === null || /^[0-9a-f-]{36}$/.test(uuid)).toBe(true);
      }),
    );
  });
});
