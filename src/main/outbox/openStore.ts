import type { Files } from '../ports/index.ts';
import type { Ceiling } from './ceiling.ts';
import { type Opened, openDatabase } from './openDatabase.ts';
import { salvage } from './salvage.ts';
import type { OutboxStore } from './store.ts';

const DATABASE = 'outbox.db';
const COMPANIONS = ['', '-wal', '-shm', '-journal'];
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
  /** `damaged`: set aside, with so many records saved. `missing`: numbers were given out, but the file is gone. */
  readonly loss: null | { readonly why: 'damaged' | 'missing'; readonly salvaged: number };
  /** Records of an earlier enrolment were set aside. */
  readonly foreign: boolean;
}

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

  const existed = (await files.list('')).includes(DATABASE);
  const first: Opened = knownDamaged ? { kind: 'damaged' } : open();
  if (first.kind === 'no_room') return { store: null, loss: null, foreign: false };
  if (first.kind === 'open') return continueNumbers(first.store);
  if (first.kind === 'foreign') {
    await setAside(`outbox.former-${nameMark}.db`);
    await ceiling.reset();
    const fresh = open();
    return { store: fresh.kind === 'open' ? fresh.store : null, loss: null, foreign: true };
  }

  const aside = `outbox.damaged-${nameMark}.db`;
  await setAside(aside);
  const saved = salvage(files.absolute(aside));
  const fresh = open();
  await forgetOldDamage();
  const loss = { why: 'damaged', salvaged: saved.put.length } as const;
  if (fresh.kind !== 'open') return { store: null, loss, foreign: false };
  const highest = saved.put.reduce((most, record) => Math.max(most, record.sequence), 0);
  fresh.store.commit({ ...saved, lastSequence: Math.max(highest, await ceiling.read()) });
  return { store: fresh.store, loss, foreign: false };

  /** A new, empty database where numbers were given out before: the old one was deleted. */
  async function continueNumbers(store: OutboxStore): Promise<OpenReport> {
    const highest = await ceiling.read();
    if (existed || highest === 0) return { store, loss: null, foreign: false };
    store.commit({ lastSequence: highest });
    return { store, loss: { why: 'missing', salvaged: 0 }, foreign: false };
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
