import type { Files } from '../ports/index.ts';

const FILE = 'outbox.ceiling';
/** How many numbers one write of the file covers. */
const STEP = 1_024;

/**
 * A number that no sequence number given out so far exceeds, kept in a file of its own. The database knows the
 * exact last number; this is what is left when the database is lost, so that no number is given out twice.
 */
export interface Ceiling {
  /** 0 where there is none yet. */
  read(): Promise<number>;
  /** Makes sure that the file covers `sequence`. A full disk is no reason to stop: the next call tries again. */
  cover(sequence: number): Promise<void>;
  /** Forgets it: another device begins at 1. */
  reset(): Promise<void>;
}

export function createCeiling(files: Pick<Files, 'read' | 'remove' | 'writeAtomic'>): Ceiling {
  let covered = 0;
  return {
    async read() {
      const bytes = await files.read(FILE);
      const number = bytes === null ? 0 : Number(new TextDecoder().decode(bytes));
      covered = Number.isSafeInteger(number) && number > 0 ? number : 0;
      return covered;
    },
    async reset() {
      covered = 0;
      await files.remove(FILE);
    },
    async cover(sequence) {
      if (sequence <= covered) return;
      const next = sequence + STEP;
      try {
        await files.writeAtomic(FILE, new TextEncoder().encode(String(next)));
        covered = next;
      } catch {
        // Reported by the write of the record itself, which finds the same full disk.
      }
    },
  };
}
