import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createReserve } from '../../../src/main/outbox/reserve.ts';
import { createFiles } from '../../../src/main/platform/node/files.ts';
import { type Bench, captureOf, createBench } from './fixture.ts';

let bench: Bench;
let folder: string;

beforeEach(async () => {
  bench = await createBench();
  folder = bench.newFolder();
});
afterEach(() => bench.dispose());

describe('the reserve', () => {
  test('takes the space it says, which no file system can make small, and gives it back', async () => {
    const files = createFiles({ root: folder });
    const reserve = await createReserve(files, 100_000);
    expect(reserve.inPlace()).toBe(false);
    expect(await reserve.keep()).toBe(true);
    const bytes = readFileSync(join(folder, 'outbox.reserve'));
    expect(bytes).toHaveLength(100_000);
    expect(gzipSync(bytes).length).toBeGreaterThan(95_000);
    expect((await createReserve(files, 100_000)).inPlace()).toBe(true);
    expect(await reserve.release()).toBe(true);
    expect(await files.list('')).toEqual([]);
    expect([reserve.inPlace(), await reserve.release()]).toEqual([false, false]);
  });

  test('where there is no room for it, it is missing and asked for again', async () => {
    let full = true;
    const files = createFiles({ root: folder });
    const reserve = await createReserve(
      {
        ...files,
        writeAtomic: (path, bytes) =>
          full ? Promise.reject(new Error('ENOSPC')) : files.writeAtomic(path, bytes),
      },
      1_000,
    );
    expect([await reserve.keep(), reserve.inPlace()]).toEqual([false, false]);
    full = false;
    expect([await reserve.keep(), reserve.inPlace()]).toEqual([true, true]);
  });

  test('an outbox makes it when it is opened, and does without where none is wanted', async () => {
    await bench.open(folder, { reserveBytes: 50_000 });
    expect(statSync(join(folder, 'outbox.reserve')).size).toBe(50_000);
    const other = bench.newFolder();
    const outbox = await bench.open(other);
    await outbox.append(captureOf(bench.id(), 'low'));
    expect(await createFiles({ root: other }).list('')).not.toContain('outbox.reserve');
  });
});

/** A file system of 24 MB, seen by nobody else. */
const SMALL_DISK = 'mount -t tmpfs -o size=24m lapwing-test "$1"';
const namespace = (script: string, ...args: string[]) => ['-Urm', 'sh', '-c', script, 'sh', ...args];
const mayMount =
  process.platform === 'linux' && spawnSync('unshare', namespace(SMALL_DISK, '/mnt')).status === 0;

describe.runIf(mayMount)('on a disk without a byte left', () => {
  test('text is written to the reserve, pictures are not; what even that cannot hold is admitted after a kill', () => {
    const keyFile = join(bench.newFolder(), 'keys.json');
    writeFileSync(keyFile, JSON.stringify(bench.keys));
    const program = fileURLToPath(new URL('./onSmallDisk.ts', import.meta.url));
    const script = `${SMALL_DISK} || exit 1
"$2" "$3" fill "$1" "$4"
"$2" "$3" after "$1" "$4"
rm "$1/film.mp4"
"$2" "$3" after "$1" "$4"
true`;
    const args = namespace(script, folder, process.execPath, program, keyFile);
    const out = execFileSync('unshare', args, { encoding: 'utf8' });
    const [filled, onFull, withRoom] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(filled).toMatchObject({
      onReserve: ['written', 'written', 'written'],
      disk: 'disk_reserve',
      reserveLeft: false,
      diskAtLast: 'disk_full',
      held: 1,
    });
    const lastWritten = filled.lastSequence - 1;
    const written = Array.from({ length: lastWritten }, (_, at) => at + 1);
    // The next start on the full disk holds its admission in memory; the one after that has it on disk.
    expect(onFull).toMatchObject({ database: 'memory_lost', held: 1 });
    expect(withRoom).toMatchObject({ database: 'memory_lost', held: 0 });
    for (const { sequences } of [onFull, withRoom]) {
      expect(sequences.slice(0, -1)).toEqual(written);
      expect(sequences.at(-1)).toBeGreaterThan(filled.lastSequence + 500);
    }
  }, 300_000);
});
