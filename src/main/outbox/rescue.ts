/**
 * Damaged databases that were set aside, until what can be read of them is in the new one.
 *
 * Invariants
 * - `outbox.unsaved-N.db` holds what is nowhere else. All that can be read of it is committed to the new database in
 *   one transaction; only then is it called `outbox.damaged-N.db`. No room for it, or a file that another program
 *   holds, means that it is tried again, in this run or the next.
 * - Killed between the two, its records are committed a second time: the server knows them by their ids.
 * - Of the saved ones the last two stay, for a technician.
 */
import type { Files } from '../ports/index.ts';
import { DATABASE, isRefusal, moveDatabase, removeDatabase } from './databaseFiles.ts';
import { salvage } from './salvage.ts';
import type { OutboxStore } from './store.ts';

const UNSAVED = /^outbox\.unsaved-(\d+)\.db$/;
const DAMAGED = /^outbox\.damaged-(\d+)\.db$/;
/** Damaged databases kept for a technician; older ones go. */
const KEPT_DAMAGED = 2;

export interface Saved {
  /** Whether there was anything to bring over, since the agent was started. */
  readonly found: boolean;
  /** Records brought over since the agent was started. */
  readonly records: number;
  /** The highest number that was read in any of them; 0 where there was none. */
  readonly highest: number;
  /** Nothing is left to bring over. */
  readonly complete: boolean;
}

export interface Rescue {
  /** Ends a move that was cut short. Rejects where it is refused again. */
  finishSetAside(): Promise<void>;
  /** Sets the database, which is closed, aside as damaged. Rejects where that is refused: then try again. */
  setAside(nowMs: number): Promise<void>;
  /** Brings all that can be read of what is set aside into `store`, as far as there is room. */
  save(store: OutboxStore): Promise<Saved>;
}

export function createRescue(
  files: Pick<Files, 'absolute' | 'list' | 'move' | 'remove'>,
  options: { readonly deviceId: string },
): Rescue {
  /** Committed in this run, though not called `damaged` yet. */
  const committed = new Set<number>();
  let records = 0;

  let highest = 0;
  let found = false;

  async function bringOver(mark: number, store: OutboxStore): Promise<void> {
    const name = `outbox.unsaved-${mark}.db`;
    if (!committed.has(mark)) {
      const saved = salvage(files.absolute(name), options.deviceId);
      if (saved === null) return moveDatabase(files, name, `outbox.former-${mark}.db`);
      for (const { sequence } of saved.put) highest = Math.max(highest, sequence);
      store.commit({ ...saved, lastSequence: Math.max(highest, store.totals().lastSequence) });
      committed.add(mark);
      records += saved.put.length;
    }
    await moveDatabase(files, name, `outbox.damaged-${mark}.db`);
  }

  async function forgetOldDamage(): Promise<void> {
    for (const mark of marks(await files.list(''), DAMAGED).slice(0, -KEPT_DAMAGED)) {
      await removeDatabase(files, `outbox.damaged-${mark}.db`);
    }
  }

  return {
    async finishSetAside() {
      const names = await files.list('');
      const last = marks(names, UNSAVED).at(-1);
      if (last === undefined || names.includes(DATABASE)) return;
      await moveDatabase(files, DATABASE, `outbox.unsaved-${last}.db`);
    },
    async setAside(nowMs) {
      const names = await files.list('');
      const last = Math.max(...marks(names, UNSAVED), ...marks(names, DAMAGED));
      // A clock that was set back, or two in one millisecond, must not bring one name twice.
      await moveDatabase(files, DATABASE, `outbox.unsaved-${Math.max(nowMs, last + 1)}.db`);
    },
    async save(store) {
      let complete = true;
      const listed = await goesThrough(async () => {
        for (const mark of marks(await files.list(''), UNSAVED)) {
          found = true;
          if (!(await goesThrough(() => bringOver(mark, store)))) complete = false;
        }
      });
      // Refused now, it is done the next time.
      await goesThrough(forgetOldDamage);
      return { found, records, highest, complete: complete && listed };
    },
  };
}

/** False where the disk or another program refuses. */
async function goesThrough(task: () => Promise<void>): Promise<boolean> {
  try {
    await task();
    return true;
  } catch (failure) {
    if (isRefusal(failure)) return false;
    throw failure;
  }
}

/** The numbers in the names that fit, in order. */
function marks(names: readonly string[], pattern: RegExp): number[] {
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}
