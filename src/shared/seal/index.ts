export { sha256, toBase64url, toHex } from './bytes.ts';
export {
  type EnrolmentToken,
  encodeEnrolmentToken,
  enrolmentTokenSchema,
  parseEnrolmentToken,
  type TokenFailure,
} from './enrolmentToken.ts';
export { verifyEnvelope } from './envelope.ts';
export { createIntakeKey, intakeKeyId } from './intakeKey.ts';
export { createOpener, type OpenerOptions } from './opener.ts';
export { type PolicyFailure, signPolicy, verifyPolicy } from './policy.ts';
export type { OpeningPrimitives } from './primitives.ts';
export {
  claimedDeviceId,
  createRequestSigner,
  REQUEST_TOKEN_LIFETIME_MS,
  REQUEST_TOKEN_SKEW_MS,
  type RequestSignerDeps,
  verifyRequestToken,
} from './requestToken.ts';
export { createSealer, type SealerDeps, type SealerOptions } from './sealer.ts';
export {
  createSigningKey,
  importVerifyingKey,
  type VerifyingKey,
} from './signing.ts';
export type {
  EnvelopeHead,
  IntakeKeyPair,
  Opener,
  OpenFailure,
  RequestBinding,
  RequestClaims,
  RequestTokenFailure,
  SealedBlob,
  Sealer,
  SigningKey,
} from './types.ts';
