/**
 * The bytes of sealed things, version 1. Nothing here may change without a new version.
 *
 * Suite (RFC 9180): DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, Export-Only 0xFFFF; mode Base;
 * info = UTF-8 "lapwing seal 1". HPKE is used for its secret export alone (section 5.3): one key agreement
 * serves many records, and each record has a key of its own.
 *
 * Record
 *   key        = Export("record\n" + id, 32), with AES-256-GCM
 *   ciphertext = nonce (12 random bytes) || AES-256-GCM(key, nonce, plain, additional data = head), base64url.
 *                The nonce is random because a record that is written anew before it has left (a counted
 *                repeat) keeps its id, and so its key.
 *   head       = UTF-8 of the JSON array
 *                ["lapwing-envelope",1,id,deviceId,sequence,kind,priority,createdAt,keyId,encapsulated]
 *   signature  = Ed25519 by the device over head || "\n" || UTF-8 of `ciphertext` as it stands in the envelope.
 *   A change of any field of an envelope is found by the signature, by the additional data, or by both:
 *   someone who has the device's signing key but not the context cannot re-label a ciphertext, and someone
 *   who has the intake key cannot make up a record of a device.
 *
 * Blob (a sealed screenshot, opens on its own)
 *   "LWB1" || length of keyId (1 byte) || keyId (UTF-8) || encapsulated key (32 bytes) || nonce (12 bytes)
 *   || AES-256-GCM(key, nonce, plain, additional data = all before the nonce), key = Export("blob\n" + recordId, 32).
 *   Its address is the SHA-256 of all of it; that hash stands in a signed record, so a blob needs no signature.
 */
import type { Envelope } from '#contract';
import { type Bytes, concat, fromUtf8, utf8 } from './bytes.ts';

export const KEY_LENGTH = 32;
export const NONCE_LENGTH = 12;
export const TAG_LENGTH = 16;
export const ENCAPSULATED_LENGTH = 32;
export const SEAL_INFO = utf8('lapwing seal 1');

const BLOB_MAGIC = utf8('LWB1');

export function recordContext(id: string): Bytes {
  return utf8(`record\n${id}`);
}

export function blobContext(recordId: string): Bytes {
  return utf8(`blob\n${recordId}`);
}

/** The head of an envelope as additional data and signed bytes. */
export function headBytes(envelope: Omit<Envelope, 'ciphertext' | 'signature'>): Bytes {
  return utf8(
    JSON.stringify([
      'lapwing-envelope',
      envelope.version,
      envelope.id,
      envelope.deviceId,
      envelope.sequence,
      envelope.kind,
      envelope.priority,
      envelope.createdAt,
      envelope.keyId,
      envelope.encapsulated,
    ]),
  );
}

/** The bytes under an envelope's signature. */
export function signedBytes(head: Uint8Array, ciphertext: string): Bytes {
  return concat(head, utf8(`\n${ciphertext}`));
}

export interface BlobHead {
  readonly keyId: string;
  readonly encapsulated: Uint8Array;
}

export function writeBlobHead(head: BlobHead): Bytes {
  const keyId = utf8(head.keyId);
  return concat(BLOB_MAGIC, Uint8Array.of(keyId.length), keyId, head.encapsulated);
}

/** The head of a sealed blob and its length in bytes, or null where the bytes are no sealed blob. */
export function readBlobHead(sealed: Uint8Array): (BlobHead & { readonly length: number }) | null {
  const keyIdLength = sealed[BLOB_MAGIC.length];
  if (keyIdLength === undefined || !BLOB_MAGIC.every((byte, index) => sealed[index] === byte)) return null;
  const keyIdAt = BLOB_MAGIC.length + 1;
  const length = keyIdAt + keyIdLength + ENCAPSULATED_LENGTH;
  if (sealed.length < length + NONCE_LENGTH + TAG_LENGTH) return null;
  try {
    return {
      keyId: fromUtf8(sealed.subarray(keyIdAt, keyIdAt + keyIdLength)),
      encapsulated: sealed.slice(keyIdAt + keyIdLength, length),
      length,
    };
  } catch {
    return null;
  }
}
