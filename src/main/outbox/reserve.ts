import type { Files } from '../ports/index.ts';

const FILE = 'outbox.reserve';

/** Space on the disk that nobody uses, for the day when there is no other. */
export interface Reserve {
  /** Whether it is there to be given up. */
  inPlace(): boolean;
  /** Makes it where it is missing; false where the disk has no room for it. */
  keep(): Promise<boolean>;
  /** Gives its space to whoever writes next; false where there was nothing to give. */
  release(): Promise<boolean>;
}

/** `bytes`: its size; with 0 there is none, and none is missed. */
export async function createReserve(
  files: Pick<Files, 'list' | 'remove' | 'writeAtomic'>,
  bytes: number,
): Promise<Reserve> {
  let kept = bytes > 0 && (await files.list('')).includes(FILE);

  return {
    inPlace: () => kept || bytes === 0,
    async keep() {
      if (kept || bytes === 0) return true;
      try {
        await files.writeAtomic(FILE, incompressible(bytes));
        kept = true;
      } catch {
        // As full as before: tried again later.
      }
      return kept;
    },
    async release() {
      if (!kept) return false;
      try {
        await files.remove(FILE);
        kept = false;
      } catch {
        // A disk that cannot be written at all: what comes is kept in memory.
      }
      return !kept;
    },
  };
}

/** Bytes that a compressing file system cannot make small (xorshift32, Marsaglia 2003). */
function incompressible(bytes: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = 0x9e3779b9;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, bytes);
}
