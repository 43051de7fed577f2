import { createHash } from 'node:crypto';

/** A machine's stable id, made of what the hardware calls itself, so that no serial number leaves the machine. */
export function fingerprint(hardware: string): string {
  return createHash('sha256').update(`lapwing:${hardware}`).digest('hex');
}
