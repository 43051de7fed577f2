import { parseArgs } from 'node:util';
import { createWatch } from '../src/main/app/watch.ts';
import { createSources } from '../src/main/platform/electron/sources.ts';
import { createLog, createTimers } from '../src/main/platform/node/index.ts';
import { exitWith, Problem } from './bootstrap/say.mjs';
import { ensureBuilt } from './build/index.ts';
import { projectFolder } from './paths.ts';

/**
 * `npm run -s watch -- [--seconds N]`: what an agent without a policy would see on this screen, as one JSON line
 * each on standard output, and the health of every source on standard error. Nothing is matched or stored.
 */
async function main(): Promise<void> {
  const seconds = readSeconds();
  // The thread that hears window events on Windows is loaded from the build.
  if (process.platform === 'win32') await ensureBuilt(['agent']);
  const timers = createTimers();
  const log = createLog(timers, { path: null, echo: (line) => process.stderr.write(line) });
  const sources = await createSources({ timers, log, dataFiles: null }, projectFolder);
  const watch = createWatch(
    { ...sources, timers },
    {
      line: (text) => process.stdout.write(`${text}\n`),
      health: (text) => process.stderr.write(`${text}\n`),
    },
    { ownProcessId: process.pid },
  );
  const ended = new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
    // Whoever reads the lines has gone, as `head` does.
    process.stdout.on('error', () => end());
    if (seconds !== null) timers.after(seconds * 1_000, end);
  });
  await watch.start();
  await ended;
  await watch.stop();
}

function readSeconds(): number | null {
  const { values } = readArguments();
  if (values.seconds === undefined) return null;
  const seconds = Number(values.seconds);
  if (!(seconds > 0))
    throw new Problem('--seconds must be a number above 0.', 'npm run -s watch -- --seconds 30');
  return seconds;
}

function readArguments() {
  try {
    return parseArgs({ options: { seconds: { type: 'string' } } });
  } catch {
    throw new Problem('Unknown option.', 'npm run -s watch -- [--seconds N]');
  }
}

main().then(() => process.exit(0), exitWith);
