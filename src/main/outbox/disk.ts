/**
 * The store on disk, with a reserve of space, and then memory, behind it while the disk is full.
 *
 * Invariants
 * - The reserve is given up for text alone, when the disk has no other room, and is made again before any picture is
 *   written.
 * - What `commit` called `written` is on disk; what it called `held` is in memory and goes to disk, oldest first, as
 *   soon as a write succeeds again (tried with each commit and every `RETRY_MS`).
 * - Sequence numbers in memory are above all on disk. While there are any, and until a loss has been admitted on disk,
 *   the ceiling is in doubt: whoever opens the store after a kill goes on above it.
 * - An acknowledgement that could not be written is remembered: what it removed is not offered again.
 * - A damaged database is replaced in the middle of any operation, which is then done on the new one.
 */
import type { Disposable, Timers } from '#kernel';
import type { SourceHealth } from '../ports/index.ts';
import { createDiskHealth } from './diskHealth.ts';
import { countFormer } from './former.ts';
import { createMemoryStore } from './memoryStore.ts';
import { edges, merge } from './merge.ts';
import { type OpenReport, openStore, type StoreDeps, type StoreOptions } from './openStore.ts';
import type { Reserve } from './reserve.ts';
import type { Serial } from './serial.ts';
import {
  type Change,
  type OutboxStore,
  type StoredBlob,
  type StoredRecord,
  StoreFailure,
  type StoreTotals,
} from './store.ts';

const RETRY_MS = 5_000;
/** The reserve is large, so a full disk is not asked for it as often. */
const RESERVE_RETRY_MS = 60_000;
/** Records of one transaction when memory goes back to disk. */
const FLUSH_GROUP = 32;

export interface DiskDeps extends StoreDeps {
  readonly reserve: Reserve;
  readonly timers: Pick<Timers, 'after' | 'now'>;
  /** Everything that calls in here runs inside it; so does the retry of a full disk. */
  readonly serial: Serial;
  readonly health: { report(part: string, health: SourceHealth): void };
}

export interface Disk {
  /** Writes, or keeps in memory what cannot be written now. */
  commit(change: Change): Promise<'written' | 'held'>;
  /** Writes where there is room beside the reserve, or does nothing. */
  tryCommit(change: Change): Promise<'written' | 'no_room'>;
  /** Reads from the store on disk, replacing it first where it turns out damaged; `empty` where there is none. */
  read<Value>(operation: (store: OutboxStore) => Value, empty: Value): Promise<Value>;
  /** Reads from what is in memory only. */
  readMemory<Value>(operation: (store: OutboxStore) => Value): Value;
  nextRecords(limits: Parameters<OutboxStore['nextRecords']>[0]): Promise<readonly StoredRecord[]>;
  nextBlob(skip: ReadonlySet<string>): Promise<StoredBlob | null>;
  countingRepeat(captureId: string): Promise<StoredRecord | null>;
  /** The rank of the text that awaits this picture, or null where none does. */
  promisedRank(recordId: string): Promise<number | null>;
  totals(): StoreTotals & {
    readonly held: number;
    readonly oldestAt: number | null;
    readonly topRank: number | null;
  };
  /** If something was lost since the last call: the numbers it may have had. */
  takeLoss(): LostNumbers | null;
  dispose(): void;
}

/** An inclusive range of sequence numbers. */
export interface LostNumbers {
  readonly from: number;
  readonly to: number;
}

