import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withLock } from './bootstrap/lock.mjs';
import { exitWith, Problem, say, step } from './bootstrap/say.mjs';
import { ensureBuilt } from './build/index.ts';
import { ensureElectron } from './electron/index.ts';
import { type PackagePlatform, stageApp } from './packaging/stage.ts';
import { projectFolder } from './paths.ts';
import { run } from './process/run.ts';

const PLATFORMS: Readonly<Record<PackagePlatform, string>> = {
  linux: '--linux',
  win32: '--win',
  darwin: '--mac',
};

/**
 * `npm run package -- [--linux dir]`: packages the agent into `dist/`, with the Electron in use and without the
 * network. Each system packages for itself: macOS signing and Windows installers are made in release CI.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { linux: { type: 'boolean' }, win: { type: 'boolean' }, mac: { type: 'boolean' } },
    allowPositionals: true,
  });
  const platform = values.linux ? 'linux' : values.win ? 'win32' : values.mac ? 'darwin' : process.platform;
  if (platform !== process.platform || !(platform in PLATFORMS)) {
    throw new Problem(
      `A package for ${platform} cannot be made on ${process.platform}: its Electron, its relay and its native parts are not here.`,
      `Run npm run package on that system, as release CI does.`,
    );
  }
  const electron = await ensureElectron();
  await ensureBuilt(['agent', 'relay']);
  // Two at once would lay out the same folder.
  await withLock(join(projectFolder, 'out/.package.lock'), async () => {
    await stageApp(platform as PackagePlatform, electron);
    const args = [PLATFORMS[platform as PackagePlatform], ...positionals, '--publish', 'never'];
    if (electron.packagingDistPath !== null) {
      args.push('-c.electronDist', electron.packagingDistPath, '-c.electronVersion', electron.version);
    }
    await step(`Packaging for ${platform} with Electron ${electron.version}`, () =>
      run('electron-builder', args, {
        cwd: projectFolder,
        // Hard links would let setting the fuses reach into the cached Electron.
        env: { ...process.env, USE_HARD_LINKS: 'false' },
      }),
    );
  });
  if (!electron.official) say('Made with the development runtime: for tests only, never to be shipped.');
  say(`The package is in ${join(projectFolder, 'dist')}`);
}

main().then(() => process.exit(), exitWith);
