import type { CryptoKey } from 'jose';
import { err, ok } from '#kernel';
import { type Bytes, fromBase64url, plainBytes, toBase64url } from './bytes.ts';
import { blobContext, headBytes, NONCE_LENGTH, readBlobHead, recordContext, TAG_LENGTH } from './format.ts';
import { createRecipientSource, createSuite, decrypt, type SecretSource } from './hpke.ts';
import type { IntakeKeyPair, Opener, OpenFailure } from './types.ts';

export interface OpenerOptions {
  /** Contexts kept for reuse, least recently used given up first; one is some 200 bytes. 4,096 unless told. */
  readonly maxContexts?: number;
}

/**
 * Makes an opener for these intake keys. After a rotation, make a new one with the old keys and the new:
 * what was sealed to an old key stays readable as long as that key is kept.
 */
export function createOpener(keys: readonly IntakeKeyPair[], options: OpenerOptions = {}): Opener {
  const maxContexts = options.maxContexts ?? 4_096;
  const suite = createSuite();
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

  return {
    async openRecord(envelope) {
      const source = await context(envelope.keyId, envelope.encapsulated);
      if ('kind' in source) return err(source);
      const sealed = fromBase64url(envelope.ciphertext);
      if (sealed === null || sealed.length < NONCE_LENGTH + TAG_LENGTH) return err({ kind: 'damaged' });
      const key = await source.secret(recordContext(envelope.id));
      const plain = await decrypt(key, sealed, headBytes(envelope));
      return plain === null ? err({ kind: 'not_authentic' }) : ok(plain);
    },

    async openBlob(recordId, sealed) {
      const head = readBlobHead(sealed);
      if (head === null) return err({ kind: 'damaged' });
      const source = await context(head.keyId, toBase64url(head.encapsulated));
      if ('kind' in source) return err(source);
      const key = await source.secret(blobContext(recordId));
      const plain = await decrypt(
        key,
        sealed.subarray(head.length),
        plainBytes(sealed.subarray(0, head.length)),
      );
      return plain === null ? err({ kind: 'not_authentic' }) : ok(plain);
    },
  };
}
