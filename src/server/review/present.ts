import type { PlainRecord, Policy } from '#contract';
import { envelopeSchema, type QueueItem, type Screenshot, screenshotSchema, severityOfRank } from '#contract';
import { err, ok, parseJson, type Result } from '#kernel';
import type { Opener } from '#seal';
import type { ItemRow } from './repository.ts';

export interface PresentDeps {
  readonly opener: () => Pick<Opener, 'openRecord'>;
  /** Reads an opened record; the failure names the wrong field. */
  readonly readRecord: (bytes: Uint8Array) => Result<PlainRecord, string>;
  /** The trusted adult whom the policy in force calls by this id; null where it has nobody of it any more. */
  readonly contact: (id: string) => Policy['contacts'][number] | null;
}

/** What is known of a picture by now. */
function screenshotOf(row: ItemRow, plan: Screenshot): Screenshot {
  if (plan.state !== 'awaited' || row.picture_state === null) return plan;
  return screenshotSchema.parse(
    row.picture_state === 'taken'
      ? {
          state: 'taken',
          sha256: row.sha256,
          sealedBytes: row.sealed_bytes,
          mediaType: row.media_type,
          width: row.width,
          height: row.height,
        }
      : { state: 'none', reason: row.picture_reason },
  );
}

/** Opens an item's sealed record and makes the form the console shows. The failure says why it does not open. */
export async function presentItem(deps: PresentDeps, row: ItemRow): Promise<Result<QueueItem, string>> {
  const envelope = envelopeSchema.safeParse(parseJson(row.envelope));
  if (!envelope.success) return err('damaged');
  const opened = await deps.opener().openRecord(envelope.data);
  if (!opened.ok) return err(opened.error.kind);
  const record = deps.readRecord(opened.value);
  if (!record.ok) return err('not_a_record');
  const plain = record.value;
  const base = {
    id: row.id,
    state: row.state,
    severity: severityOfRank(row.severity),
    device: { id: row.device_id, machine: row.machine },
    createdAt: row.created_at,
    receivedAt: row.received_at,
    occurrences: row.occurrences ?? 1,
  };
  if (plain.kind === 'capture' && row.category !== null) {
    const lastAt = Math.max(plain.observation.at, row.last_at ?? 0);
    const capture = { ...plain, screenshot: screenshotOf(row, plain.screenshot) };
    return ok({ ...base, kind: 'capture', lastAt, category: row.category, capture });
  }
  if (plain.kind === 'report') {
    const screenshot = plain.screenshot === null ? null : screenshotOf(row, plain.screenshot);
    const contact = plain.contactId === null ? null : deps.contact(plain.contactId);
    return ok({ ...base, kind: 'report', lastAt: plain.at, contact, report: { ...plain, screenshot } });
  }
  return err('not_an_item');
}

/** Whether the picture can be looked at. */
export function screenshotState(row: ItemRow): 'available' | 'awaited' | 'none' {
  if (row.picture === 'none' || row.picture_state === 'none') return 'none';
  return row.stored_at === null ? 'awaited' : 'available';
}
