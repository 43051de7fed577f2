import type { Envelope, IntakeKey } from '#contract';
import type { Result } from '#kernel';

/** An Ed25519 key pair: a device's, or the one a school signs its policies with. */
export interface SigningKey {
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  /** PKCS #8 bytes: for the key vault, never for a plain file. */
  readonly privateKey: Uint8Array;
}

/** Everything of an envelope that is known before it is sealed. */
export type EnvelopeHead = Pick<Envelope, 'id' | 'deviceId' | 'sequence' | 'kind' | 'priority' | 'createdAt'>;

/** One sealed screenshot: its address is the SHA-256 of `bytes`, in hexadecimal. */
export interface SealedBlob {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Seals records and screenshots of one device to the school's intake key. Holds one HPKE context,
 * renewed hourly and whenever the intake key changes.
 */
export interface Sealer {
  /** Seals and signs. `plain` is the UTF-8 JSON of a record. */
  sealRecord(head: EnvelopeHead, plain: Uint8Array): Promise<Envelope>;
  /** Seals a screenshot so that it opens on its own, given the id of its record. */
  sealBlob(recordId: string, plain: Uint8Array): Promise<SealedBlob>;
  /** From now on seals to this key; what is sealed already stays as it is. */
  useIntakeKey(key: IntakeKey): void;
}

/**
 * Why something sealed does not open. `unknown_key`: sealed to a key that is not held here;
 * `not_authentic`: changed on the way, or not what its head says; `damaged`: not in the format at all.
 */
export type OpenFailure = {
  readonly kind: 'unknown_key' | 'not_authentic' | 'damaged';
};

/** Opens what devices sealed. Caches the contexts of recent agent runs, so a batch costs one key agreement. */
export interface Opener {
  /** Opens, but does not check the signature: `verifyEnvelope` does. */
  openRecord(envelope: Envelope): Promise<Result<Uint8Array, OpenFailure>>;
  openBlob(recordId: string, sealed: Uint8Array): Promise<Result<Uint8Array, OpenFailure>>;
}

/** An intake key pair as the server holds it; the private half is wrapped by the master key at rest. */
export interface IntakeKeyPair extends IntakeKey {
  /** X25519 private key, raw 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** What a request token is bound to. */
export interface RequestBinding {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly body: Uint8Array | null;
}

/** What a valid request token says. */
export interface RequestClaims {
  readonly deviceId: string;
  /** Unique per request: remember it until `expiresAtMs` to refuse a replay. */
  readonly tokenId: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Why a request token is refused. `clock`: properly signed, but too old or from the future, so the device's
 * clock is off; tell it the time. `not_bound`: made for another method, path or body.
 */
export type RequestTokenFailure = {
  readonly kind: 'malformed' | 'wrong_signature' | 'clock' | 'not_bound';
};
