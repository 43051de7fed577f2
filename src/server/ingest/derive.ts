import { type Capture, type Category, type PlainRecord, severityRank } from '#contract';
import type { Tables } from '../store/index.ts';
import type { GoodEnvelope } from './check.ts';

type Insert<Table extends keyof Tables> = Tables[Table];

/** A record's own row: the envelope as received, and what order and bookkeeping need in clear. */
export function recordRow(
  { envelope }: Pick<GoodEnvelope, 'envelope'>,
  receivedAt: number,
): Insert<'records'> {
  return {
    id: envelope.id,
    device_id: envelope.deviceId,
    sequence: envelope.sequence,
    kind: envelope.kind,
    priority: envelope.priority,
    created_at: envelope.createdAt,
    received_at: receivedAt,
    envelope: JSON.stringify(envelope),
  };
}

/** The worst hit: it gives a capture its severity and category. The first of equals. */
function worstHit(capture: Capture): { readonly severity: number; readonly category: Category | null } {
  let severity = 0;
  let category: Category | null = null;
  for (const hit of capture.hits) {
    const rank = severityRank(hit.severity);
    if (rank > severity) {
      severity = rank;
      category = hit.category;
    }
  }
  return { severity, category };
}

/** The row that asks for a person's judgement, for captures and reports; null for other records. */
export function itemRow({ envelope, record }: GoodEnvelope, receivedAt: number): Insert<'items'> | null {
  if (record.kind !== 'capture' && record.kind !== 'report') return null;
  const isCapture = record.kind === 'capture';
  const { severity, category } = isCapture
    ? worstHit(record)
    : { severity: severityRank(record.urgent ? 'critical' : 'high'), category: null };
  return {
    id: envelope.id,
    device_id: envelope.deviceId,
    kind: record.kind,
    state: 'waiting',
    severity,
    category,
    created_at: envelope.createdAt,
    received_at: receivedAt,
    picture: record.screenshot?.state === 'awaited' ? 'awaited' : 'none',
  };
}

/** What became of a picture. */
export function pictureRow(
  deviceId: string,
  record: Extract<PlainRecord, { kind: 'screenshot' }>,
): Insert<'pictures'> {
  const { screenshot } = record;
  const taken = screenshot.state === 'taken' ? screenshot : null;
  return {
    device_id: deviceId,
    record_id: record.recordId,
    state: screenshot.state,
    reason: screenshot.state === 'none' ? screenshot.reason : null,
    sha256: taken?.sha256 ?? null,
    sealed_bytes: taken?.sealedBytes ?? null,
    media_type: taken?.mediaType ?? null,
    width: taken?.width ?? null,
    height: taken?.height ?? null,
    stored_at: null,
  };
}

/** The picture of a record that the device had to give up. */
export function givenUpPictureRow(deviceId: string, recordId: string): Insert<'pictures'> {
  return {
    device_id: deviceId,
    record_id: recordId,
    state: 'none',
    reason: 'storage_full',
    sha256: null,
    sealed_bytes: null,
    media_type: null,
    width: null,
    height: null,
    stored_at: null,
  };
}
