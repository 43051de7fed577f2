import { join } from 'node:path';
import { exitWith, say, step } from './bootstrap/say.mjs';
import { ensureBrowser } from './browser/index.ts';
import { ensureBuilt } from './build/index.ts';
import { checkSections, playwright, vitest } from './check/index.ts';
import { runLanes, runSections, type Section, type SectionResult, summary } from './check/sections.ts';
import { ensureLibraries, ensurePrograms } from './display/index.ts';
import { ensureElectron } from './electron/index.ts';
import { projectFolder } from './paths.ts';

/** `npm test`: everything. Ends with `N passed, N failed`, the sum of all parts. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  await prepare();
  say('\n== Types, lint, import rules, unit tests');
  const results: SectionResult[] = await runSections(checkSections(), { parallel: 2 });
  say('\n== Tests on real programs');
  results.push(...(await runLanes(lanes())));
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

/**
 * Two lanes: much of each is waiting for other programs, so that both together take little longer than one. All that
 * may open windows on this machine's own display is in the first, where nothing disturbs it.
 */
function lanes(): Section[][] {
  const windows = [playwright('console'), playwright('extension')];
  // The agent's windows, tray and keys are driven through X11 and D-Bus.
  if (process.platform === 'linux') windows.push(playwright('agent'), ...demos());
  return [windows, [vitest('slow'), vitest('database')]];
}

function demos(): Section[] {
  const demo = (name: string, ...args: string[]) => ({
    name,
    program: process.execPath,
    args: [join(projectFolder, 'tools/demo.ts'), '--once', '--json', ...args],
  });
  return [
    demo('demo: a flagged window, page and report reach the console'),
    vitest('package'),
    demo('demo with the packaged agent', '--packaged', join(projectFolder, 'dist/linux-unpacked/lapwing')),
  ];
}

main().then(() => process.exit(), exitWith);
