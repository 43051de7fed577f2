import { z } from 'zod';
import { base64urlSchema, epochMsSchema, idSchema, issuedIntakeKeySchema } from '#contract';
import { enrolmentTokenSchema } from '#seal';

/** What this device is to its school's server: kept as one secret in the system's key vault. */
export const identitySchema = z.object({
  version: z.literal(1),
  deviceId: idSchema,
  serverUrl: enrolmentTokenSchema.shape.serverUrl,
  caPem: z.string().nullable(),
  /** Signs policies: Ed25519, raw, base64url. */
  policyKey: base64urlSchema,
  /** The key to seal to; replaced when the school rotates it. */
  intakeKey: issuedIntakeKeySchema,
  publicKey: base64urlSchema,
  /** PKCS #8, base64url. */
  privateKey: base64urlSchema,
  tokenId: z.string(),
  /** Of this machine's earlier enrolments, newest first: a token left lying about is not spent again. */
  spentTokenIds: z.array(z.string()).default([]),
  enrolledAt: epochMsSchema,
});
export type StoredIdentity = z.infer<typeof identitySchema>;

/** A key made for a token whose answer has not come yet: the same key asks again, so the token is counted once. */
export const pendingSchema = z.object({
  tokenId: z.string(),
  publicKey: base64urlSchema,
  privateKey: base64urlSchema,
});
