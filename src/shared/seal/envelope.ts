import type { Envelope } from '#contract';
import { headBytes, signedBytes } from './format.ts';
import { type VerifyingKey, verifyBytes } from './signing.ts';

/** Whether the device that owns `key` signed exactly this envelope. */
export function verifyEnvelope(envelope: Envelope, key: VerifyingKey): Promise<boolean> {
  return verifyBytes(key, signedBytes(headBytes(envelope), envelope.ciphertext), envelope.signature);
}
