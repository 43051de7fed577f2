import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Far above what anything takes, so that a busy machine is only slow. */
const DEADLINE_MS = 60_000;

/** The JSON lines another program appends to a file. */
export interface Lines<Line> {
  /** The first line that fits, waiting for it. Throws after a minute, telling what came instead. */
  until(fits: (line: Line) => boolean): Promise<Line>;
  all(): Promise<readonly Line[]>;
  /** Forgets what came so far: `until` and `all` look only at later lines. */
  skip(): Promise<void>;
}

/** Reads a file that may not be there yet. Its folder must be. */
export function followLines<Line>(path: string): Lines<Line> {
  let skipped = 0;

  async function everything(): Promise<readonly Line[]> {
    const text = await readFile(path, 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }
  const all = async () => (await everything()).slice(skipped);

  return {
    all,
    async skip() {
      skipped = (await everything()).length;
    },
    async until(fits) {
      const timeout = AbortSignal.timeout(DEADLINE_MS);
      const watcher = watch(dirname(path));
      try {
        for (;;) {
          const changed = new Promise<void>((resolve) => {
            watcher.once('change', () => resolve());
            timeout.addEventListener('abort', () => resolve(), { once: true });
          });
          const lines = await all();
          const found = lines.find(fits);
          if (found !== undefined) return found;
          if (timeout.aborted) {
            const seen = lines.slice(-12).map((line) => JSON.stringify(line).slice(0, 400));
            throw new Error(`not seen within ${DEADLINE_MS / 1000} s; last seen: ${seen.join(' ')}`);
          }
          await changed;
        }
      } finally {
        watcher.close();
      }
    },
  };
}
