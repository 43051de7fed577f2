import { z } from 'zod';
import { epochMsSchema, idSchema } from './text.ts';

/** base64url without padding. */
export const base64urlSchema = z.string().regex(/^[A-Za-z0-9_-]*$/, 'expected base64url without padding');

/** The order in which records leave a device: first in this list, first out; within one, oldest first. */
export const PRIORITIES = ['critical', 'report', 'high', 'medium', 'low', 'health'] as const;
export const prioritySchema = z.enum(PRIORITIES);
export type Priority = z.infer<typeof prioritySchema>;

/** 0 (critical) to 5 (health): smaller leaves first. */
export function priorityRank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

const MAX_CIPHERTEXT_LENGTH = 400_000;
/** Nonce and tag; see `shared/seal`. */
const SEALING_BYTES = 28;
/** The longest record, as JSON in UTF-8, that fits an envelope. Whoever makes a record that may be longer bounds it. */
export const MAX_RECORD_BYTES = (MAX_CIPHERTEXT_LENGTH / 4) * 3 - SEALING_BYTES;

/**
 * A sealed record: what a device stores and sends. Nothing in it but `ciphertext` says what was seen.
 * The sealing (HPKE, one context per agent run, a key per record by secret export) and the exact bytes
 * under `signature` are defined in `shared/seal`.
 */
export const envelopeSchema = z.object({
  version: z.literal(1),
  id: idSchema,
  deviceId: idSchema,
  /** 1, 2, 3 ... per device without gaps, so that the server can show that nothing is missing. */
  sequence: z.int().min(1),
  kind: z.enum(['capture', 'repeat', 'report', 'screenshot', 'dropped', 'health']),
  priority: prioritySchema,
  createdAt: epochMsSchema,
  /** The school's intake key this was sealed to. */
  keyId: z.string().min(1).max(64),
  /** The HPKE encapsulated key of the sealing context. */
  encapsulated: base64urlSchema.max(128),
  ciphertext: base64urlSchema.min(1).max(MAX_CIPHERTEXT_LENGTH),
  /** Ed25519 by the device's key. */
  signature: base64urlSchema.max(128),
});
export type Envelope = z.infer<typeof envelopeSchema>;
