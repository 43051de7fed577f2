import { createHash } from 'node:crypto';
import { type Envelope, envelopeSchema, type PlainRecord } from '#contract';
import { importVerifyingKey, type Opener, type VerifyingKey, verifyEnvelope } from '#seal';
import { itemRow, readRecord } from '../ingest/index.ts';
import { mergeRanges, type Range, subtractRanges } from '../sequences/index.ts';
import type { Db, Store, Tables } from '../store/index.ts';

/** Something that is not as it must be. `code` for machines; `subject` is the id of what it is about. */
export interface Fault {
  readonly code:
    | 'record_damaged'
    | 'record_relabelled'
    | 'device_unknown'
    | 'signature_wrong'
    | 'record_sealed_wrong'
    | 'item_missing'
    | 'item_differs'
    | 'item_without_record'
    | 'blob_missing'
    | 'blob_damaged'
    | 'note_damaged'
    | 'sequence_twice'
    | 'sequence_unaccounted'
    | 'gap_not_real';
  readonly subject: string;
}

export interface VerifyReport {
  readonly records: number;
  readonly devices: number;
  readonly blobs: number;
  readonly notes: number;
  /** Sequence numbers that devices have given out and the server lacks: no fault of the server's. */
  readonly lacking: number;
  readonly faults: readonly Fault[];
}

export interface VerifyDeps {
  readonly store: Pick<Store, 'db' | 'blobs'>;
  readonly opener: Opener;
  readonly openNote: (sealed: string, itemId: string, entryId: string) => string | null;
}

const PAGE = 500;

/**
 * Walks everything that is stored: each record's form, signature and seal, the rows made from it, each
 * screenshot's bytes, hash and seal, each note, and each device's sequence numbers. Runs beside a server.
 */
export async function verify(deps: VerifyDeps): Promise<VerifyReport> {
  const { db } = deps.store;
  const faults: Fault[] = [];
  const fault = (code: Fault['code'], subject: string) => void faults.push({ code, subject });
  const records = await verifyRecords(deps, fault);
  const blobs = await verifyBlobs(deps, fault);
  const notes = await verifyNotes(deps, fault);
  const { devices, lacking } = await verifySequences(db, fault);
  return { records, devices, blobs, notes, lacking, faults };
}

type Report = (code: Fault['code'], subject: string) => void;

async function verifyRecords({ store: { db }, opener }: VerifyDeps, fault: Report): Promise<number> {
  const devices = await db.selectFrom('devices').select(['id', 'public_key']).execute();
  const keys = new Map<string, VerifyingKey | null>();
  for (const { id, public_key } of devices) keys.set(id, await importVerifyingKey(public_key));

  let count = 0;
  let after = '';
  for (;;) {
    const rows = await db
      .selectFrom('records')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
    count += rows.length;
    const opened = await Promise.all(rows.map((row) => verifyRecord(row, keys, opener, fault)));
    await verifyItems(
      db,
      opened.flatMap((one) => one ?? []),
      fault,
    );
  }
  const orphans = await db
    .selectFrom('items')
    .leftJoin('records', 'records.id', 'items.id')
    .select('items.id')
    .where('records.id', 'is', null)
    .execute();
  for (const { id } of orphans) fault('item_without_record', id);
  return count;
}

async function verifyRecord(
  row: Tables['records'],
  keys: ReadonlyMap<string, VerifyingKey | null>,
  opener: Opener,
  fault: Report,
): Promise<{ envelope: Envelope; record: PlainRecord } | null> {
  const bad = (code: Fault['code']) => {
    fault(code, row.id);
    return null;
  };
  const envelope = parseEnvelope(row.envelope);
  if (envelope === null) return bad('record_damaged');
  const columns = [row.id, row.device_id, row.sequence, row.kind, row.priority, row.created_at];
  const { id, deviceId, sequence, kind, priority, createdAt } = envelope;
  const fields = [id, deviceId, sequence, kind, priority, createdAt];
  if (columns.some((value, index) => value !== fields[index])) return bad('record_relabelled');
  const key = keys.get(deviceId) ?? null;
  if (key === null) return bad('device_unknown');
  if (!(await verifyEnvelope(envelope, key))) return bad('signature_wrong');
  const opened = await opener.openRecord(envelope);
  const record = opened.ok ? readRecord(opened.value) : opened;
  if (!record.ok) return bad('record_sealed_wrong');
  if (record.value.id !== id || record.value.kind !== kind) return bad('record_relabelled');
  return { envelope, record: record.value };
}

