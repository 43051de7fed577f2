import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Random } from '../platform/random.ts';

/**
 * The key that wraps every other key. It lives in a file of its own or in the environment, never in the
 * database or its backup: a stolen database opens nothing.
 */
export interface MasterKey {
  /** The first 16 hexadecimal digits of a hash of it, to tell which master key wrapped something. */
  readonly id: string;
  /** AES-256-GCM; `context` is bound in, so that a wrapped key cannot be put in another one's place. */
  wrap(plain: Uint8Array, context: string): string;
  /** The plain bytes, or null where they were wrapped by another key, for another context, or changed. */
  unwrap(wrapped: string, context: string): Uint8Array | null;
}

export const MASTER_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals bytes with AES-256-GCM: base64url of nonce, ciphertext and tag. */
export function sealBytes(key: Uint8Array, plain: Uint8Array, context: string, nonce: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Opens what {@link sealBytes} sealed, or gives null. */
export function openBytes(key: Uint8Array, sealed: string, context: string): Uint8Array | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context, 'utf8'))
    .setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
  } catch {
    return null;
  }
}

/** A nonce for {@link sealBytes}. */
export function newNonce(random: Pick<Random, 'bytes'>): Uint8Array {
  return random.bytes(NONCE_BYTES);
}

/** Makes a master key of its 32 bytes. */
export function createMasterKey(
  deps: { readonly random: Pick<Random, 'bytes'> },
  bytes: Uint8Array,
): MasterKey {
  if (bytes.length !== MASTER_KEY_BYTES) throw new Error(`a master key has ${MASTER_KEY_BYTES} bytes`);
  const id = createHash('sha256').update('lapwing master key id\n').update(bytes).digest('hex').slice(0, 16);
  return {
    id,
    wrap: (plain, context) => sealBytes(bytes, plain, context, newNonce(deps.random)),
    unwrap: (wrapped, context) => openBytes(bytes, wrapped, context),
  };
}
