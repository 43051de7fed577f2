import type { Files } from '../ports/index.ts';

const FILE = 'outbox.ceiling';
/** The same file while numbers are given out that stand in memory alone: a new name needs no room on a full disk. */
const IN_DOUBT = 'outbox.ceiling-in-doubt';
/** How many numbers one write of the file covers. */
const STEP = 1_024;
/** At least so many numbers are covered ahead: a full disk finds them ready. */
const AHEAD = STEP / 2;

/** What is known of the numbers given out so far. */
export interface KnownNumbers {
  /** None given out so far exceeds it; 0 where there is none yet. */
  readonly highest: number;
  /** Numbers above those in the database may have been given out, and what they stood for is lost. */
  readonly inDoubt: boolean;
}

/**
 * A number that no sequence number given out so far exceeds, kept in a file of its own. The database knows the exact
 * last number; this is what is left when the database is lost, or when the agent was killed while a full disk kept
 * its last records in memory: so no number is given out twice.
 */
export interface Ceiling {
  read(): Promise<KnownNumbers>;
  /** Makes sure that the file covers `sequence`. A full disk is no reason to stop: the next call tries again. */
  cover(sequence: number): Promise<void>;
  /** From now on numbers are in memory alone (`true`), or all are in the database again. */
  doubt(inDoubt: boolean): Promise<void>;
  /** Forgets it: another device begins at 1. */
  reset(): Promise<void>;
}

export function createCeiling(files: Pick<Files, 'move' | 'read' | 'remove' | 'writeAtomic'>): Ceiling {
  let covered = 0;
  let doubted = false;
  return {
    async read() {
      const sure = await files.read(FILE);
      const bytes = sure ?? (await files.read(IN_DOUBT));
      doubted = sure === null && bytes !== null;
      const number = bytes === null ? 0 : Number(new TextDecoder().decode(bytes));
      covered = Number.isSafeInteger(number) && number > 0 ? number : 0;
      return { highest: covered, inDoubt: doubted };
    },
    async reset() {
      covered = 0;
      doubted = false;
      await files.remove(FILE);
      await files.remove(IN_DOUBT);
    },
    async cover(sequence) {
      if (sequence + AHEAD <= covered) return;
      const next = sequence + STEP;
      try {
        await files.writeAtomic(doubted ? IN_DOUBT : FILE, new TextEncoder().encode(String(next)));
        covered = next;
      } catch {
        // Reported by the write of the record itself, which finds the same full disk.
      }
    },
    async doubt(inDoubt) {
      if (doubted === inDoubt) return;
      const [from, to] = inDoubt ? [FILE, IN_DOUBT] : [IN_DOUBT, FILE];
      try {
        await files.move(from, to);
        doubted = inDoubt;
      } catch {
        // A disk that takes no new name either: tried again with the next record.
      }
    },
  };
}
