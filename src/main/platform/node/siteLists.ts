import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '#kernel';

/** How long the folder must be quiet before it is read again: a list may be copied in parts. */
const SETTLE_MS = 1_000;

/** A `*.list` file; its lines come from a stream. */
export interface SiteListFile {
  readonly name: string;
  /** Fails where the file cannot be read. */
  lines(): AsyncIterable<string>;
}

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
export async function listsBelow(folder: string): Promise<readonly SiteListFile[]> {
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

/**
 * The lists an administrator put into the folder `lists` of the machine's Lapwing folder (`machineFolder`, absolute).
 * The agent never makes or writes either folder; one that is made later is watched from the next start.
 */
export function createMachineLists(machineFolder: string): {
  read(): Promise<readonly SiteListFile[]>;
  watch(onChange: () => void): Disposable;
} {
  const folder = join(machineFolder, 'lists');
  return {
    read: () => listsBelow(folder),
    watch(onChange) {
      let disposed = false;
      const watching = readdir(folder).then(
        async () => {
          // Loaded only where there is a folder: most machines have none, and it would cost them memory for nothing.
          const { watch } = await import('chokidar');
          if (disposed) return null;
          const options = { ignoreInitial: true, awaitWriteFinish: { stabilityThreshold: SETTLE_MS } };
          return watch(folder, options)
            .on('all', onChange)
            .on('error', () => undefined);
        },
        () => null,
      );
      return {
        async dispose() {
          disposed = true;
          await (await watching)?.close();
        },
      };
    },
  };
}
