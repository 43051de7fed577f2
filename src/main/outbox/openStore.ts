import type { Files } from '../ports/index.ts';
import type { Ceiling } from './ceiling.ts';
import { DATABASE, isRefusal, moveDatabase } from './databaseFiles.ts';
import { type Opened, openDatabase } from './openDatabase.ts';
import type { Rescue } from './rescue.ts';
import type { OutboxStore } from './store.ts';

export interface StoreDeps {
  readonly files: Pick<Files, 'absolute' | 'move'>;
  readonly ceiling: Pick<Ceiling, 'doubt' | 'known' | 'reset'>;
  readonly rescue: Pick<Rescue, 'finishSetAside' | 'setAside'>;
}

/** What was found when the store was opened, for health and for the admission of a loss. */
export interface OpenReport {
  /** Null where there is no room for a database, or another program holds it: try again. */
  readonly store: OutboxStore | null;
  /**
   * `damaged`: set aside. `missing`: numbers were given out, but the file is gone.
   * `memory`: the agent was killed while a full disk kept its last records in memory.
   */
  readonly loss: null | {
    readonly why: 'damaged' | 'missing' | 'memory';
    /** The first number that may be lost; the last one is `lastSequence`. */
    readonly from: number;
  };
  /** Numbers go on above this one. */
  readonly lastSequence: number;
}

const NOTHING = { store: null, loss: null, lastSequence: 0 } as const;

export interface StoreOptions {
  readonly deviceId: string;
  /** For tests of a full disk. */
  readonly maxPages?: number;
}

/**
 * Opens the store; sets a damaged database aside and starts a new one. `nowMs` makes the set-aside name unique;
 * `knownDamaged` is for damage found while running.
 */
export async function openStore(
  deps: StoreDeps,
  options: StoreOptions,
  nowMs: number,
  knownDamaged = false,
): Promise<OpenReport> {
  try {
    return await openOrReplace(deps, options, nowMs, knownDamaged);
  } catch (failure) {
    if (isRefusal(failure)) return NOTHING;
    throw failure;
  }
}

async function openOrReplace(
  { files, ceiling, rescue }: StoreDeps,
  options: StoreOptions,
  nowMs: number,
  knownDamaged: boolean,
): Promise<OpenReport> {
  const path = files.absolute(DATABASE);
  const open = (): Opened => openDatabase(path, options.deviceId, options.maxPages);

  await rescue.finishSetAside();
  const first: Opened = knownDamaged ? { kind: 'damaged' } : open();
  if (first.kind === 'no_room') return NOTHING;
  if (first.kind === 'open') return continueNumbers(first);
  if (first.kind === 'foreign') {
    // First, so that a database that cannot be moved now is found in the same state later.
    await ceiling.reset();
    await moveDatabase(files, DATABASE, `outbox.former-${nowMs}.db`);
    const fresh = open();
    return { ...NOTHING, store: fresh.kind === 'open' ? fresh.store : null };
  }

  // Until the loss is admitted in a record that is on disk.
  await ceiling.doubt(true);
  await rescue.setAside(nowMs);
  const fresh = open();
  return {
    store: fresh.kind === 'open' ? fresh.store : null,
    loss: { why: 'damaged', from: 1 },
    lastSequence: ceiling.known().highest,
  };

  /** Above what may have been given out: the old database was deleted, or its last numbers never reached it. */
  async function continueNumbers({ store, created }: Opened & { kind: 'open' }): Promise<OpenReport> {
    const { highest, inDoubt } = ceiling.known();
    const { lastSequence } = store.totals();
    if (highest <= lastSequence || (!created && !inDoubt)) return { store, loss: null, lastSequence };
    await ceiling.doubt(true);
    const why = created ? 'missing' : 'memory';
    return { store, loss: { why, from: lastSequence + 1 }, lastSequence: highest };
  }
}
