import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Problem, step } from '../bootstrap/say.mjs';
import { run } from '../process/run.ts';

/** The Debian package that brings a program; a program of the same name needs no entry. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  Xvfb: 'xvfb',
  'dbus-daemon': 'dbus',
  'dbus-send': 'dbus-bin',
  cc: 'build-essential',
  xprop: 'x11-utils',
  xwininfo: 'x11-utils',
};

/** Shared libraries Chromium and Electron need (from the development runtime's own list). */
const LIBRARY_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'libnotify4',
  'libatk-bridge2.0-0',
  'libdrm2',
  'libxkbcommon0',
  'libatspi2.0-0',
  'libxcomposite1',
  'libxdamage1',
  'libxrandr2',
  'libcups2',
  'fonts-dejavu-core',
] as const;

/** The path of the first of `programs` that is installed, or null. */
export async function findProgram(...programs: readonly string[]): Promise<string | null> {
  for (const program of programs) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, program);
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return path;
    }
  }
  return null;
}

/**
 * Makes sure programs are installed. On Debian (and its kin) as root it installs what is missing.
 *
 * @throws Problem with the one command to run, where it may not or cannot install
 */
export async function ensurePrograms(programs: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const program of programs) if ((await findProgram(program)) === null) missing.push(program);
  if (missing.length > 0)
    await installPackages(
      missing.map((program) => PACKAGE_OF[program] ?? program),
      missing.join(', '),
    );
}

/** Makes sure an Electron or Chromium binary finds its shared libraries. */
export async function ensureLibraries(executable: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const listing = await run('ldd', [executable]).catch(() => '');
  const missing = [...listing.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1]);
  if (missing.length > 0) await installPackages(LIBRARY_PACKAGES, `shared libraries ${missing.join(', ')}`);
}

/** Installs Debian packages, with `apt-get`'s last words in the failure. */
export async function installPackages(names: readonly string[], purpose: string): Promise<void> {
  const wanted = [...new Set(names)].sort();
  if ((await findProgram('apt-get')) === null) {
    throw new Problem(`Missing: ${purpose}.`, `Install what your system calls these: ${wanted.join(' ')}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Problem(
      `Missing: ${purpose}.`,
      `sudo apt-get install -y --no-install-recommends ${wanted.join(' ')}`,
    );
  }
  await step(`Installing Debian packages for ${purpose}`, async () => {
    await run('apt-get', ['update', '-q']).catch(() => '');
    const args = ['install', '-y', '-q', '--no-install-recommends', ...(await knownNames(wanted))];
    await run('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  });
}

/** Newer releases renamed some libraries to `...t64`. */
async function knownNames(names: readonly string[]): Promise<string[]> {
  return Promise.all(
    names.map(async (name) => {
      const renamed = await succeeds('apt-cache', ['show', '--no-all-versions', `${name}t64`]);
      return renamed ? `${name}t64` : name;
    }),
  );
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
