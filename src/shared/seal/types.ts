import type { Envelope, IntakeKey } from '#contract';
import type { Result } from '#kernel';

/** A device's signing key pair; the private half never leaves the device. */
export interface DeviceKey {
  /** Ed25519 public key, raw 32 bytes, base64url. */
  readonly publicKey: string;
  /** PKCS #8 bytes, for the key vault. */
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
}

export type OpenFailure = { readonly kind: 'unknown_key' } | { readonly kind: 'not_authentic' } | { readonly kind: 'damaged' };

/** Opens what devices sealed. Caches the contexts of recent agent runs, so a batch costs one key agreement. */
export interface Opener {
  openRecord(envelope: Envelope): Promise<Result<Uint8Array, OpenFailure>>;
  openBlob(recordId: string, sealed: Uint8Array): Promise<Result<Uint8Array, OpenFailure>>;
}

/** An intake key pair as the server holds it; the private half is wrapped by the master key at rest. */
export interface IntakeKeyPair extends IntakeKey {
  /** X25519 private key, raw 32 bytes. */
  readonly privateKey: Uint8Array;
}

/** What an enrolment token carries: where to go, whom to trust, what to seal to. */
export interface EnrolmentToken {
  readonly version: 1;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** `https://...`, or `http://127.0.0.1:...` in development. */
  readonly serverUrl: string;
  /** The school's CA certificate (PEM), or null where a public CA or loopback is used. */
  readonly caPem: string | null;
  /** Ed25519 public key that signs policies, raw, base64url. */
  readonly policyKey: string;
  readonly intakeKey: IntakeKey;
}

/** What a request token is bound to. */
export interface RequestBinding {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly body: Uint8Array | null;
}
