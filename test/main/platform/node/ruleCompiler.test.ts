import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMatcher, loadCompiled } from '#match';
import { createRuleCompiler } from '../../../../src/main/platform/node/index.ts';

/** The real thread, run from its source; the tests of the agent in Electron run it as it is built. */
const THREAD = new URL('../../../../src/main/platform/node/compileThread.ts', import.meta.url);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-compile-'));
  await mkdir(join(folder, 'rules/en'), { recursive: true });
  await mkdir(join(folder, 'machine/lists'), { recursive: true });
  await writeFile(join(folder, 'rules/en/bundled.yaml'), pack('bundled', 'wibble').yaml);
  const head = '# lapwing-list: police\n# category: illegal_terrorism\n# severity: critical\n';
  await writeFile(join(folder, 'machine/lists/police.list'), `${head}locked.example\n`);
});
afterEach(() => rm(folder, { recursive: true }));

function pack(id: string, phrase: string) {
  const yaml = `pack: ${id}\ncategory: drugs\nlanguage: en\nversion: 1\ndescription: For a test.
rules:\n  - id: only\n    severity: high\n    phrases: [${phrase}]\n`;
  return { name: `${id}.yaml`, yaml };
}
const JOB = { ownPacks: [pack('own', 'flurb')], machineLists: true, skipWrong: false };
const running = () => new AbortController().signal;

function compilerOn(threadUrl: URL) {
  return createRuleCompiler({
    threadUrl,
    rulesFolder: join(folder, 'rules'),
    machineFolder: join(folder, 'machine'),
  });
}

async function ownThread(source: string): Promise<URL> {
  const path = join(folder, 'thread.mjs');
  await writeFile(path, source);
  return pathToFileURL(path);
}

test("compiles the bundled packs, the school's and the machine's lists; the bytes load as they are", async () => {
  const outcome = await compilerOn(THREAD).compile(JOB, running());
  if (outcome.kind !== 'compiled') throw new Error(outcome.kind);
  expect(outcome.alwaysOn).toEqual(['own', 'police']);
  const loaded = loadCompiled(outcome.bytes);
  if (!loaded.ok) throw new Error(loaded.error);
  const matcher = createMatcher(loaded.value);
  const { hits } = matcher.match(
    { title: 'wibble flurb', url: 'https://locked.example/', app: 'Browser' },
    { audience: 'KS2', at: 0, ownNames: [] },
  );
  expect(hits.map(({ packId }) => packId).sort()).toEqual(['bundled', 'own', 'police']);
});

test('mistakes come back with file, line and column', async () => {
  const wrong = { name: 'wrong.yaml', yaml: pack('wrong', 'flurb').yaml.replace('high', 'huge') };
  const outcome = await compilerOn(THREAD).compile({ ...JOB, ownPacks: [wrong] }, running());
  expect(outcome).toMatchObject({ kind: 'wrong', errors: [{ file: 'wrong.yaml', line: 8, column: 15 }] });
});

test('stops when it is told to, also in the middle of its work, and resolves when the thread has ended', async () => {
  const begun = join(folder, 'begun');
  const threadUrl = await ownThread(
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(begun)}, ''); for (;;);`,
  );
  const stop = new AbortController();
  const compiling = compilerOn(threadUrl).compile(JOB, stop.signal);
  await expect.poll(() => existsSync(begun)).toBe(true);
  stop.abort();
  expect(await compiling).toEqual({ kind: 'stopped' });
  expect(await compilerOn(threadUrl).compile(JOB, stop.signal)).toEqual({ kind: 'stopped' });
});

test.each([
  ['crashes', 'throw new Error("out of luck");', 'out of luck'],
  ['ends without an answer', 'process.exit(7);', 'exit code 7'],
])('a thread that %s is a failure', async (_what, source, reason) => {
  const outcome = await compilerOn(await ownThread(source)).compile(JOB, running());
  expect(outcome).toEqual({ kind: 'failed', reason });
});

test('so are a thread that cannot start, and rules that cannot be read', async () => {
  const nowhere = pathToFileURL(join(folder, 'nowhere.mjs'));
  expect(await compilerOn(nowhere).compile(JOB, running())).toMatchObject({ kind: 'failed' });
  await rm(join(folder, 'rules'), { recursive: true });
  expect(await compilerOn(THREAD).compile(JOB, running())).toMatchObject({ kind: 'failed' });
});
