// @ts-check
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Runs `work` while holding the lock folder at `path`; a second process waits. A lock whose owner died is
 * taken over. Plain JavaScript because it runs before anything is installed.
 *
 * @template Value
 * @param {string} path where the lock folder is made; its parents are made when missing
 * @param {(waited: boolean) => Promise<Value>} work told whether somebody else held the lock first
 * @returns {Promise<Value>}
 */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await tryLock(path))) {
    waited = true;
    await delay(POLL_MS);
  }
  try {
    return await work(waited);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
async function tryLock(path) {
  try {
    await mkdir(path);
    await writeFile(join(path, 'pid'), String(process.pid));
    return true;
  } catch (failure) {
    if (/** @type {NodeJS.ErrnoException} */ (failure).code !== 'EEXIST') throw failure;
  }
  if (await ownerIsGone(path)) await rm(path, { recursive: true, force: true });
  return false;
}

/** @param {string} path */
async function ownerIsGone(path) {
  const text = await readFile(join(path, 'pid'), 'utf8').catch(() => '');
  // A lock without a readable pid was made this very moment: its owner is about to write it.
  if (!/^\d+$/.test(text)) return false;
  try {
    process.kill(Number(text), 0);
    return false;
  } catch (failure) {
    return /** @type {NodeJS.ErrnoException} */ (failure).code === 'ESRCH';
  }
}
