import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXTENSION_ID_CHROMIUM } from '#contract';
import { buildRelay } from '../../tools/relay/build.ts';

const STARTS = 50;

/**
 * What one relay costs: `startMs` from spawning it to its orderly end when stdin closes, and its memory
 * (PSS, bytes) while it waits for an agent. Linux only: memory comes from `/proc/<pid>/smaps_rollup`.
 * Prints a line, or JSON with `--json`.
 */
export async function run(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-relay-'));
  try {
    const program = await buildRelay('native', folder);
    const start = () =>
      spawn(program, [`chrome-extension://${EXTENSION_ID_CHROMIUM}/`], {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: { XDG_RUNTIME_DIR: folder },
      });
    const times: number[] = [];
    for (let count = 0; count < STARTS; count++) {
      const before = performance.now();
      await end(start());
      times.push(performance.now() - before);
    }
    const waiting = start();
    await once(waiting, 'spawn');
    const pssBytes = await readPss(waiting.pid ?? 0);
    await end(waiting);

    times.sort((left, right) => left - right);
    const result = { startMs: { median: round(times[STARTS / 2]), max: round(times.at(-1)) }, pssBytes };
    console.log(
      args.includes('--json')
        ? JSON.stringify(result)
        : `relay: start and end ${result.startMs.median} ms (median of ${STARTS}), memory ${Math.round(pssBytes / 1024)} kB`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function end(relay: ChildProcess): Promise<void> {
  const ended = once(relay, 'exit');
  relay.stdin?.end();
  await ended;
}

async function readPss(pid: number): Promise<number> {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

function round(milliseconds: number | undefined): number {
  return Math.round((milliseconds ?? Number.NaN) * 100) / 100;
}
