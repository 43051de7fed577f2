import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a disk is made full: a small file system of its own, or a limit on the files of one process. */
export type FullDisk = 'tmpfs' | 'fileSizeLimit';

/** The disk of one agent. */
export interface Disk {
  /**
   * Fills it to the last byte; false where it is full already or cannot be. `greedy`: whatever is given up is taken at
   * once, as a download that goes on would; otherwise the first file that is removed makes room.
   */
  fill(greedy: boolean): Promise<boolean>;
  empty(): Promise<void>;
  isFull(): boolean;
  /** The agent has started as this process. */
  adopt(processId: number): Promise<void>;
  /** Takes the disk away; `keep` leaves a copy of what was on it in its place. */
  dispose(keep: boolean): Promise<void>;
}

/** Room for the agent's reserve, its journal and some minutes of pictures. */
const SIZE_BYTES = 32 * 1024 * 1024;
const CHUNKS = [new Uint8Array(65_536), new Uint8Array(4_096), new Uint8Array(1)];
const GREEDY_EVERY_MS = 5;
const LIMIT_BYTES = 4_096;

export async function createDisk(kind: FullDisk, folder: string): Promise<Disk> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return kind === 'tmpfs' ? createSmallFileSystem(folder) : createFileSizeLimit();
}

async function createSmallFileSystem(folder: string): Promise<Disk> {
  const ballast = join(folder, 'ballast');
  let greed: NodeJS.Timeout | null = null;
  let full = false;
  await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES},mode=700`, 'lapwing-torture', folder]);

  function fillUp(): void {
    const file = openSync(ballast, 'a');
    try {
      for (const chunk of CHUNKS) writeUntilFull(file, chunk);
    } finally {
      closeSync(file);
    }
  }

  function letGo(): void {
    full = false;
    if (greed !== null) clearInterval(greed);
    greed = null;
    rmSync(ballast, { force: true });
  }

  return {
    async fill(greedy) {
      if (full) return false;
      full = true;
      fillUp();
      if (greedy) greed = setInterval(fillUp, GREEDY_EVERY_MS);
      return true;
    },
    async empty() {
      letGo();
    },
    isFull: () => full,
    adopt: async () => undefined,
    async dispose(keep) {
      letGo();
      const copy = `${folder}.kept`;
      if (keep) await cp(folder, copy, { recursive: true });
      await run('umount', [folder]);
      if (!keep) return;
      await rm(folder, { recursive: true });
      await rename(copy, folder);
    },
  };
}

function writeUntilFull(file: number, chunk: Uint8Array): void {
  for (;;) {
    try {
      writeSync(file, chunk);
    } catch (failure) {
      if (failure instanceof Error && 'code' in failure && failure.code === 'ENOSPC') return;
      throw failure;
    }
  }
}

/** Where nothing can be mounted: each file of the process may only be so long, which SQLite reports as a failed write. */
function createFileSizeLimit(): Disk {
  let full = false;
  let process: number | null = null;

  async function limit(bytes: string): Promise<boolean> {
    if (process === null) return false;
    return run('prlimit', ['--pid', String(process), `--fsize=${bytes}:unlimited`]).then(
      () => true,
      () => false,
    );
  }

  return {
    async fill() {
      if (full) return false;
      full = await limit(String(LIMIT_BYTES));
      return full;
    },
    async empty() {
      full = false;
      await limit('unlimited');
    },
    isFull: () => full,
    async adopt(processId) {
      process = processId;
      if (full) await limit(String(LIMIT_BYTES));
    },
    dispose: async () => undefined,
  };
}
