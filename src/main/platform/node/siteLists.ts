import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable, Timers } from '#kernel';
import type { SiteListLines } from '#match';

/** How long the folder must be quiet before it is read again: a list may be copied in parts. */
const SETTLE_MS = 1_000;
/** How often it is looked whether there is such a folder: one question to the file system. */
const LOOK_AGAIN_MS = 300_000;

/** By hand, because readline tells a stream's failure to nobody who waits for the lines. */
async function* linesOf(path: string): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/**
 * The site lists in a folder and below, in order of name. No such folder: none. A folder that cannot be read gives
 * one list that cannot be read either, so that it is told and not taken for an empty folder.
 */
export async function listsBelow(folder: string): Promise<readonly SiteListLines[]> {
  try {
    const names = (await readdir(folder, { recursive: true }))
      .filter((name) => name.endsWith('.list'))
      .sort();
    return names.map((name) => ({ name, lines: () => linesOf(join(folder, name)) }));
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return [];
    const lines = () => {
      throw failure;
    };
    return [{ name: 'lists', lines }];
  }
}

const machineListsFolder = (machineFolder: string) => join(machineFolder, 'lists');

/** The lists an administrator put into the machine's Lapwing folder (`machineFolder`, absolute), as `listsBelow`. */
export function machineListsBelow(machineFolder: string): Promise<readonly SiteListLines[]> {
  return listsBelow(machineListsFolder(machineFolder));
}

/** The folder's own mark, another one when it was made anew; null where there is none. */
async function markOf(folder: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() ? `${found.ino} ${found.birthtimeMs}` : null;
}

/**
 * The lists an administrator put into the folder `lists` of the machine's Lapwing folder (`machineFolder`, absolute).
 * The agent never makes or writes either folder. A change in it is told within seconds; that the folder itself was
 * made, taken away or replaced, within five minutes.
 */
export function createMachineLists(
  deps: { readonly timers: Pick<Timers, 'every'> },
  machineFolder: string,
): {
  read(): Promise<readonly SiteListLines[]>;
  watch(onChange: () => void): Disposable;
} {
  const folder = machineListsFolder(machineFolder);

  async function watchFolder(onChange: () => void, onReady: () => void): Promise<() => Promise<void>> {
    // Loaded only where there is a folder: most machines have none, and it would cost them memory for nothing.
    const { watch } = await import('chokidar');
    const options = { ignoreInitial: true, awaitWriteFinish: { stabilityThreshold: SETTLE_MS } };
    const watcher = watch(folder, options)
      .on('all', onChange)
      .on('ready', onReady)
      .on('error', () => undefined);
    return () => watcher.close();
  }

  return {
    read: () => machineListsBelow(machineFolder),
    watch(onChange) {
      let disposed = false;
      /** Undefined before the first look, which is no change. */
      let watched: string | null | undefined;
      let close: (() => Promise<void>) | null = null;
      let looking = look();
      const looks = deps.timers.every(LOOK_AGAIN_MS, () => {
        looking = looking.then(look);
      });

      async function look(): Promise<void> {
        const mark = await markOf(folder);
        if (disposed || mark === watched) return;
        const isFirst = watched === undefined;
        watched = mark;
        await close?.();
        const tell = () => {
          if (!isFirst && !disposed) onChange();
        };
        // Told when changes are heard of, so that none falls between the reading that follows and the watch.
        if (mark !== null) close = await watchFolder(onChange, tell);
        else {
          close = null;
          tell();
        }
      }

      return {
        async dispose() {
          disposed = true;
          await looks.dispose();
          await looking;
          await close?.();
        },
      };
    },
  };
}
