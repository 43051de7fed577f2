import { appendFileSync, existsSync } from 'node:fs';
import { createTimers } from '../../../src/main/platform/node/index.ts';
import { createWindowsSession, createWindowsWindows } from '../../../src/main/platform/win32/index.ts';
import type { Log } from '../../../src/main/ports/index.ts';

/**
 * Runs the real adapters in a Windows Node and appends what they tell, one JSON value a line, to a file: under
 * Wine, standard output to a pipe fails. Ends when the stop file appears.
 */
const [outputPath = '', stopPath = '', threadPath = ''] = process.argv.slice(2);
const timers = createTimers();
const tell = (value: object) =>
  appendFileSync(outputPath, `${JSON.stringify({ atMs: timers.monotonic(), ...value })}\n`);
const log = Object.fromEntries(
  (['debug', 'info', 'warn', 'error'] as const).map((level) => [
    level,
    (fields: object, message: string) => tell({ log: level, message, ...fields }),
  ]),
) as unknown as Log;

const session = createWindowsSession({ timers, log }, { idleAfterMs: 600_000 });
const presence = session.watchPresence((state) => tell({ presence: state }));
void session.facts().then((facts) => tell({ facts }));

const windows = createWindowsWindows({ timers, log }, { threadUrl: new URL(threadPath) });
const watch = windows.watch({
  onReading: (reading) => tell({ reading }),
  onHealth: (health) => tell({ health }),
});

// The main loop's longest pause: it must stay short whatever the watched programs do.
let lastTurnMs = timers.monotonic();
let longestPauseMs = 0;
const heartbeat = timers.every(20, () => {
  longestPauseMs = Math.max(longestPauseMs, timers.monotonic() - lastTurnMs);
  lastTurnMs = timers.monotonic();
  if (!existsSync(stopPath)) return;
  void watch.dispose();
  void presence.dispose();
  void heartbeat.dispose();
  tell({
    stopped: true,
    longestPauseMs,
    cpuMs: process.cpuUsage().user / 1_000,
    rssBytes: process.memoryUsage().rss,
  });
});
