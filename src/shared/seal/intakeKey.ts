import type { IntakeKey } from '#contract';
import { type Bytes, fromBase64url, sha256, toBase64url, toHex } from './bytes.ts';
import { createSuite } from './hpke.ts';
import type { IntakeKeyPair } from './types.ts';

/**
 * The id of an intake key: `k` and the first 16 hexadecimal digits of the SHA-256 of its raw public key, so
 * that the same key has the same id everywhere.
 */
export async function intakeKeyId(publicKey: Uint8Array): Promise<string> {
  return `k${toHex(await sha256(publicKey)).slice(0, 16)}`;
}

/** Makes a school's intake key: devices seal to its public half. */
export async function createIntakeKey(): Promise<IntakeKeyPair> {
  const suite = createSuite();
  const pair = await suite.kem.generateKeyPair();
  const publicKey = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
  return {
    keyId: await intakeKeyId(publicKey),
    publicKey: toBase64url(publicKey),
    privateKey: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
  };
}

/** The raw public key; throws on one that is not 32 bytes, which `intakeKeySchema` has refused already. */
export function rawPublicKey(key: IntakeKey): Bytes {
  const raw = fromBase64url(key.publicKey);
  if (raw === null || raw.length !== 32) throw new Error(`the intake key ${key.keyId} is not an X25519 key`);
  return raw;
}
