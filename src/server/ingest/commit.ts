import { createHash } from 'node:crypto';
import type { Envelope } from '#contract';
import type { Sequences } from '../sequences/index.ts';
import type { Tables, Trx } from '../store/index.ts';
import type { BadEnvelope, GoodEnvelope } from './check.ts';
import { givenUpPictureRow, itemRow, pictureRow, recordRow } from './derive.ts';

/** What became of each envelope, by its id, and what is new. */
export interface Committed {
  readonly status: ReadonlyMap<string, 'stored' | 'duplicate' | 'conflict'>;
  readonly newItems: readonly Tables['items'][];
  /** Records whose picture's outcome is new here. */
  readonly newPictures: readonly string[];
  readonly wants: readonly string[];
}

/** Why a well-made record is put aside all the same. */
export const ID_IN_USE = 'another record has this id already';

/** So many bad envelopes of one device are kept; beyond that only the answer says what was wrong. */
const MAX_QUARANTINED = 10_000;

/**
 * Writes a checked batch inside the caller's transaction.
 *
 * Invariants: nothing here is answered before the transaction commits; writing the same batch again, whole or in
 * part, in any order and from any process, changes nothing but adds what was missing; the device's row is locked
 * first, so a device's batches never interleave.
 */
export async function commitBatch(
  deps: { readonly sequences: Sequences },
  trx: Trx,
  batch: {
    readonly deviceId: string;
    readonly good: readonly GoodEnvelope[];
    readonly bad: readonly BadEnvelope[];
    readonly at: number;
  },
): Promise<Committed | 'revoked'> {
  const { deviceId, good, at } = batch;
  // One statement that locks the row, looks whether the device may still send, and notes that it was heard.
  const device = await trx
    .updateTable('devices')
    .set({ last_seen_at: at })
    .where('id', '=', deviceId)
    .where('revoked_at', 'is', null)
    .where('superseded_by', 'is', null)
    .returning(['id', 'known_sequence'])
    .executeTakeFirst();
  if (device === undefined) return 'revoked';

  const { status, stored } = await insertRecords(trx, good, at);
  const newItems = stored.flatMap((one) => itemRow(one, at) ?? []);
  if (newItems.length > 0) await trx.insertInto('items').values(newItems).execute();
  const accepted = good.filter(({ envelope }) => status.get(envelope.id) !== 'conflict');
  await mergeRepeats(trx, deviceId, accepted);
  const newPictures = await mergePictures(trx, deviceId, stored);
  const conflicts = good
    .filter(({ envelope }) => status.get(envelope.id) === 'conflict')
    .map(({ envelope }) => ({ envelope, reason: ID_IN_USE, authentic: true }));
  const bad = [...batch.bad, ...conflicts];
  await quarantine(trx, deviceId, bad, at);

  const losses = stored.flatMap(({ record }) => (record.kind === 'dropped' ? [record] : []));
  const lost = losses.flatMap((loss) =>
    loss.sequences
      .filter(({ from, to }) => from <= to)
      .map(({ from, to }) => ({ first: from, last: to, reason: loss.reason, at: loss.at })),
  );
  if (lost.length > 0) {
    await trx
      .insertInto('known_losses')
      .values(lost.map((range) => ({ ...range, device_id: deviceId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const received = [...accepted, ...bad.filter(({ authentic }) => authentic)].map(
    ({ envelope: { sequence } }) => sequence,
  );
  await deps.sequences.note(trx, device, {
    accounted: [...received.map((sequence) => ({ first: sequence, last: sequence })), ...lost],
    knownUpTo: 0,
    at,
  });
  return { status, newItems, newPictures, wants: await wantedPictures(trx, deviceId, accepted) };
}

async function insertRecords(trx: Trx, good: readonly GoodEnvelope[], at: number) {
  const status = new Map<string, 'stored' | 'duplicate' | 'conflict'>();
  const firsts = new Map<string, GoodEnvelope>();
  for (const one of good) if (!firsts.has(one.envelope.id)) firsts.set(one.envelope.id, one);
  if (firsts.size === 0) return { status, stored: [] as GoodEnvelope[] };

  const inserted = await trx
    .insertInto('records')
    .values([...firsts.values()].map((one) => recordRow(one, at)))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  for (const { id } of inserted) status.set(id, 'stored');
  const others = [...firsts.keys()].filter((id) => !status.has(id));
  if (others.length > 0) {
    const known = await trx
      .selectFrom('records')
      .select(['id', 'device_id', 'sequence', 'kind'])
      .where('id', 'in', others)
      .execute();
    for (const row of known) {
      const sent = firsts.get(row.id)?.envelope;
      status.set(row.id, sent !== undefined && isSame(row, sent) ? 'duplicate' : 'conflict');
    }
  }
  return {
    status,
    stored: [...firsts.values()].filter(({ envelope }) => status.get(envelope.id) === 'stored'),
  };
}

/** A record sealed anew (a repeat that was counted up before it left) is still the same record. */
function isSame(row: Pick<Tables['records'], 'device_id' | 'sequence' | 'kind'>, sent: Envelope): boolean {
  return row.device_id === sent.deviceId && row.sequence === sent.sequence && row.kind === sent.kind;
}

/** Keeps the largest count seen, whichever order repeats and their capture come in. */
async function mergeRepeats(trx: Trx, deviceId: string, accepted: readonly GoodEnvelope[]): Promise<void> {
  const byCapture = new Map<string, Tables['repeats']>();
  for (const { record } of accepted) {
    if (record.kind !== 'repeat') continue;
    const known = byCapture.get(record.captureId);
    byCapture.set(record.captureId, {
      device_id: deviceId,
      capture_id: record.captureId,
      occurrences: Math.max(known?.occurrences ?? 0, record.occurrences),
      last_at: Math.max(known?.last_at ?? 0, record.lastAt),
    });
  }
  if (byCapture.size === 0) return;
  await trx
    .insertInto('repeats')
    .values([...byCapture.values()])
    .onConflict((conflict) =>
      conflict.columns(['capture_id', 'device_id']).doUpdateSet((row) => ({
        occurrences: row
          .case()
          .when('repeats.occurrences', '<', row.ref('excluded.occurrences'))
          .then(row.ref('excluded.occurrences'))
          .else(row.ref('repeats.occurrences'))
          .end(),
        last_at: row
          .case()
          .when('repeats.last_at', '<', row.ref('excluded.last_at'))
          .then(row.ref('excluded.last_at'))
          .else(row.ref('repeats.last_at'))
          .end(),
      })),
    )
    .execute();
}

/** Notes what became of pictures. The first outcome stands, except that a taken one may still be given up. */
async function mergePictures(trx: Trx, deviceId: string, stored: readonly GoodEnvelope[]): Promise<string[]> {
  const changed: string[] = [];
  const outcomes = stored.flatMap(({ record }) =>
    record.kind === 'screenshot' ? [pictureRow(deviceId, record)] : [],
  );
  if (outcomes.length > 0) {
    const rows = await trx
      .insertInto('pictures')
      .values(outcomes)
      .onConflict((conflict) => conflict.columns(['record_id', 'device_id']).doNothing())
      .returning('record_id')
      .execute();
    changed.push(...rows.map(({ record_id }) => record_id));
  }
  const givenUp = stored.flatMap(({ record }) => (record.kind === 'dropped' ? record.screenshots : []));
  for (const recordId of new Set(givenUp)) {
    await trx
      .insertInto('pictures')
      .values(givenUpPictureRow(deviceId, recordId))
      .onConflict((conflict) =>
        conflict
          .columns(['record_id', 'device_id'])
          .doUpdateSet({ state: 'none', reason: 'storage_full', sha256: null })
          .where('pictures.stored_at', 'is', null),
      )
      .execute();
    changed.push(recordId);
  }
  return changed;
}

/** Keeps what could not be taken in, as it came, for whoever looks into it. */
async function quarantine(
  trx: Trx,
  deviceId: string,
  bad: readonly BadEnvelope[],
  at: number,
): Promise<void> {
  if (bad.length === 0) return;
  const { count } = await trx
    .selectFrom('quarantine')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('device_id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const kept = bad.slice(0, Math.max(0, MAX_QUARANTINED - Number(count)));
  if (kept.length === 0) return;
  const rows = kept.map(({ envelope, reason }) => {
    const text = JSON.stringify(envelope);
    const id = createHash('sha256').update(`${deviceId}\n${text}`).digest('hex');
    return { id, device_id: deviceId, reason, received_at: at, envelope: text };
  });
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  await trx
    .insertInto('quarantine')
    .values(unique)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Pictures that this batch's `screenshot` records name and that are not here yet. */
async function wantedPictures(
  trx: Trx,
  deviceId: string,
  accepted: readonly GoodEnvelope[],
): Promise<string[]> {
  const named = accepted.flatMap(({ record }) =>
    record.kind === 'screenshot' && record.screenshot.state === 'taken' ? [record.recordId] : [],
  );
  if (named.length === 0) return [];
  const rows = await trx
    .selectFrom('pictures')
    .select('sha256')
    .where('device_id', '=', deviceId)
    .where('record_id', 'in', named)
    .where('stored_at', 'is', null)
    .execute();
  return [...new Set(rows.flatMap(({ sha256 }) => sha256 ?? []))];
}
