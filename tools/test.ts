import { join } from 'node:path';
import { exitWith, say, step } from './bootstrap/say.mjs';
import { ensureBrowser } from './browser/index.ts';
import { ensureBuilt } from './build/index.ts';
import { checkSections, playwright, vitest } from './check/index.ts';
import { runSections, type Section, type SectionResult, summary } from './check/sections.ts';
import { ensureLibraries, ensurePrograms } from './display/index.ts';
import { ensureElectron } from './electron/index.ts';
import { projectFolder } from './paths.ts';

/** `npm test`: everything. Ends with `N passed, N failed`, the sum of all parts. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  await prepare();
  say('\n== Types, lint, import rules, unit tests');
  const results: SectionResult[] = await runSections(checkSections(), { parallel: 2 });
  results.push(...(await runSections(sections(), { parallel: 1 })));
  const failed = results.filter((result) => result.failed > 0);
  say(`\nIn ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  for (const { name } of failed) say(`FAILED: ${name}`);
  process.stdout.write(`${summary(results)}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** What the parts need, fetched before them, so that no test waits for a download. */
async function prepare(): Promise<void> {
  await step('Looking for Electron, a browser and a display', async () => {
    const electron = await ensureElectron();
    await ensureLibraries(electron.executable);
    await ensureBrowser();
    if (process.platform === 'linux') {
      await ensurePrograms(['Xvfb', 'openbox', 'dbus-daemon', 'xprop', 'xwininfo', 'xdotool', 'xterm', 'cc']);
    }
  });
  await ensureBuilt(['agent', 'console']);
}

function sections(): Section[] {
  const parts = [vitest('database'), vitest('slow'), playwright('console'), playwright('extension')];
  // The agent's windows, tray and keys are driven through X11 and D-Bus.
  return process.platform === 'linux' ? [...parts, playwright('agent'), ...demos()] : parts;
}

function demos(): Section[] {
  const tool = (name: string, ...args: string[]) => ({
    program: process.execPath,
    args: [join(projectFolder, 'tools', `${name}.ts`), ...args],
  });
  return [
    {
      name: 'demo: a flagged window, page and report reach the console',
      ...tool('demo', '--once', '--json'),
    },
    { name: 'package for Linux', ...tool('package', '--linux', 'dir') },
    {
      name: 'demo with the packaged agent',
      ...tool('demo', '--once', '--json', '--packaged', join(projectFolder, 'dist/linux-unpacked/lapwing')),
    },
  ];
}

main().then(() => process.exit(), exitWith);