/** Opens the store. Where there is no room even for that, all is held in memory until there is. */
export async function createDisk(deps: DiskDeps, options: StoreOptions): Promise<Disk> {
  const { ceiling, reserve } = deps;
  const health = createDiskHealth(deps.health);
  let store: OutboxStore | null = null;
  const held = createMemoryStore();
  let unwritten: Change[] = [];
  let lastSequence = 0;
  let dropped = 0;
  let loss: LostNumbers | null = null;
  /** Where the numbers began although the database could not be read; null where it could. */
  let guessed: number | null = null;
  let retry: Disposable | null = null;
  let disposed = false;

  await open(false);
  await restoreReserve();

  async function open(knownDamaged: boolean): Promise<void> {
    closeStore();
    const report = forThisRun(await openStore(deps, options, deps.timers.now(), knownDamaged));
    store = report.store;
    lastSequence = Math.max(lastSequence, report.lastSequence);
    if (store === null) guess();
    else {
      const known = store.totals();
      if (guessed !== null && guessed > known.lastSequence) lose(1, guessed);
      dropped = Math.max(dropped, known.dropped);
      guessed = null;
    }
    if (report.loss !== null) lose(report.loss.from, lastSequence);
    health.opened(report);
    health.former(await countFormer(deps.files));
  }

  /** A doubt of this run's own is none: what is in memory is here. */
  function forThisRun(report: OpenReport): OpenReport {
    if (report.loss?.why !== 'memory' || (lastSequence === 0 && guessed === null)) return report;
    return { ...report, loss: null, lastSequence: 0 };
  }

  function lose(from: number, to: number): void {
    loss = { from: Math.min(from, loss?.from ?? from), to: Math.max(to, loss?.to ?? to) };
  }

  /** The database cannot be read just now: numbers go on above any that may stand in it. */
  function guess(): void {
    if (lastSequence > 0 || guessed !== null) return;
    guessed = ceiling.known().highest;
    lastSequence = guessed;
  }

  function closeStore(): void {
    try {
      store?.close();
    } catch (failure) {
      if (!(failure instanceof StoreFailure)) throw failure;
    }
    store = null;
  }

  /** One transaction on disk. */
  async function attempt(change: Change): Promise<'written' | 'no_room'> {
    for (let tries = 0; tries < 2 && !disposed; tries++) {
      if (store === null) await open(false);
      if (store === null) return 'no_room';
      try {
        store.commit(change);
        return 'written';
      } catch (failure) {
        if (!(failure instanceof StoreFailure)) throw failure;
        if (failure.kind === 'no_room') return 'no_room';
        await open(true);
      }
    }
    return 'no_room';
  }

  /** Brings memory back to disk, what takes away first. True when nothing is left in memory. */
  async function flush(): Promise<boolean> {
    for (let first = unwritten[0]; first !== undefined; first = unwritten[0]) {
      if ((await attempt(first)) === 'no_room') return false;
      unwritten = unwritten.slice(1);
    }
    for (;;) {
      const put = held.allRecords().slice(0, FLUSH_GROUP);
      const promise = held.promised();
      const last = put.at(-1);
      if (last === undefined && promise.length === 0) return true;
      const numbers = last === undefined ? {} : { lastSequence: last.sequence };
      if ((await attempt({ put, promise, ...numbers })) === 'no_room') return false;
      held.commit({
        remove: put.map((record) => record.sequence),
        settle: promise.map((one) => one.recordId),
      });
    }
  }

  async function write(change: Change): Promise<'written' | 'no_room'> {
    // What adds nothing may be what makes the room that the rest waits for.
    const adds = [change.put, change.putBlobs, change.promise].some(
      (list) => list !== undefined && list.length > 0,
    );
    if (!adds && unwritten.length === 0) {
      const outcome = await attempt(change);
      if (outcome === 'written') await flush();
      return outcome;
    }
    return (await flush()) ? attempt(change) : 'no_room';
  }

  function remember(change: Change): void {
    lastSequence = Math.max(lastSequence, change.lastSequence ?? 0);
    dropped = Math.max(dropped, change.dropped ?? 0);
  }

  function holdInMemory(change: Change): void {
    const { put = [], promise = [], lastSequence: _last, ...rest } = change;
    held.commit({ put, promise, ...rest });
    // What concerns records on disk is done there later; for those in memory it is done now.
    if (Object.keys(rest).length > 0) unwritten.push(rest);
    scheduleRetry(RETRY_MS);
  }

  function scheduleRetry(delayMs: number): void {
    if (disposed || retry !== null) return;
    retry = deps.timers.after(delayMs, () => {
      retry = null;
      void deps.serial.run(async () => {
        if (disposed) return;
        if (!(await flush())) return scheduleRetry(RETRY_MS);
        await restoreReserve();
        await tell();
      });
    });
  }

  async function restoreReserve(): Promise<void> {
    if (!(await reserve.keep())) scheduleRetry(RESERVE_RETRY_MS);
  }

  function nothingHeld(): boolean {
    return held.totals().records === 0 && held.promised().length === 0 && unwritten.length === 0;
  }

  /** Says how full the disk is, and whether the database knows all numbers. */
  async function tell(): Promise<void> {
    const written = nothingHeld();
    if (!written) health.room('held');
    else health.room(reserve.inPlace() ? 'written' : 'reserve');
    if (written && loss === null) await ceiling.doubt(false);
  }

  async function read<Value>(operation: (store: OutboxStore) => Value, empty: Value): Promise<Value> {
    for (let tries = 0; tries < 2 && store !== null; tries++) {
      try {
        return operation(store);
      } catch (failure) {
        if (!(failure instanceof StoreFailure)) throw failure;
        if (failure.kind === 'no_room') return empty;
        await open(true);
      }
    }
    return empty;
  }

  /** What acknowledgements that are not on disk yet have taken away. */
  function gone<Key>(pick: (change: Change) => readonly Key[]): Set<Key> {
    return new Set(unwritten.flatMap((change) => pick(change)));
  }
  const goneRecords = () =>
    gone((change) => [...(change.remove ?? []), ...(change.quarantine ?? []).map((one) => one.sequence)]);
  const goneBlobs = () =>
    gone((change) => [
      ...(change.removeBlobs ?? []),
      ...(change.quarantineBlobs ?? []).map((one) => one.sha256),
    ]);

  return {
    async commit(change) {
      let outcome = await write(change);
      if (outcome === 'no_room' && (await reserve.release())) {
        outcome = await write(change);
        scheduleRetry(RESERVE_RETRY_MS);
      }
      remember(change);
      if (outcome === 'no_room') {
        await ceiling.doubt(true);
        holdInMemory(change);
      }
      await tell();
      return outcome === 'written' ? 'written' : 'held';
    },
    async tryCommit(change) {
      if (!reserve.inPlace()) return 'no_room';
      const outcome = await write(change);
      if (outcome === 'written') remember(change);
      return outcome;
    },
    read,
    readMemory: (operation) => operation(held),
    async nextRecords(limits) {
      const skip = new Set([...limits.skip, ...goneRecords()]);
      const fromMemory = held.nextRecords(limits);
      for (const record of fromMemory) skip.add(record.sequence);
      const fromDisk = await read((open) => open.nextRecords({ ...limits, skip }), []);
      if (fromMemory.length === 0) return fromDisk;
      return merge(fromDisk, fromMemory, limits);
    },
    nextBlob: (skip) => read((open) => open.nextBlob(new Set([...skip, ...goneBlobs()])), null),
    countingRepeat: async (captureId) =>
      held.countingRepeat(captureId) ?? (await read((open) => open.countingRepeat(captureId), null)),
    async promisedRank(recordId) {
      if (gone((change) => change.settle ?? []).has(recordId)) return null;
      return held.promisedRank(recordId) ?? (await read((open) => open.promisedRank(recordId), null));
    },
    totals() {
      const inMemory = held.totals();
      const none = { records: 0, blobs: 0, bytes: 0, quarantined: 0 };
      const onDisk = store?.totals() ?? none;
      return {
        records: onDisk.records + inMemory.records,
        blobs: onDisk.blobs,
        bytes: onDisk.bytes + inMemory.bytes,
        quarantined: onDisk.quarantined + inMemory.quarantined,
        dropped,
        lastSequence,
        held: inMemory.records,
        ...edges(store, held),
      };
    },
    takeLoss() {
      const lost = loss;
      loss = null;
      return lost;
    },
    dispose() {
      disposed = true;
      void retry?.dispose();
      closeStore();
    },
  };
}
