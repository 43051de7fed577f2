import type { Bytes } from './bytes.ts';

/**
 * The two primitives that opening a record comes down to once its context stands. A port, because a server that
 * opens thousands of records a second does it in a third of the time with its platform's own than with WebCrypto,
 * whose every call is a job of its own. Both adapters pass the same vectors (test/shared/seal/rfc9180.test.ts).
 */
export interface OpeningPrimitives {
  /** HMAC-SHA-256: 32 bytes. */
  hmacSha256(key: Bytes, data: Bytes): Bytes | Promise<Bytes>;
  /**
   * AES-256-GCM: the plain bytes of `sealed` (ciphertext, then a tag of 16 bytes, at least that long), or null where
   * it or its additional data were changed.
   */
  openAesGcm(
    key: Bytes,
    nonce: Bytes,
    sealed: Bytes,
    additionalData: Bytes,
  ): Bytes | null | Promise<Bytes | null>;
}

/** The primitives as every platform has them. */
export const webCryptoPrimitives: OpeningPrimitives = {
  async hmacSha256(key, data) {
    const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    return new Uint8Array(await crypto.subtle.sign('HMAC', hmac, data));
  },
  async openAesGcm(key, nonce, sealed, additionalData) {
    const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    try {
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, aes, sealed));
    } catch {
      return null;
    }
  },
};
