import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadArtifact, FetchDownloader } from '@electron/get';
import { withLock } from '../bootstrap/lock.mjs';
import { say, step } from '../bootstrap/say.mjs';
import { cacheFolder, projectFolder } from '../paths.ts';

const ANSWER_TIMEOUT_MS = 5000;
/** How long a network without the download is remembered, so that not every command tries again. */
const REMEMBER_FAILURE_MS = 24 * 60 * 60 * 1000;

const packageFolder = join(projectFolder, 'node_modules/electron');

export type OfficialOutcome =
  | { readonly kind: 'ready'; readonly distPath: string; readonly version: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * The official binary of the `electron` package: the one already unpacked, else downloaded (checked against
 * the checksums in that package) and unpacked by the package's own installer.
 *
 * A server that does not answer in five seconds counts as unreachable; a slow download may go on.
 */
export async function ensureOfficial(): Promise<OfficialOutcome> {
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const distPath = join(packageFolder, 'dist');
  const ready = { kind: 'ready', distPath, version } as const;
  if (await isUnpacked(distPath, version)) return ready;
  const memory = join(cacheFolder, `electron-${version}.unreachable`);
  const remembered = await recentFailure(memory);
  if (remembered !== null) return { kind: 'unreachable', reason: remembered };
  return withLock(join(cacheFolder, 'electron-official.lock'), async () => {
    if (await isUnpacked(distPath, version)) return ready;
    try {
      await step(`Fetching Electron ${version}`, () => download(version));
      await unpack();
      return ready;
    } catch (failure) {
      const reason =
        failure instanceof Error
          ? failure.cause instanceof Error
            ? failure.cause.message
            : failure.message
          : String(failure);
      say(`  Electron ${version} cannot be downloaded here: ${reason}`);
      await mkdir(cacheFolder, { recursive: true });
      await writeFile(memory, reason);
      return { kind: 'unreachable', reason };
    }
  });
}

async function download(version: string): Promise<void> {
  const checksums = JSON.parse(await readFile(join(packageFolder, 'checksums.json'), 'utf8')) as Record<
    string,
    string
  >;
  const patient = new FetchDownloader();
  await downloadArtifact({
    version,
    artifactName: 'electron',
    checksums,
    downloader: {
      async download(url, target) {
        await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
        await patient.download(url, target, { quiet: true });
      },
    },
  });
}

/** The package's installer finds the archive in the cache that `download` filled, and unpacks it. */
async function unpack(): Promise<void> {
  const installer = spawn(process.execPath, [join(packageFolder, 'install.js')], { stdio: ['ignore', 2, 2] });
  const code = await new Promise((resolve) => installer.once('close', resolve));
  if (code !== 0) throw new Error(`Electron's installer ended with ${code}`);
}

async function isUnpacked(distPath: string, version: string): Promise<boolean> {
  const unpacked = await readFile(join(distPath, 'version'), 'utf8').catch(() => '');
  return unpacked.trim().replace(/^v/, '') === version;
}

async function recentFailure(memory: string): Promise<string | null> {
  const facts = await stat(memory).catch(() => null);
  if (facts === null || Date.now() - facts.mtimeMs > REMEMBER_FAILURE_MS) return null;
  return readFile(memory, 'utf8');
}
