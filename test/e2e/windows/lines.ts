import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 20;

/** The JSON lines another program appends to a file. */
export interface Lines<Line> {
  /** The first line from `from` on that fits, waiting for it. Throws after `timeoutMs`, telling what came instead. */
  until(fits: (line: Line) => boolean, timeoutMs?: number): Promise<Line>;
  all(): Promise<readonly Line[]>;
  /** Forgets what came so far: `until` looks only at later lines. */
  skip(): Promise<void>;
}

/** Reads a file that may not be there yet. */
export function followLines<Line>(path: string): Lines<Line> {
  let skipped = 0;

  async function all(): Promise<readonly Line[]> {
    const text = await readFile(path, 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  return {
    all,
    async skip() {
      skipped = (await all()).length;
    },
    async until(fits, timeoutMs = 10_000) {
      const deadlineMs = performance.now() + timeoutMs;
      for (;;) {
        const lines = (await all()).slice(skipped);
        const found = lines.find(fits);
        if (found !== undefined) return found;
        if (performance.now() > deadlineMs) {
          throw new Error(`not seen within ${timeoutMs} ms; seen: ${JSON.stringify(lines).slice(0, 4_000)}`);
        }
        await delay(LOOK_MS);
      }
    },
  };
}
