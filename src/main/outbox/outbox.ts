/**
 * The outbox: every record the agent makes waits here, sealed, until the server has acknowledged it.
 *
 * Invariants (each has tests under its name in `test/main/outbox`)
 * - Written first: `append` resolves only when the record is on disk; nobody is told of it before.
 * - Removed only on acknowledgement: nothing else takes a record away but the byte limit, which admits it.
 * - Order: critical, reports, high, medium, low, health; within one, oldest first. Pictures come after all text.
 * - Numbers: each record has the next sequence number, without gaps, across restarts, kills and full disks.
 * - Bounded: over the byte limit it gives up, class by class from the least severe, first screenshots, then records;
 *   never critical records, reports or admissions. Every loss is counted and admitted in a `dropped` record.
 * - Poison: what the server refuses is kept in quarantine with its reason, and is in nobody's way.
 * - Damage: a database that cannot be read is set aside, what can be read is saved, a new one is started, and the
 *   numbers continue above any that may have been in use.
 * - Full disk: text goes to space kept back for it. When that is used up, it is kept in memory and delivered from
 *   there, and written as soon as there is room; what a kill then takes away is admitted.
 * - Sealed: no title, URL, name, text or pixel is written in the clear; a record is sealed before it reaches a file.
 * - Pictures: each `awaited` is answered by exactly one `screenshot` record, also after a kill.
 * - Repeats: counts of one capture go up on one waiting record, and never change a record that may have left.
 *
 * One task runs at a time (`serial`); appends that come meanwhile are sealed together and share one transaction.
 */
import { type Dropped, PRIORITIES, type Priority, type ScreenshotOutcome } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { Sealer } from '#seal';
import type { Files, Random, ScreenPicture, SourceHealth } from '../ports/index.ts';
import { createCeiling } from './ceiling.ts';
import { createDisk } from './disk.ts';
import { type Draft, planDrafts, sealRows } from './drafts.ts';
import { makeRoom } from './makeRoom.ts';
import { createOutgoing } from './outgoing.ts';
import { createReserve } from './reserve.ts';
import { createSerial } from './serial.ts';
import type { Change } from './store.ts';
import type { Appended, Outbox } from './types.ts';

export interface OutboxDeps {
  /** Its folder exists. */
  readonly files: Pick<Files, 'absolute' | 'list' | 'move' | 'read' | 'remove' | 'writeAtomic'>;
  readonly sealer: Pick<Sealer, 'sealRecord' | 'sealBlob'>;
  readonly timers: Pick<Timers, 'after' | 'now'>;
  readonly random: Pick<Random, 'id'>;
  readonly health: { report(part: string, health: SourceHealth): void };
}

export interface OutboxOptions {
  readonly deviceId: string;
  readonly maxBytes: number;
  /** How long a repeat waits for more of its kind before it may leave. */
  readonly repeatHoldMs?: number;
  /** Space kept back for text on a full disk; 0: none. */
  readonly reserveBytes?: number;
  /** For tests of a full disk: the database may have so many pages of 4 kB. */
  readonly maxPages?: number;
}

const REPEAT_HOLD_MS = 15_000;
/** SQLite's journal at its longest (1,000 pages of 4 kB), and as much again for some two thousand records. */
const RESERVE_BYTES = 8_000_000;
/** The most appends that share one transaction. */
const MAX_GROUP = 64;
/** The most text kept in memory while the disk is full. */
const MAX_HELD_BYTES = 32_000_000;

const ROOMY = { state: 'ok', code: 'ok', message: 'The outbox has room.' } as const;

interface Waiting {
  readonly draft: Draft;
  readonly done: (appended: Appended) => void;
  readonly failed: (failure: unknown) => void;
}

