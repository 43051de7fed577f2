import type { Files } from '../ports/index.ts';

/** The file is empty: what it says is its name, because a full disk still takes a new name. */
const NAME = /^outbox\.ceiling-(\d{1,15})(-in-doubt)?$/;
/** How many numbers one change of the name covers. */
const STEP = 1_024;

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
  known(): KnownNumbers;
  /** Makes sure that the file covers `sequence`. A disk that refuses is no reason to stop: the next call tries again. */
  cover(sequence: number): Promise<void>;
  /** From now on numbers are in memory alone (`true`), or all are in the database again. */
  doubt(inDoubt: boolean): Promise<void>;
  /** Forgets it: another device begins at 1. */
  reset(): Promise<void>;
}

/** Reads what an earlier run left. */
export async function createCeiling(
  files: Pick<Files, 'list' | 'move' | 'remove' | 'writeAtomic'>,
): Promise<Ceiling> {
  let known: KnownNumbers = { highest: 0, inDoubt: false };
  for (const name of await files.list('')) {
    const [, number, doubted] = NAME.exec(name) ?? [];
    if (number === undefined || Number(number) <= known.highest) continue;
    known = { highest: Number(number), inDoubt: doubted !== undefined };
  }

  async function become(next: KnownNumbers): Promise<void> {
    try {
      if (known.highest === 0) await files.writeAtomic(nameOf(next), new Uint8Array());
      else await files.move(nameOf(known), nameOf(next));
      known = next;
    } catch {
      // A disk that takes no name either: tried again with the next record.
    }
  }

  return {
    known: () => known,
    async cover(sequence) {
      if (sequence > known.highest) await become({ ...known, highest: sequence + STEP });
    },
    async doubt(inDoubt) {
      if (inDoubt === known.inDoubt) return;
      if (known.highest > 0) await become({ ...known, inDoubt });
    },
    async reset() {
      await files.remove(nameOf(known));
      known = { highest: 0, inDoubt: false };
    },
  };
}

function nameOf({ highest, inDoubt }: KnownNumbers): string {
  return `outbox.ceiling-${highest}${inDoubt ? '-in-doubt' : ''}`;
}
