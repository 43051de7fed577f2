import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from '../../../tools/rules/check.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-check-'));
  await writeFile(
    join(folder, 'words.yaml'),
    'language: en\ndescription: x\nwords:\n  me: [myself, my self]\n  body: [arm, leg]\n',
  );
  await writeFile(
    join(folder, 'p.yaml'),
    'pack: t.p\ncategory: drugs\nlanguage: en\nversion: 1\ndescription: x\nrules:\n  - { id: r, severity: high, phrases: ["{me} high"] }\n',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lines(path: string): Promise<string[]> {
  const printed: string[] = [];
  const code = await check([path], (line) => printed.push(line.replaceAll(`${folder}/`, '')));
  return [...printed, `code ${code}`];
}

test('a folder is checked with its words, and what nothing names is told', async () => {
  expect(await lines(folder)).toEqual([
    'words.yaml:5:9: warning: no pack uses the list `{body}`',
    '1 packs with 1 rules, 0 lists with 0 sites: 0 mistakes',
    'code 0',
  ]);
});

test('a pack by itself brings the words of its folder', async () => {
  expect(await lines(join(folder, 'p.yaml'))).toEqual([
    '1 packs with 1 rules, 0 lists with 0 sites: 0 mistakes',
    'code 0',
  ]);
});

test('a mistake in the words is told and fails', async () => {
  await writeFile(join(folder, 'words.yaml'), 'language: en\ndescription: x\nwords:\n  me: [m*y]\n');
  expect(await lines(folder)).toEqual([
    'words.yaml:4:8: `*` stands only at the end of a word',
    '0 packs with 0 rules, 0 lists with 0 sites: 1 mistakes',
    'code 1',
  ]);
});

test('a pack id that stands in two files is told', async () => {
  await copyFile(join(folder, 'p.yaml'), join(folder, 'q.yaml'));
  expect(await lines(folder)).toContain('q.yaml:1:1: p.yaml has the id `t.p` too');
});
