import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMachineLists, listsBelow } from '../../../../src/main/platform/node/index.ts';

let machine: string;
beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), 'lapwing-machine-'));
});
afterEach(() => rm(machine, { recursive: true }));

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

test('no folder is no lists, and is not made', async () => {
  const lists = createMachineLists(machine);
  expect(await lists.read()).toEqual([]);
  await lists.watch(() => undefined).dispose();
  expect(await readdir(machine)).toEqual([]);
});

test('gives *.list files alone, also deeper, line by line', async () => {
  await mkdir(join(machine, 'lists', 'police'), { recursive: true });
  await writeFile(join(machine, 'lists', 'police', 'a.list'), 'one\ntwo\nthree');
  await writeFile(join(machine, 'lists', 'readme.txt'), 'no');
  const found = await createMachineLists(machine).read();
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
