import { describe, expect, test } from 'vitest';
import { nodePrimitives } from '../../../src/server/platform/primitives.ts';
import { createSuite } from '../../../src/shared/seal/hpke.ts';
import { webCryptoPrimitives } from '../../../src/shared/seal/primitives.ts';

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** RFC 9180, appendix A.7.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, Export-Only AEAD, mode Base. */
const VECTOR = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  ikmE: '55bc245ee4efda25d38f2d54d5bb6665291b99f8108a8c4b686c2b14893ea5d9',
  pkEm: 'e5e8f9bfff6c2f29791fc351d2c25ce1299aa5eaca78a757c0b4fb4bcd830918',
  pkRm: '194141ca6c3c3beb4792cd97ba0ea1faff09d98435012345766ee33aae2d7664',
  skRm: '33d196c830a12f9ac65d6e565a590d80f04ee9b19c83c87f2c170d972a812848',
  exports: [
    ['', '7a36221bd56d50fb51ee65edfd98d06a23c4dc87085aa5866cb7087244bd2a36'],
    ['00', 'd5535b87099c6c3ce80dc112a2671c6ec8e811a2f284f948cec6dd1708ee33f0'],
    ['54657374436f6e74657874', 'ffaabc85a776136ca0c378e5d084c9140ab552b78f039d2e8775f26efff4c70e'],
  ],
} as const;

const ADAPTERS = { WebCrypto: webCryptoPrimitives, Node: nodePrimitives };

describe.each(Object.entries(ADAPTERS))(
  'the sealing suite on %s is the one of RFC 9180, A.7.1',
  (_name, on) => {
    test('a recipient exports the secrets of the vector', async () => {
      const suite = createSuite(on);
      const recipientKey = await suite.kem.deserializePrivateKey(bytes(VECTOR.skRm));
      const context = await suite.createRecipientContext({
        recipientKey,
        enc: bytes(VECTOR.pkEm),
        info: bytes(VECTOR.info),
      });
      for (const [exporterContext, value] of VECTOR.exports) {
        expect(hex(await context.export(bytes(exporterContext), 32))).toBe(value);
      }
    });

    test('a sender with the ephemeral key of the vector exports the same', async () => {
      const suite = createSuite(on);
      const context = await suite.createSenderContext({
        recipientPublicKey: await suite.kem.deserializePublicKey(bytes(VECTOR.pkRm)),
        ekm: bytes(VECTOR.ikmE),
        info: bytes(VECTOR.info),
      });
      expect(hex(context.enc)).toBe(VECTOR.pkEm);
      for (const [exporterContext, value] of VECTOR.exports) {
        expect(hex(await context.export(bytes(exporterContext), 32))).toBe(value);
      }
    });
  },
);
