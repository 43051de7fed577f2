import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Files } from '../../ports/index.ts';

/** How long a watched file must be quiet before a change is told, so that half-written files are not read. */
const SETTLE_MS = 200;

function isMissing(failure: unknown): boolean {
  return (
    failure instanceof Error && 'code' in failure && (failure.code === 'ENOENT' || failure.code === 'ENOTDIR')
  );
}

/** Syncs a folder, so that a rename in it survives a power cut. Windows cannot and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Files below `root` (absolute). Invariants: no path leaves `root` (a path that would is a bug and
 * throws); a write is seen whole or not at all, and is on disk when its promise resolves.
 */
export function createFiles(options: { readonly root: string }): Files {
  const root = resolve(options.root);
  let temporaryCount = 0;

  function absolute(path: string): string {
    const full = resolve(root, path);
    const inside = relative(root, full);
    if (inside === '..' || inside.startsWith(`..${sep}`)) throw new Error('path leaves the data folder');
    return full;
  }

  return {
    absolute,
    async read(path) {
      try {
        return await readFile(absolute(path));
      } catch (failure) {
        if (isMissing(failure)) return null;
        throw failure;
      }
    },
    async writeAtomic(path, bytes) {
      const target = absolute(path);
      const folder = dirname(target);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      temporaryCount += 1;
      const temporary = join(folder, `.${process.pid}-${temporaryCount}.tmp`);
      try {
        const handle = await open(temporary, 'w', 0o600);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, target);
      } catch (failure) {
        await rm(temporary, { force: true });
        throw failure;
      }
      await syncFolder(folder);
    },
    async remove(path) {
      await rm(absolute(path), { force: true });
    },
    async move(from, to) {
      const target = absolute(to);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      try {
        await rename(absolute(from), target);
      } catch (failure) {
        if (isMissing(failure)) return;
        throw failure;
      }
      await syncFolder(dirname(target));
    },
    async list(folder) {
      try {
        const names = await readdir(absolute(folder));
        return names.filter((name) => !name.endsWith('.tmp')).sort();
      } catch (failure) {
        if (isMissing(failure)) return [];
        throw failure;
      }
    },
    watch(folder, onChange) {
      const full = absolute(folder);
      // Loaded on first use: most machines watch no folder, and chokidar would cost them memory for nothing.
      const watcher = mkdir(full, { recursive: true, mode: 0o700 })
        .then(() => import('chokidar'))
        .then(({ watch }) =>
          watch(full, { ignoreInitial: true, awaitWriteFinish: { stabilityThreshold: SETTLE_MS } })
            .on('all', onChange)
            // Without a listener an error of the watcher would end the agent.
            .on('error', () => undefined),
        );
      return { dispose: async () => (await watcher).close() };
    },
  };
}
