import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMachineLists } from '../../../../src/main/platform/node/index.ts';
import { listsBelow } from '../../../../src/main/platform/node/siteLists.ts';
import { createFakeTimers, type FakeTimers } from '../../../fakes/timers.ts';

const WAIT_MS = 120_000;
vi.setConfig({ testTimeout: 2 * WAIT_MS });

let machine: string;
let timers: FakeTimers;
beforeEach(async () => {
  timers = createFakeTimers();
  machine = await mkdtemp(join(tmpdir(), 'lapwing-machine-'));
});
afterEach(() => rm(machine, { recursive: true }));

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

test('no folder is no lists, and is not made', async () => {
  const lists = createMachineLists({ timers }, machine);
  expect(await lists.read()).toEqual([]);
  await lists.watch(() => undefined).dispose();
  expect(await readdir(machine)).toEqual([]);
  expect(timers.pending()).toBe(0);
});

test('gives *.list files alone, also deeper, line by line', async () => {
  await mkdir(join(machine, 'lists', 'police'), { recursive: true });
  await writeFile(join(machine, 'lists', 'police', 'a.list'), 'one\ntwo\nthree');
  await writeFile(join(machine, 'lists', 'readme.txt'), 'no');
  const found = await createMachineLists({ timers }, machine).read();
  expect(found.map(({ name }) => name)).toEqual([join('police', 'a.list')]);
  expect(await Promise.all(found.map((list) => linesOf(list.lines())))).toEqual([['one', 'two', 'three']]);
});

test('a list that cannot be read fails rather than being empty', async () => {
  await mkdir(join(machine, 'a.list'));
  const [folder] = await listsBelow(machine);
  await expect(linesOf(folder?.lines() ?? (async function* () {})())).rejects.toThrow('EISDIR');
  await writeFile(join(machine, 'file'), '');
  const [notAFolder] = await listsBelow(join(machine, 'file'));
  expect(() => notAFolder?.lines()).toThrow('ENOTDIR');
});

test('a folder that is made later, changed, replaced and taken away is told of', async () => {
  const lists = createMachineLists({ timers }, join(machine, 'later'));
  let changes = 0;
  const watching = lists.watch(() => {
    changes += 1;
  });
  const folder = join(machine, 'later', 'lists');
  /** Lets time pass, minute by minute, until somebody is told. */
  async function told(): Promise<void> {
    const before = changes;
    await vi.waitFor(
      async () => {
        await timers.advance(60_000);
        expect(changes).toBeGreaterThan(before);
      },
      { timeout: WAIT_MS, interval: 20 },
    );
  }
  try {
    await timers.advance(600_000);
    expect(changes).toBe(0);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'a.list'), 'one');
    await told();
    expect(await lists.read()).toHaveLength(1);
    // From now on by the file system's own events.
    await writeFile(join(folder, 'b.list'), 'two');
    await told();
    expect(await lists.read()).toHaveLength(2);
    await mkdir(join(machine, 'other'));
    await rename(folder, join(machine, 'former'));
    await rename(join(machine, 'other'), folder);
    await told();
    expect(await lists.read()).toEqual([]);
    await rm(folder, { recursive: true });
    await told();
  } finally {
    await watching.dispose();
  }
  expect(timers.pending()).toBe(0);
});
