import {
  createIntakeKey,
  createOpener,
  createSealer,
  createSigningKey,
  type EnvelopeHead,
  importVerifyingKey,
} from '#seal';
import { createFakeTimers } from '../../fakes/timers.ts';

export const DEVICE_ID = '019ab000-0000-7000-8000-00000000d001';
export const RECORD_ID = '019ab000-0000-7000-8000-00000000a001';
export const OTHER_ID = '019ab000-0000-7000-8000-00000000a002';

export const HEAD: EnvelopeHead = {
  id: RECORD_ID,
  deviceId: DEVICE_ID,
  sequence: 7,
  kind: 'capture',
  priority: 'high',
  createdAt: 1_767_600_000_000,
};

/** A device and a school that trust each other, on virtual time. */
export async function createPair() {
  const timers = createFakeTimers();
  const intakeKey = await createIntakeKey();
  const deviceKey = await createSigningKey();
  const verifyingKey = await importVerifyingKey(deviceKey.publicKey);
  if (verifyingKey === null) throw new Error('a fresh key must import');
  const sealer = createSealer({ clock: timers, deviceKey }, { intakeKey });
  return { timers, intakeKey, deviceKey, verifyingKey, sealer, opener: createOpener([intakeKey]) };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
