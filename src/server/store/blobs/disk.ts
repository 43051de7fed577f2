import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, writeAtomic } from '../../platform/files.ts';
import type { Random } from '../../platform/random.ts';
import type { BlobStore } from './types.ts';

/** Parts older than this belong to a writer that was killed. */
const STALE_PART_MS = 60 * 60 * 1000;

/**
 * Blobs as files: `FOLDER/ab/abcd...`. A file appears under its name only when it is whole and synced; what a
 * killed server leaves behind is a part in `FOLDER/parts`, which the next one removes (`nowMs`: wall time).
 */
export async function createDiskBlobs(
  deps: { readonly random: Pick<Random, 'id'> },
  options: { readonly folder: string; readonly nowMs: number },
): Promise<BlobStore> {
  const parts = join(options.folder, 'parts');
  await mkdir(parts, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parts)) {
    const path = join(parts, name);
    const { mtimeMs } = await stat(path);
    if (options.nowMs - mtimeMs > STALE_PART_MS) await rm(path, { force: true });
  }
  const pathOf = (sha256: string) => join(options.folder, sha256.slice(0, 2), sha256);

  return {
    async put(sha256, bytes) {
      if (await exists(pathOf(sha256))) return;
      await writeAtomic(pathOf(sha256), bytes, join(parts, `${deps.random.id()}.part`));
    },
    async get(sha256) {
      try {
        return await readFile(pathOf(sha256));
      } catch (failure) {
        if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw failure;
      }
    },
    has: (sha256) => exists(pathOf(sha256)),
  };
}
