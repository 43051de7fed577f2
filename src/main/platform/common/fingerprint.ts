import { createHash } from 'node:crypto';

/**
 * The stable id of one account on one machine, made of what the hardware calls itself and the account's name, so
 * that neither leaves the machine. The account counts because each has an outbox and a key of its own: without it
 * the second person to sign in on a shared computer would take the first one's place.
 */
export function fingerprint(hardware: string, account: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['lapwing', hardware, account]))
    .digest('hex');
}
