import { type CryptoKey, generateKeyPair } from 'jose';
import { type Bytes, fromBase64url, plainBytes, toBase64url } from './bytes.ts';
import type { SigningKey } from './types.ts';

/** An imported Ed25519 public key. Importing costs about as much as a tenth of a verification: keep it per batch. */
export type VerifyingKey = CryptoKey;

/** Makes an Ed25519 key pair. */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return {
    publicKey: toBase64url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))),
    privateKey: new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)),
  };
}

/** Imports a private key for signing; it cannot be taken out again. */
export function importSigningKey(key: Pick<SigningKey, 'privateKey'>): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', plainBytes(key.privateKey), { name: 'Ed25519' }, false, ['sign']);
}

/** Imports a raw public key (base64url), or gives null where it is none. */
export async function importVerifyingKey(publicKey: string): Promise<VerifyingKey | null> {
  const raw = fromBase64url(publicKey);
  if (raw === null || raw.length !== 32) return null;
  try {
    return await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return null;
  }
}

export async function signBytes(key: CryptoKey, bytes: Bytes): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, key, bytes)));
}

export async function verifyBytes(key: VerifyingKey, bytes: Bytes, signature: string): Promise<boolean> {
  const raw = fromBase64url(signature);
  return raw !== null && raw.length === 64 && crypto.subtle.verify({ name: 'Ed25519' }, key, raw, bytes);
}
