import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Set in a process whose file systems are its own, so that it may mount. */
const MARK = 'LAPWING_TORTURE_MOUNTS';
/** As anybody, in a user namespace; or, where those are switched off, as root. */
const WAYS = [['-Urm'], ['-m']];

export function mayMount(): boolean {
  return process.env[MARK] === '1';
}

/**
 * Runs this program once more in a mount namespace of its own and gives its exit code, or null where this system has
 * none: then the program goes on as it is. Mounts made there are seen by nobody else and vanish with it.
 */
export async function runWithMounts(script: string, args: readonly string[]): Promise<number | null> {
  if (process.platform !== 'linux' || mayMount()) return null;
  for (const way of WAYS) {
    const works = await run('unshare', [...way, 'mount', '-t', 'tmpfs', 'lapwing-probe', '/mnt']).then(
      () => true,
      () => false,
    );
    if (!works) continue;
    const child = spawn('unshare', [...way, process.execPath, script, ...args], {
      stdio: 'inherit',
      env: { ...process.env, [MARK]: '1' },
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => child.kill(signal));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal])),
      );
    });
  }
  return null;
}
