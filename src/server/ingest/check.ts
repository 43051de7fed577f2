import { type Envelope, type PlainRecord, recordSchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import { type Opener, type VerifyingKey, verifyEnvelope } from '#seal';

/** An envelope that is what it says: signed by its device, opened, and its content well-formed. */
export interface GoodEnvelope {
  readonly envelope: Envelope;
  readonly record: PlainRecord;
}

/** Why an envelope is put aside. `authentic`: the device signed it, so its sequence number counts as received. */
export interface BadEnvelope {
  readonly envelope: Envelope;
  readonly reason: string;
  readonly authentic: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

const OPEN_FAILURES = {
  unknown_key: 'sealed to a key this school does not have',
  not_authentic: 'does not open: changed on the way, or relabelled',
  damaged: 'does not open: not in the sealed format',
} as const;

/** Checks one envelope of a device. Reasons are for technicians; they never hold content. */
export async function checkEnvelope(
  opener: Pick<Opener, 'openRecord'>,
  device: { readonly id: string; readonly key: VerifyingKey },
  envelope: Envelope,
): Promise<Result<GoodEnvelope, BadEnvelope>> {
  const bad = (reason: string, authentic: boolean) => err({ envelope, reason, authentic });
  if (envelope.deviceId !== device.id) return bad('belongs to another device', false);
  if (!(await verifyEnvelope(envelope, device.key))) return bad("the signature is not this device's", false);
  const opened = await opener.openRecord(envelope);
  if (!opened.ok) return bad(OPEN_FAILURES[opened.error.kind], true);
  const record = readRecord(opened.value);
  if (!record.ok) return bad(record.error, true);
  if (record.value.id !== envelope.id) return bad('the record has another id than its envelope', true);
  if (record.value.kind !== envelope.kind)
    return bad('the record is of another kind than its envelope', true);
  return ok({ envelope, record: record.value });
}

/** Reads an opened record; the failure names the wrong field, never its value. */
export function readRecord(bytes: Uint8Array): Result<PlainRecord, string> {
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(bytes));
  } catch {
    return err('the record is not JSON in UTF-8');
  }
  const parsed = recordSchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  return err(`the record is not valid at "${path.slice(0, 120)}"`);
}