function parseEnvelope(text: string): Envelope | null {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Compares what was made from records in clear with what it should be. */
async function verifyItems(
  db: Db,
  opened: readonly { envelope: Envelope; record: PlainRecord }[],
  fault: Report,
): Promise<void> {
  const expected = opened.flatMap((one) => itemRow(one, 0) ?? []);
  if (expected.length === 0) return;
  const ids = expected.map(({ id }) => id);
  const rows = new Map(
    (await db.selectFrom('items').selectAll().where('id', 'in', ids).execute()).map((row) => [row.id, row]),
  );
  const same = ['device_id', 'kind', 'severity', 'category', 'created_at', 'picture'] as const;
  for (const item of expected) {
    const row = rows.get(item.id);
    if (row === undefined) fault('item_missing', item.id);
    else if (same.some((column) => row[column] !== item[column])) fault('item_differs', item.id);
  }
}

async function verifyBlobs({ store: { db, blobs }, opener }: VerifyDeps, fault: Report): Promise<number> {
  const pictures = await db
    .selectFrom('pictures')
    .select(['record_id', 'sha256'])
    .where('stored_at', 'is not', null)
    .orderBy('record_id')
    .execute();
  for (const { record_id, sha256 } of pictures) {
    const bytes = sha256 === null ? null : await blobs.get(sha256);
    if (bytes === null) fault('blob_missing', record_id);
    else if (createHash('sha256').update(bytes).digest('hex') !== sha256) fault('blob_damaged', record_id);
    else if (!(await opener.openBlob(record_id, bytes)).ok) fault('blob_damaged', record_id);
  }
  return pictures.length;
}

async function verifyNotes({ store: { db }, openNote }: VerifyDeps, fault: Report): Promise<number> {
  const notes = await db
    .selectFrom('item_history')
    .select(['id', 'item_id', 'note'])
    .where('note', 'is not', null)
    .execute();
  for (const { id, item_id, note } of notes) {
    if (note !== null && openNote(note, item_id, id) === null) fault('note_damaged', id);
  }
  return notes.length;
}

/** Checks that each number up to the highest known is either accounted for or in a gap, and not in both. */
async function verifySequences(db: Db, fault: Report): Promise<{ devices: number; lacking: number }> {
  const devices = await db.selectFrom('devices').select('id').execute();
  let lacking = 0;
  for (const { id } of devices) {
    // One view of all of them, so that records arriving meanwhile are no fault.
    const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    const state = await snapshot.execute(async (trx) => {
      const device = await trx
        .selectFrom('devices')
        .select('known_sequence')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const gaps = await trx
        .selectFrom('sequence_gaps')
        .select(['first', 'last'])
        .where('device_id', '=', id)
        .execute();
      const losses = await trx
        .selectFrom('known_losses')
        .select(['first', 'last'])
        .where('device_id', '=', id)
        .execute();
      const records = await trx
        .selectFrom('records')
        .select('sequence')
        .where('device_id', '=', id)
        .execute();
      const aside = await trx
        .selectFrom('quarantine')
        .select('envelope')
        .where('device_id', '=', id)
        .execute();
      return { known: device.known_sequence, gaps, losses, records, aside };
    });
    const numbers = state.records.map(({ sequence }) => sequence);
    if (new Set(numbers).size !== numbers.length) fault('sequence_twice', id);
    const here = mergeRanges(numbers.map((sequence) => ({ first: sequence, last: sequence })));
    const aside = state.aside.flatMap(({ envelope }) => parseEnvelope(envelope)?.sequence ?? []);
    const accounted = mergeRanges([
      ...here,
      ...state.losses,
      ...aside.map((one) => ({ first: one, last: one })),
    ]);
    const gaps = mergeRanges(state.gaps);
    lacking += size(gaps);
    const all: Range = { first: 1, last: state.known };
    if (subtractRanges(all, mergeRanges([...accounted, ...gaps])).length > 0)
      fault('sequence_unaccounted', id);
    if (gaps.some((gap) => size(subtractRanges(gap, here)) !== size([gap]))) fault('gap_not_real', id);
  }
  return { devices: devices.length, lacking };
}

function size(ranges: readonly Range[]): number {
  return ranges.reduce((count, { first, last }) => count + last - first + 1, 0);
}
