/**
 * The store on disk, with memory behind it while the disk is full.
 *
 * Invariants
 * - What `commit` called `written` is on disk; what it called `held` is in memory and goes to disk, oldest first, as
 *   soon as a write succeeds again (tried with each commit and every `RETRY_MS`).
 * - Sequence numbers in memory are above all on disk.
 * - An acknowledgement that could not be written is remembered: what it removed is not offered again.
 * - A damaged database is replaced in the middle of any operation, which is then done on the new one.
 */
import type { Disposable, Timers } from '#kernel';
import type { SourceHealth } from '../ports/index.ts';
import { createDiskHealth } from './diskHealth.ts';
import { createMemoryStore } from './memoryStore.ts';
import { openStore, type StoreDeps, type StoreOptions } from './openStore.ts';
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
/** Records of one transaction when memory goes back to disk. */
const FLUSH_GROUP = 32;

export interface DiskDeps extends StoreDeps {
  readonly timers: Pick<Timers, 'after' | 'now'>;
  /** Everything that calls in here runs inside it; so does the retry of a full disk. */
  readonly serial: Serial;
  readonly health: { report(part: string, health: SourceHealth): void };
}

export interface Disk {
  /** Writes, or keeps in memory what cannot be written now. */
  commit(change: Change): Promise<'written' | 'held'>;
  /** Writes, or does nothing. */
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
  /** If a database was lost since the last call: the highest number that may have been in it. */
  takeLoss(): number | null;
  dispose(): void;
}

/** Opens the store. Where there is no room even for that, all is held in memory until there is. */
export async function createDisk(deps: DiskDeps, options: StoreOptions): Promise<Disk> {
  const health = createDiskHealth(deps.health);
  let store: OutboxStore | null = null;
  const held = createMemoryStore();
  let unwritten: Change[] = [];
  let lastSequence = 0;
  let dropped = 0;
  let loss: number | null = null;
  /** Where the numbers began although the database could not be read; null where it could. */
  let guessed: number | null = null;
  let retry: Disposable | null = null;
  let disposed = false;

  await open(false);

  async function open(knownDamaged: boolean): Promise<void> {
    closeStore();
    const report = await openStore(deps, options, deps.timers.now(), knownDamaged);
    store = report.store;
    if (store === null) await guess();
    else {
      const known = store.totals();
      const jumped = guessed !== null && guessed > known.lastSequence;
      lastSequence = Math.max(lastSequence, known.lastSequence);
      dropped = Math.max(dropped, known.dropped);
      if (jumped) loss = guessed;
      guessed = null;
    }
    if (report.loss !== null) loss = lastSequence;
    health.opened(report);
  }

  /** The database cannot be read just now: numbers go on above any that may stand in it. */
  async function guess(): Promise<void> {
    if (lastSequence > 0 || guessed !== null) return;
    guessed = await deps.ceiling.read();
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
    scheduleRetry();
  }

  function scheduleRetry(): void {
    if (disposed || retry !== null) return;
    retry = deps.timers.after(RETRY_MS, () => {
      retry = null;
      void deps.serial.run(async () => {
        if (disposed) return;
        if (await flush()) health.room(true);
        else scheduleRetry();
      });
    });
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
      const written = (await write(change)) === 'written';
      remember(change);
      if (!written) holdInMemory(change);
      health.room(written);
      return written ? 'written' : 'held';
    },
    async tryCommit(change) {
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
      const chosen: StoredRecord[] = [];
      let bytes = 0;
      const inOrder = [...fromDisk, ...fromMemory].sort(
        (one, other) => one.rank - other.rank || one.sequence - other.sequence,
      );
      for (const record of inOrder) {
        bytes += record.envelope.length;
        if (chosen.length >= limits.maxRecords || (chosen.length > 0 && bytes > limits.maxBytes)) break;
        chosen.push(record);
      }
      return chosen;
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
        ...edge(),
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

  /** The oldest and the most urgent; unknown for a moment where the database is just found damaged. */
  function edge(): { readonly oldestAt: number | null; readonly topRank: number | null } {
    try {
      const oldest = [store?.oldestAt(), held.oldestAt()].filter((at) => at != null);
      const top = [store?.topRank(), held.topRank()].filter((rank) => rank != null);
      return {
        oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
        topRank: top.length === 0 ? null : Math.min(...top),
      };
    } catch (failure) {
      if (failure instanceof StoreFailure) return { oldestAt: null, topRank: null };
      throw failure;
    }
  }
}
