import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOpener } from '#seal';
import { nodePrimitives } from '../../../src/server/platform/primitives.ts';
import { webCryptoPrimitives } from '../../../src/shared/seal/primitives.ts';
import { bytesOf, createPair, HEAD, OTHER_ID, RECORD_ID } from './fixture.ts';

const hexBytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));

describe.each([
  ['WebCrypto', webCryptoPrimitives],
  ['Node', nodePrimitives],
] as const)('the primitives of %s', (_name, on) => {
  test('HMAC-SHA-256 as in RFC 4231, case 1', async () => {
    const mac = await on.hmacSha256(hexBytes('0b'.repeat(20)), hexBytes('4869205468657265'));
    expect(hexOf(mac)).toBe('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
  });

  test('AES-256-GCM as in the GCM specification, test case 16; a changed bit anywhere opens nothing', async () => {
    const key = hexBytes('feffe9928665731c6d6a8f9467308308'.repeat(2));
    const nonce = hexBytes('cafebabefacedbaddecaf888');
    const additionalData = hexBytes('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const sealed = hexBytes(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838' +
        'c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    );
    expect(hexOf(await on.openAesGcm(key, nonce, sealed, additionalData))).toBe(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525' +
        'b16aedf5aa0de657ba637b39',
    );
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(await on.openAesGcm(key, nonce, changed, additionalData)).toBeNull();
    }
    const relabelled = additionalData.map((byte) => byte ^ 1);
    expect(await on.openAesGcm(key, nonce, sealed, relabelled)).toBeNull();
  });

  test('an opener over them opens records and pictures, and nothing that was relabelled', async () => {
    const { sealer, intakeKey } = await createPair();
    const opener = createOpener([intakeKey], { primitives: on });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (plain) => {
        const envelope = await sealer.sealRecord(HEAD, plain);
        expect(await opener.openRecord(envelope)).toEqual({ ok: true, value: plain });
        const relabelled = await opener.openRecord({ ...envelope, sequence: 8 });
        expect(relabelled).toEqual({ ok: false, error: { kind: 'not_authentic' } });
      }),
      { numRuns: 50 },
    );
    const picture = await sealer.sealBlob(RECORD_ID, bytesOf('a picture'));
    expect(await opener.openBlob(RECORD_ID, picture.bytes)).toEqual({
      ok: true,
      value: bytesOf('a picture'),
    });
    expect((await opener.openBlob(OTHER_ID, picture.bytes)).ok).toBe(false);
  });
});