/** Opens the outbox of this device; resolves when what an earlier run left behind is in order. */
export async function createOutbox(deps: OutboxDeps, options: OutboxOptions): Promise<Outbox> {
  const { sealer, timers, random, health } = deps;
  const { deviceId, repeatHoldMs = REPEAT_HOLD_MS } = options;
  const serial = createSerial();
  const ceiling = await createCeiling(deps.files);
  const reserve = await createReserve(deps.files, options.reserveBytes ?? RESERVE_BYTES);
  const recovered = async () => {
    await keepInOrder();
    tell('low');
  };
  const disk = await serial.run(() =>
    createDisk({ files: deps.files, ceiling, reserve, timers, serial, health, recovered }, options),
  );
  const outgoing = createOutgoing({ disk, serial, timers, health });
  const listeners = new Set<(priority: Priority) => void>();
  const waiting: Waiting[] = [];
  let maxBytes = options.maxBytes;

  function tell(priority: Priority): void {
    for (const listener of listeners) listener(priority);
  }

  /** Numbers, seals and writes drafts in one transaction. Always inside `serial`. */
  async function write<Kind>(
    drafts: readonly Draft[],
    more: Change,
    commit: (change: Change) => Promise<Kind>,
  ) {
    const plan = await planDrafts(drafts, disk, timers.now());
    await ceiling.cover(plan.lastSequence);
    const put = await sealRows(sealer, deviceId, plan.rows);
    const kind = await commit({ ...plan.change, ...more, put, lastSequence: plan.lastSequence });
    for (const record of put) if (record.counting) holdRepeat(record.sequence);
    return { kind, places: plan.places };
  }

  /** The first count starts the wait; later ones do not prolong it. */
  const holds = new Map<number, Disposable>();
  function holdRepeat(sequence: number): void {
    if (holds.has(sequence)) return;
    const release = timers.after(repeatHoldMs, () => {
      void serial.run(async () => {
        await disk.commit({ stopCounting: [sequence] });
        holds.delete(sequence);
        tell('low');
      });
    });
    holds.set(sequence, release);
  }

  /** A lost database and a full outbox are admitted to the server, in records of their own. */
  async function keepInOrder(): Promise<void> {
    const lost = disk.takeLoss();
    if (lost !== null && lost.to >= lost.from) {
      await admit({ reason: 'damaged', sequences: [lost], screenshots: [] });
    }
    const room =
      (await disk.read((store) => makeRoom(store, maxBytes), null)) ??
      disk.readMemory((store) => makeRoom(store, MAX_HELD_BYTES));
    if (room === null) {
      if (disk.totals().bytes < maxBytes / 2) health.report('outbox.space', ROOMY);
      return;
    }
    await admit(room.admission, { ...room.change, dropped: disk.totals().dropped + room.victims });
    health.report('outbox.space', {
      state: 'degraded',
      code: 'given_up',
      message: `The outbox reached its limit; ${disk.totals().dropped} pictures or records have been given up so far, the least severe first. Check the connection to the server.`,
    });
  }

  async function admit(loss: Pick<Dropped, 'reason' | 'sequences' | 'screenshots'>, more: Change = {}) {
    const record = { kind: 'dropped', id: random.id(), at: timers.now(), ...loss } as const;
    await write([{ record }], more, disk.commit);
  }

  async function drain(): Promise<void> {
    const group = waiting.splice(0, MAX_GROUP);
    if (group.length === 0) return;
    try {
      const { kind, places } = await write(
        group.map((one) => one.draft),
        {},
        disk.commit,
      );
      places.forEach(({ id, sequence, priority }, index) => {
        group[index]?.done({ kind, id, sequence });
        if (group[index]?.draft.record.kind !== 'repeat') tell(priority);
      });
      await keepInOrder();
    } catch (failure) {
      for (const one of group) one.failed(failure);
    }
  }

  /** Writes the answer to an awaited picture, once. On a full disk the picture is given up, its answer is not. */
  async function settle(recordId: string, picture: ScreenPicture | { kind: 'none'; reason: 'interrupted' }) {
    const rank = await disk.promisedRank(recordId);
    const textPriority = rank === null ? undefined : PRIORITIES[rank];
    if (rank === null || textPriority === undefined) return;
    const draft = (screenshot: ScreenshotOutcome): Draft => ({
      record: { kind: 'screenshot', id: random.id(), recordId, screenshot },
      textPriority,
    });
    if (picture.kind === 'none') {
      await write([draft({ state: 'none', reason: picture.reason })], {}, disk.commit);
    } else {
      const { sha256, bytes } = await sealer.sealBlob(recordId, picture.bytes);
      const { mediaType, width, height } = picture;
      const taken = draft({ state: 'taken', sha256, sealedBytes: bytes.length, mediaType, width, height });
      const sequence = disk.totals().lastSequence + 1;
      const putBlobs = [{ sha256, recordId, rank, sequence, bytes }];
      const written = await write([taken], { putBlobs }, disk.tryCommit);
      if (written.kind === 'no_room') {
        await write([draft({ state: 'none', reason: 'storage_full' })], {}, disk.commit);
      }
    }
    tell(textPriority);
    await keepInOrder();
  }

  await serial.run(async () => {
    await keepInOrder();
    const counting = await disk.read((store) => store.countingSequences(), []);
    if (counting.length > 0) await disk.commit({ stopCounting: counting });
    const interrupted = await disk.read((store) => store.promised(), []);
    for (const { recordId } of interrupted) await settle(recordId, { kind: 'none', reason: 'interrupted' });
  });

  return {
    append: (record) =>
      new Promise((done, failed) => {
        waiting.push({ draft: { record }, done, failed });
        void serial.run(drain);
      }),
    settlePicture: (recordId, picture) => serial.run(() => settle(recordId, picture)),
    ...outgoing,
    stats() {
      const { topRank, ...totals } = disk.totals();
      return { ...totals, topPriority: topRank === null ? null : (PRIORITIES[topRank] ?? null) };
    },
    onAppend(listener): Disposable {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    setMaxBytes(bytes) {
      maxBytes = bytes;
      void serial.run(keepInOrder);
    },
    async dispose() {
      await serial.idle();
      for (const hold of holds.values()) await hold.dispose();
      disk.dispose();
    },
  };
}
