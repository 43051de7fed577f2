import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../tools/bootstrap/lock.mjs';

const projectFolder = resolve(import.meta.dirname, '../..');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-bootstrap-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function npmScript(command: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [join(projectFolder, 'tools/run.mjs'), command], (failure, stdout, stderr) => {
      done({ code: failure === null ? 0 : Number(failure.code), stdout, stderr });
    });
  });
}

test('a lock lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(join(folder, 'lock'), async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
});

test('the lock of a process that died is taken over', async () => {
  const lock = join(folder, 'lock');
  await mkdir(lock);
  // No process has this id: it is above the largest that Linux gives.
  await writeFile(join(lock, 'pid'), '4194305');
  expect(await withLock(lock, async (waited) => waited)).toBe(true);
});

test('a failing holder leaves no lock', async () => {
  const lock = join(folder, 'lock');
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, async (waited) => waited)).toBe(false);
});

test('an unknown command is refused with the known ones, on stderr', async () => {
  const { code, stdout, stderr } = await npmScript('nonsense');
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/no command "nonsense"[\s\S]*Known: (?=.*check)(?=.*start)/);
});

test('a path is no command', async () => {
  expect((await npmScript('../tools/check')).code).toBe(1);
});
