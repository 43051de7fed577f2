import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const projectFolder = resolve(import.meta.dirname, '../..');
let folder = '';

const CASES: readonly [what: string, file: string, code: string, banned: boolean][] = [
  ['the wall clock in a stage', 'src/main/observe/a.ts', 'export const a = Date.now();', true],
  ['a date of now in the server', 'src/server/review/a.ts', 'export const a = new Date();', true],
  ['a date of a known moment', 'src/server/review/b.ts', 'export const a = new Date(0);', false],
  ['a global timer in a stage', 'src/main/deliver/a.ts', 'export const a = setTimeout(() => 1, 5);', true],
  ['a timer handed on by name', 'src/main/deliver/b.ts', 'export const a = { after: setTimeout };', true],
  ['chance in the console', 'src/console/queue/a.ts', 'export const a = Math.random();', true],
  ['the wall clock in an adapter', 'src/main/platform/node/a.ts', 'export const a = Date.now();', false],
  [
    'electron in a stage',
    'src/main/tray/a.ts',
    "import { app } from 'electron';\n\nexport const a = app;",
    true,
  ],
  ['printing from the product', 'src/server/review/c.ts', "console.log('x');", true],
  ['any', 'src/server/review/d.ts', 'export const a = (b: any) => b;', true],
  ['a promise nobody awaits', 'src/server/review/e.ts', 'async function a(): Promise<void> {}\na();', true],
  ['a test that sleeps', 'test/main/a.test.ts', 'await new Promise((done) => setTimeout(done, 5));', true],
  [
    'a test that runs alone',
    'test/main/b.test.ts',
    "import { test } from 'vitest';\n\ntest.only('a', () => {});",
    true,
  ],
  [
    'a test left out',
    'test/main/c.test.ts',
    "import { test } from 'vitest';\n\ntest.skip('a', () => {});",
    true,
  ],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-lint-'));
  for (const name of [
    'biome.json',
    'tools',
    'node_modules',
    '.gitignore',
    'package.json',
    'tsconfig.base.json',
  ]) {
    await symlink(join(projectFolder, name), join(folder, name));
  }
  for (const [, file, code] of CASES) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${code}\n`);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(CASES)('%s (%s)', async (_what, file, _code, banned) => {
  const biome = join(projectFolder, 'node_modules/.bin/biome');
  const failed = await new Promise<boolean>((done) => {
    execFile(biome, ['lint', file], { cwd: folder }, (failure) => done(failure !== null));
  });
  expect(failed).toBe(banned);
});
