import { z } from 'zod';
import { base64urlSchema, envelopeSchema, prioritySchema } from './envelope.ts';
import { healthItemSchema, sha256Schema } from './record.ts';
import { epochMsSchema, idSchema } from './text.ts';

/**
 * Agent <-> server, version 1. Every request but `enrol` carries `Authorization: Bearer <JWT>`,
 * a short-lived EdDSA token by the device's key bound to method, path and body digest (`shared/seal`).
 */
export const AGENT_PATHS = {
  enrol: '/agent/v1/enrol',
  policy: '/agent/v1/policy',
  envelopes: '/agent/v1/envelopes',
  /** `+ '/' + sha256` */
  blobs: '/agent/v1/blobs',
  heartbeat: '/agent/v1/heartbeat',
  events: '/agent/v1/events',
} as const;

/** Largest batch, so that one request stays small on a school's uplink. */
export const MAX_BATCH_RECORDS = 100;
export const MAX_BATCH_BYTES = 2_000_000;
export const MAX_BLOB_BYTES = 20_000_000;

export const enrolRequestSchema = z.object({
  /** The secret of the enrolment token (the token itself also carries addresses and keys; see `shared/seal`). */
  tokenId: z.string().min(1).max(64),
  tokenSecret: z.string().min(1).max(128),
  /** The device's Ed25519 public key, raw 32 bytes. */
  publicKey: base64urlSchema.length(43),
  machine: z.string().min(1).max(256),
  /** A stable id of the account on this hardware, so that a re-imaged machine supersedes its old self and nobody else. */
  hardwareId: z.string().min(1).max(128),
  platform: z.enum(['win32', 'darwin', 'linux']),
  agentVersion: z.string().min(1).max(40),
});
export const enrolResponseSchema = z.object({
  deviceId: idSchema,
  serverTime: epochMsSchema,
});

export const intakeKeySchema = z.object({
  keyId: z.string().min(1).max(64),
  /** X25519 public key, raw 32 bytes. */
  publicKey: base64urlSchema.length(43),
});
export type IntakeKey = z.infer<typeof intakeKeySchema>;

/**
 * The intake key as a token or a policy hands it out. The version rises with every rotation (it is the time the key
 * was made), so that an old key never takes a newer one's place.
 */
export const issuedIntakeKeySchema = intakeKeySchema.extend({ version: epochMsSchema.default(0) });
export type IssuedIntakeKey = z.infer<typeof issuedIntakeKeySchema>;

/** `GET policy`. `304` when the ETag is the device's own. Whatever stands beside the signed document is not read. */
export const policyResponseSchema = z.object({
  /** Compact JWS (EdDSA) over a `policySchema` document. */
  policy: z.string().min(1).max(20_000_000),
});

export const envelopesRequestSchema = z.object({
  /** Most urgent first. */
  envelopes: z.array(envelopeSchema).min(1).max(MAX_BATCH_RECORDS),
});
export const envelopeAnswerSchema = z.discriminatedUnion('status', [
  z.object({ id: idSchema, status: z.literal('stored') }),
  z.object({ id: idSchema, status: z.literal('duplicate') }),
  z.object({ id: idSchema, status: z.literal('rejected'), reason: z.string().min(1).max(200) }),
]);
export type EnvelopeAnswer = z.infer<typeof envelopeAnswerSchema>;
export const envelopesResponseSchema = z.object({
  /** One answer for each envelope, in order. */
  answers: z.array(envelopeAnswerSchema),
  /**
   * Sealed screenshots the server lacks, of those that `screenshot` records in this batch name (stored and
   * duplicate alike). One that is not in here is on the server already: the agent lets go of it.
   */
  wants: z.array(sha256Schema),
  serverTime: epochMsSchema,
});

export const heartbeatRequestSchema = z.object({
  agentVersion: z.string().min(1).max(40),
  policyReceived: z.int().min(0),
  policyApplied: z.int().min(0),
  health: z.array(healthItemSchema).max(100),
  queue: z.object({
    records: z.int().min(0),
    blobs: z.int().min(0),
    bytes: z.int().min(0),
    oldestAt: epochMsSchema.nullable(),
    dropped: z.int().min(0),
    quarantined: z.int().min(0),
    /** The highest sequence number given out so far. */
    lastSequence: z.int().min(0),
    topPriority: prioritySchema.nullable(),
  }),
});
export type Heartbeat = z.infer<typeof heartbeatRequestSchema>;
export const heartbeatResponseSchema = z.object({
  policyEtag: z.string().max(200),
  serverTime: epochMsSchema,
});

/** Server-sent events of `events`: the name is `kind`, the data this object. `policy`: fetch it if the ETag is new. */
export const agentEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('policy'), etag: z.string().max(200) }),
]);
export type AgentEvent = z.infer<typeof agentEventSchema>;

/** Every code that an error answer can carry. A client decides by the code, never by the message. */
export const errorCodeSchema = z.enum([
  'invalid_input',
  'too_large',
  'unsupported_media_type',
  'not_found',
  'internal',
  // Load: come back after `Retry-After`.
  'overloaded',
  'stopping',
  'too_many_attempts',
  // Console.
  'not_signed_in',
  'session_locked',
  'sign_in_failed',
  'csrf_missing',
  'forbidden',
  'state_changed',
  'not_allowed',
  // Agent. `clock_skew` and `replayed`: sign again with the `serverTime` of the answer and retry.
  'bad_request_token',
  'clock_skew',
  'replayed',
  'unknown_device',
  'device_revoked',
  'device_superseded',
  'enrolment_unknown',
  'enrolment_expired',
  'enrolment_used_up',
  'enrolment_withdrawn',
  'blob_mismatch',
  'blob_not_wanted',
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** Every error answer of the server, agent and console alike. */
export const errorResponseSchema = z.object({
  error: z.object({
    code: errorCodeSchema,
    /** One sentence for a person. */
    message: z.string(),
    /** Where the input was wrong, as a path such as `envelopes.0.id`; only for `invalid_input`. */
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** The server's clock; on every error answer to an agent. */
    serverTime: epochMsSchema.optional(),
  }),
});
