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
 * - A database that cannot be opened, replaced or read just now (a full disk, another program that holds it) is no
 *   reason to stop: it is as good as no room, and tried again.
 */
import type { Disposable } from '#kernel';
import { createDiskHealth } from './diskHealth.ts';
import type { Disk, DiskDeps, LostNumbers } from './diskTypes.ts';
import { countFormer } from './former.ts';
import { createMemoryStore } from './memoryStore.ts';
import { edges, merge } from './merge.ts';
import { type OpenReport, openStore, type StoreOptions } from './openStore.ts';
import { createRescue } from './rescue.ts';
import { type Change, type OutboxStore, StoreFailure } from './store.ts';

const RETRY_MS = 5_000;
/** The reserve and a damaged database are large, so a full disk is not asked for their room as often. */
const LARGE_RETRY_MS = 60_000;
/** Records of one transaction when memory goes back to disk. */
const FLUSH_GROUP = 32;

/** Opens the store. Where there is no room even for that, all is held in memory until there is. */
export async function createDisk(deps: DiskDeps, options: StoreOptions): Promise<Disk> {
  const { ceiling, reserve } = deps;
  const rescue = createRescue(deps.files, options);
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
    const opened = await openStore({ ...deps, rescue }, options, deps.timers.now(), knownDamaged);
    const report = forThisRun(opened);
    store = report.store;
    lastSequence = Math.max(lastSequence, report.lastSequence);
    if (store === null) {
      guess();
      scheduleRetry(RETRY_MS);
    } else {
      await saveDamaged();
      const known = store.totals();
      if (guessed !== null && guessed > known.lastSequence) lose(1, guessed);
      dropped = Math.max(dropped, known.dropped);
      guessed = null;
    }
    if (report.loss !== null) lose(report.loss.from, lastSequence);
    health.opened(report);
    health.former(await countFormer(deps.files));
  }

  /** Brings over what damaged databases still hold; what cannot be brought over now is tried again. True: some was. */
  async function saveDamaged(): Promise<boolean> {
    if (store === null) return false;
    const before = store.totals().records;
    const saved = await rescue.save(store);
    lastSequence = Math.max(lastSequence, saved.highest);
    health.saved(saved);
    if (!saved.complete) scheduleRetry(LARGE_RETRY_MS);
    return store.totals().records > before;
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
        const wasOpen = store !== null;
        if (!wasOpen) await open(false);
        if (store === null || !(await flush())) return scheduleRetry(RETRY_MS);
        const recovered = !wasOpen || (await saveDamaged());
        await restoreReserve();
        await tell();
        if (recovered) await deps.recovered();
      });
    });
  }

  async function restoreReserve(): Promise<void> {
    if (!(await reserve.keep())) scheduleRetry(LARGE_RETRY_MS);
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
        scheduleRetry(LARGE_RETRY_MS);
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
