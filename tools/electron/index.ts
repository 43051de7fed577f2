import { join } from 'node:path';
import { Problem } from '../bootstrap/say.mjs';
import { DEVELOPMENT_VERSION, ensureDevelopmentRuntime } from './developmentRuntime.ts';
import { ensureOfficial } from './official.ts';

/** An Electron that can be started. */
export interface ElectronRuntime {
  /** The unpacked distribution, as `ELECTRON_OVERRIDE_DIST_PATH` wants it. */
  readonly distPath: string;
  /** What electron-builder's `electronDist` takes, or null where it finds the official one by itself. */
  readonly packagingDistPath: string | null;
  readonly executable: string;
  readonly version: string;
  /** False for the development runtime: old, never shipped, see docs/decisions/0080. */
  readonly official: boolean;
}

const EXECUTABLES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/**
 * Gives a usable Electron: the official binary where it can be downloaded, otherwise, on Linux x64 only, the
 * development runtime. Both are kept, so a second call does no work. Safe in two processes at once.
 *
 * @throws Problem saying what is missing and what to do
 */
export async function ensureElectron(): Promise<ElectronRuntime> {
  const official = await ensureOfficial();
  if (official.kind === 'ready') {
    const { distPath, version } = official;
    const executable = join(distPath, EXECUTABLES[process.platform] ?? 'electron');
    return { distPath, version, executable, official: true, packagingDistPath: null };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Problem(
      `Electron cannot be downloaded (${official.reason}), and there is no development runtime for ${process.platform} ${process.arch}.`,
      'Allow its download through the proxy (HTTPS_PROXY with ELECTRON_GET_USE_PROXY=1), or unpack it into node_modules/electron/dist.',
    );
  }
  const { distPath, plainDistPath } = await ensureDevelopmentRuntime();
  const executable = join(distPath, 'electron');
  return {
    distPath,
    version: DEVELOPMENT_VERSION,
    executable,
    official: false,
    packagingDistPath: plainDistPath,
  };
}

/** Command-line options every start of Electron or Chromium needs here: root has no sandbox on Linux. */
export function sandboxArguments(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
