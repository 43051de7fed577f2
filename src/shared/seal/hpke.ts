import { CipherSuite, DhkemX25519HkdfSha256, ExportOnly, HkdfSha256 } from '@hpke/core';
import type { CryptoKey } from 'jose';
import { type Bytes, concat, plainBytes, randomBytes } from './bytes.ts';
import { KEY_LENGTH, NONCE_LENGTH, SEAL_INFO } from './format.ts';
import { type OpeningPrimitives, webCryptoPrimitives } from './primitives.ts';

/** One HPKE context: it gives secrets, each for its own context string, to both ends alike. */
export interface SecretSource {
  secret(context: Bytes): Promise<Bytes>;
}

/** The key derivation of the suite, over a platform's own HMAC: every secret that is exported comes from here. */
class PortedHkdf extends HkdfSha256 {
  readonly #primitives: OpeningPrimitives;

  constructor(primitives: OpeningPrimitives) {
    super();
    this.#primitives = primitives;
  }

  /** HKDF-Expand (RFC 5869) for up to one block, which is all that this suite asks for. */
  override async expand(
    prk: ArrayBufferLike | ArrayBufferView,
    info: ArrayBufferLike | ArrayBufferView,
    length: number,
  ): Promise<ArrayBuffer> {
    if (length > KEY_LENGTH) throw new Error(`no secret here is longer than ${KEY_LENGTH} bytes`);
    const block = concat(bytesOf(info), Uint8Array.of(1));
    const secret = await this.#primitives.hmacSha256(bytesOf(prk), block);
    return secret.slice(0, length).buffer;
  }
}

function bytesOf(source: ArrayBufferLike | ArrayBufferView): Bytes {
  return plainBytes(
    ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source),
  );
}

/** The suite of `format.ts`. A new one for each use, so that nothing is shared between callers. */
export function createSuite(primitives: OpeningPrimitives = webCryptoPrimitives): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new PortedHkdf(primitives),
    aead: new ExportOnly(),
  });
}

/** Opens a context to a public key (raw, 32 bytes). */
export async function createSenderSource(
  suite: CipherSuite,
  publicKey: Uint8Array,
): Promise<SecretSource & { readonly encapsulated: Bytes }> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(plainBytes(publicKey));
  const context = await suite.createSenderContext({
    recipientPublicKey,
    info: SEAL_INFO,
  });
  return {
    encapsulated: new Uint8Array(context.enc),
    secret: async (exporterContext) => new Uint8Array(await context.export(exporterContext, KEY_LENGTH)),
  };
}

/** Opens the other end of a context. Throws where the encapsulated key is no X25519 key. */
export async function createRecipientSource(
  suite: CipherSuite,
  recipientKey: CryptoKey,
  encapsulated: Uint8Array,
): Promise<SecretSource> {
  const context = await suite.createRecipientContext({
    recipientKey,
    enc: plainBytes(encapsulated),
    info: SEAL_INFO,
  });
  return {
    secret: async (exporterContext) => new Uint8Array(await context.export(exporterContext, KEY_LENGTH)),
  };
}

/** AES-256-GCM under a random nonce: nonce || ciphertext and tag. */
export async function encrypt(key: Bytes, plain: Uint8Array, additionalData: Bytes): Promise<Bytes> {
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const nonce = randomBytes(NONCE_LENGTH);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData },
    aes,
    plainBytes(plain),
  );
  const bytes = new Uint8Array(NONCE_LENGTH + sealed.byteLength);
  bytes.set(nonce);
  bytes.set(new Uint8Array(sealed), NONCE_LENGTH);
  return bytes;
}
