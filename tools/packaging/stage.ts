import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sqliteFolder } from '../electron/developmentRuntime.ts';
import type { ElectronRuntime } from '../electron/index.ts';
import { projectFolder } from '../paths.ts';

/** The systems the agent is packaged for. */
export type PackagePlatform = 'linux' | 'win32' | 'darwin';

/** A package that is not bundled, and what of it the agent loads. */
interface Unbundled {
  readonly name: string;
  readonly keep: (path: string) => boolean;
}

const licence = (path: string) => /^licen[cs]e/i.test(basename(path));

function unbundled(platform: PackagePlatform): Unbundled[] {
  const sqlite = {
    name: 'better-sqlite3',
    keep: (path: string) =>
      path === 'package.json' ||
      licence(path) ||
      /^lib\/.*\.js$/.test(path) ||
      path.startsWith(`prebuilds/${platform}-`),
  };
  // Of `lib` only what the client loads: the package also carries a whole X server.
  const client = (path: string) =>
    path === 'package.json' ||
    licence(path) ||
    (/^lib\/.*\.js$/.test(path) && !path.startsWith('lib/xserver/'));
  const whole = (path: string) => !/\.(?:md|map|ts|cc|h|gyp)$/.test(path);
  return {
    linux: [sqlite, { name: 'x11', keep: client }],
    win32: [sqlite, { name: 'koffi', keep: whole }, { name: '@koromix/koffi-win32-x64', keep: whole }],
    darwin: [sqlite, { name: 'active-win', keep: whole }],
  }[platform];
}

/**
 * Lays out exactly what goes into the package: the build, the rules, the tray's icons, and of the few packages
 * that are not bundled the files that are loaded. Development tools, the console and the server stay out
 * because they are never copied, not because a pattern leaves them out.
 *
 * @returns the folder, ready for electron-builder as `directories.app`
 */
export async function stageApp(
  platform: PackagePlatform,
  electron: Pick<ElectronRuntime, 'official'>,
): Promise<string> {
  const stage = join(projectFolder, 'out/package/app');
  await rm(stage, { recursive: true, force: true });
  for (const folder of ['main', 'preload', 'renderer']) {
    await cp(join(projectFolder, 'out', folder), join(stage, 'out', folder), { recursive: true });
  }
  await cp(join(projectFolder, 'resources/rules'), join(stage, 'resources/rules'), {
    recursive: true,
    filter: (path) => !path.endsWith('.md'),
  });
  await cp(join(projectFolder, 'resources/icons/tray'), join(stage, 'resources/icons/tray'), {
    recursive: true,
    filter: (path) => !path.endsWith('.svg'),
  });
  const packages = unbundled(platform);
  for (const { name, keep } of packages) await copyPackage(stage, name, keep);
  if (!electron.official) await lendSqlite(stage);
  await writeFile(join(stage, 'package.json'), await manifest(packages, electron));
  return stage;
}

async function copyPackage(stage: string, name: string, keep: Unbundled['keep']): Promise<void> {
  const source = join(projectFolder, 'node_modules', name);
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const inside = path.slice(source.length + 1).replaceAll('\\', '/');
    if (!entry.isFile() || inside.startsWith('node_modules/') || !keep(inside)) continue;
    await cp(path, join(stage, 'node_modules', name, inside));
  }
}

/** For the development runtime alone: the real package does not load there (see tools/electron/default-app/sqlite.cjs). */
async function lendSqlite(stage: string): Promise<void> {
  const place = join(stage, 'node_modules/better-sqlite3');
  await rm(place, { recursive: true, force: true });
  await mkdir(join(place, 'lib'), { recursive: true });
  await cp(join(projectFolder, 'tools/electron/default-app/sqlite.cjs'), join(place, 'lib/index.js'));
  await writeFile(
    join(place, 'package.json'),
    JSON.stringify({ name: 'better-sqlite3', version: '0.0.0-development', main: 'lib/index.js' }),
  );
  await cp(sqliteFolder(), join(stage, 'node_modules/node-sqlite3-wasm'), { recursive: true });
}

async function manifest(
  packages: readonly Unbundled[],
  electron: Pick<ElectronRuntime, 'official'>,
): Promise<string> {
  const { name, version, description, license, author, type, main } = JSON.parse(
    await readFile(join(projectFolder, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const dependencies: Record<string, string> = Object.fromEntries(packages.map((one) => [one.name, '*']));
  if (!electron.official) dependencies['node-sqlite3-wasm'] = '*';
  return JSON.stringify({ name, version, description, license, author, type, main, dependencies }, null, 2);
}
