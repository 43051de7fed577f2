import type { CryptoKey } from 'jose';
import { err, ok, type Result } from '#kernel';
import { type Bytes, fromBase64url, plainBytes, toBase64url } from './bytes.ts';
import { blobContext, headBytes, NONCE_LENGTH, readBlobHead, recordContext, TAG_LENGTH } from './format.ts';
import { createRecipientSource, createSuite, type SecretSource } from './hpke.ts';
import { type OpeningPrimitives, webCryptoPrimitives } from './primitives.ts';
import type { IntakeKeyPair, Opener, OpenFailure } from './types.ts';

export interface OpenerOptions {
  /** Contexts kept for reuse, least recently used given up first; one is some 200 bytes. 4,096 unless told. */
  readonly maxContexts?: number;
  /** WebCrypto's unless told. */
  readonly primitives?: OpeningPrimitives;
}

/**
 * Makes an opener for these intake keys. After a rotation, make a new one with the old keys and the new:
 * what was sealed to an old key stays readable as long as that key is kept.
 */
export function createOpener(keys: readonly IntakeKeyPair[], options: OpenerOptions = {}): Opener {
  const maxContexts = options.maxContexts ?? 4_096;
  const primitives = options.primitives ?? webCryptoPrimitives;
  const suite = createSuite(primitives);
  const privateKeys = new Map(keys.map((key) => [key.keyId, importOnce(key.privateKey)]));
  const contexts = new Map<string, Promise<SecretSource | null>>();

  function importOnce(privateKey: Uint8Array): () => Promise<CryptoKey> {
    let imported: Promise<CryptoKey> | undefined;
    return () => {
      imported ??= suite.kem.deserializePrivateKey(plainBytes(privateKey));
      return imported;
    };
  }

  async function openContext(
    recipientKey: Promise<CryptoKey>,
    encapsulated: Bytes,
  ): Promise<SecretSource | null> {
    const key = await recipientKey;
    // Not a point of the curve, or one of the few weak ones: whoever made it was no agent.
    return createRecipientSource(suite, key, encapsulated).catch(() => null);
  }

  /** The context of one agent run, from the cache where it can be. */
  async function context(keyId: string, encapsulated: string): Promise<SecretSource | OpenFailure> {
    const recipientKey = privateKeys.get(keyId);
    if (recipientKey === undefined) return { kind: 'unknown_key' };
    const name = `${keyId}.${encapsulated}`;
    let source = contexts.get(name);
    if (source === undefined) {
      const raw = fromBase64url(encapsulated);
      if (raw === null || raw.length !== 32) return { kind: 'damaged' };
      source = openContext(recipientKey(), raw);
    }
    contexts.delete(name);
    contexts.set(name, source);
    for (const oldest of contexts.keys()) {
      if (contexts.size <= maxContexts) break;
      contexts.delete(oldest);
    }
    return (await source) ?? { kind: 'damaged' };
  }

  /** Opens nonce, ciphertext and tag under the secret of `secretContext`. */
  async function open(
    source: SecretSource | OpenFailure,
    secretContext: Bytes,
    sealed: Bytes,
    additionalData: Bytes,
  ): Promise<Result<Uint8Array, OpenFailure>> {
    if ('kind' in source) return err(source);
    const key = await source.secret(secretContext);
    const nonce = sealed.subarray(0, NONCE_LENGTH);
    const plain = await primitives.openAesGcm(key, nonce, sealed.subarray(NONCE_LENGTH), additionalData);
    return plain === null ? err({ kind: 'not_authentic' }) : ok(plain);
  }

  return {
    async openRecord(envelope) {
      const source = await context(envelope.keyId, envelope.encapsulated);
      const sealed = fromBase64url(envelope.ciphertext);
      if (sealed === null || sealed.length < NONCE_LENGTH + TAG_LENGTH) {
        return err('kind' in source ? source : { kind: 'damaged' });
      }
      return open(source, recordContext(envelope.id), sealed, headBytes(envelope));
    },

    async openBlob(recordId, sealed) {
      const head = readBlobHead(sealed);
      if (head === null) return err({ kind: 'damaged' });
      const source = await context(head.keyId, toBase64url(head.encapsulated));
      const bytes = plainBytes(sealed);
      return open(source, blobContext(recordId), bytes.subarray(head.length), bytes.subarray(0, head.length));
    },
  };
}
