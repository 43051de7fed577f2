import { type PlainRecord, type Priority, priorityRank } from '#contract';
import type { EnvelopeHead, Sealer } from '#seal';
import { describe } from './describe.ts';
import type { Disk } from './diskTypes.ts';
import type { Change, StoredRecord } from './store.ts';

/** A record on its way into the outbox. */
export interface Draft {
  readonly record: PlainRecord;
  /** Of a `screenshot` record: the priority of its text. */
  readonly textPriority?: Priority;
}

/** A record with its number, ready to be sealed. */
interface Numbered {
  readonly head: Omit<EnvelopeHead, 'deviceId'>;
  readonly record: PlainRecord;
  readonly about: string | null;
  readonly counting: boolean;
}

export interface Plan {
  readonly rows: readonly Numbered[];
  /** For each draft, the row it went into. */
  readonly places: readonly { readonly id: string; readonly sequence: number; readonly priority: Priority }[];
  readonly change: Change;
  readonly lastSequence: number;
}

/**
 * Gives each draft its number. A repeat goes into the waiting repeat of its capture, if there is one: it keeps that
 * record's id and number, so nothing is missing and nothing is counted twice.
 */
export async function planDrafts(
  drafts: readonly Draft[],
  disk: Pick<Disk, 'countingRepeat' | 'totals'>,
  nowMs: number,
): Promise<Plan> {
  const rows = new Map<number, Numbered>();
  const repeats = new Map<string, Numbered>();
  const places: Plan['places'][number][] = [];
  const promise: { recordId: string; rank: number }[] = [];
  const settle: string[] = [];
  let { lastSequence } = disk.totals();

  for (const { record, textPriority } of drafts) {
    const { priority, about } = describe(record, textPriority);
    const counting = record.kind === 'repeat';
    const waiting = counting ? await waitingRepeat(record.captureId) : null;
    const head = waiting ?? {
      id: record.id,
      sequence: ++lastSequence,
      kind: record.kind,
      priority,
      createdAt: nowMs,
    };
    const numbered = { head, record: { ...record, id: head.id }, about, counting };
    rows.set(head.sequence, numbered);
    if (counting) repeats.set(record.captureId, numbered);
    places.push({ id: head.id, sequence: head.sequence, priority });
    if (awaitsPicture(record)) promise.push({ recordId: record.id, rank: priorityRank(priority) });
    if (record.kind === 'screenshot') settle.push(record.recordId);
  }
  return { rows: [...rows.values()], places, change: { promise, settle }, lastSequence };

  async function waitingRepeat(captureId: string): Promise<Numbered['head'] | null> {
    const planned = repeats.get(captureId);
    if (planned !== undefined) return planned.head;
    const stored = await disk.countingRepeat(captureId);
    if (stored === null) return null;
    const { id, sequence, createdAt } = stored;
    return { id, sequence, kind: 'repeat', priority: 'low', createdAt };
  }
}

/** Seals what was planned, all at once. */
export function sealRows(
  sealer: Pick<Sealer, 'sealRecord'>,
  deviceId: string,
  rows: readonly Numbered[],
): Promise<StoredRecord[]> {
  return Promise.all(
    rows.map(async ({ head, record, about, counting }) => {
      const plain = new TextEncoder().encode(JSON.stringify(record));
      const envelope = await sealer.sealRecord({ ...head, deviceId }, plain);
      const { id, sequence, kind, createdAt } = head;
      const rank = priorityRank(head.priority);
      return { id, sequence, kind, rank, createdAt, about, counting, envelope: JSON.stringify(envelope) };
    }),
  );
}

function awaitsPicture(record: PlainRecord): boolean {
  return (record.kind === 'capture' || record.kind === 'report') && record.screenshot?.state === 'awaited';
}
