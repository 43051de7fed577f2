import type { Files } from '../ports/index.ts';
import type { Ceiling } from './ceiling.ts';
import { type Opened, openDatabase } from './openDatabase.ts';
import { salvage } from './salvage.ts';
import type { OutboxStore } from './store.ts';

const DATABASE = 'outbox.db';
/** What SQLite keeps beside a database, and the database itself. */
export const COMPANIONS = ['', '-wal', '-shm', '-journal'];
/** Damaged databases kept for a technician; older ones go. */
const KEPT_DAMAGED = 2;

export interface StoreDeps {
  readonly files: Pick<Files, 'absolute' | 'list' | 'move' | 'remove'>;
  readonly ceiling: Ceiling;
}

/** What was found when the store was opened, for health and for the admission of a loss. */
export interface OpenReport {
  /** Null where there is no room for a database just now. */
  readonly store: OutboxStore | null;
  /**
   * `damaged`: set aside, with so many records saved. `missing`: numbers were given out, but the file is gone.
   * `memory`: the agent was killed while a full disk kept its last records in memory.
   */
  readonly loss: null | {
    readonly why: 'damaged' | 'missing' | 'memory';
    readonly salvaged: number;
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
 * Opens the store; sets a damaged database aside, saves what can be read and starts a new one. `nameMark` makes the
 * set-aside name unique; `knownDamaged` is for damage found while running.
 */
export async function openStore(
  deps: StoreDeps,
  options: StoreOptions,
  nameMark: number,
  knownDamaged = false,
): Promise<OpenReport> {
  const { files, ceiling } = deps;
  const path = files.absolute(DATABASE);
  const open = (): Opened => openDatabase(path, options.deviceId, options.maxPages);

  const first: Opened = knownDamaged ? { kind: 'damaged' } : open();
  if (first.kind === 'no_room') return NOTHING;
  if (first.kind === 'open') return continueNumbers(first);
  if (first.kind === 'foreign') {
    await setAside(`outbox.former-${nameMark}.db`);
    await ceiling.reset();
    const fresh = open();
    return { ...NOTHING, store: fresh.kind === 'open' ? fresh.store : null };
  }

  const aside = `outbox.damaged-${nameMark}.db`;
  // Until the loss is admitted in a record that is on disk.
  await ceiling.doubt(true);
  await setAside(aside);
  const saved = salvage(files.absolute(aside));
  const fresh = open();
  await forgetOldDamage();
  const loss = { why: 'damaged', salvaged: saved.put.length, from: 1 } as const;
  const { highest } = ceiling.known();
  const highestSaved = saved.put.reduce((most, record) => Math.max(most, record.sequence), 0);
  const lastSequence = Math.max(highest, highestSaved);
  if (fresh.kind !== 'open') return { store: null, loss, lastSequence };
  fresh.store.commit({ ...saved, lastSequence: highestSaved });
  return { store: fresh.store, loss, lastSequence };

  /** Above what may have been given out: the old database was deleted, or its last numbers never reached it. */
  async function continueNumbers({ store, created }: Opened & { kind: 'open' }): Promise<OpenReport> {
    const { highest, inDoubt } = ceiling.known();
    const { lastSequence } = store.totals();
    if (highest <= lastSequence || (!created && !inDoubt)) return { store, loss: null, lastSequence };
    await ceiling.doubt(true);
    const why = created ? 'missing' : 'memory';
    const loss = { why, salvaged: 0, from: lastSequence + 1 } as const;
    return { store, loss, lastSequence: highest };
  }

  async function setAside(name: string): Promise<void> {
    for (const companion of COMPANIONS) await files.move(DATABASE + companion, name + companion);
  }

  async function forgetOldDamage(): Promise<void> {
    const names = (await files.list('')).filter((name) => /^outbox\.damaged-\d+\.db$/.test(name));
    names.sort((one, other) => Number(one.replace(/\D/g, '')) - Number(other.replace(/\D/g, '')));
    for (const name of names.slice(0, -KEPT_DAMAGED)) {
      for (const companion of COMPANIONS) await files.remove(name + companion);
    }
  }
}
