import { readdirSync } from 'node:fs';
import { createLinuxWindows } from '../../../src/main/platform/linux/index.ts';
import { createTimers } from '../../../src/main/platform/node/index.ts';

/**
 * The Linux adapter alone in a process, for measuring it: every `intervalMs` one JSON line with its memory after a
 * collection (run with `--expose-gc`), open files, processor time and what it has told so far. Ends on SIGTERM.
 */
const [display = '', intervalMs = '1000'] = process.argv.slice(2);
const timers = createTimers();
let readings = 0;
let lastTitle = '';
const healths: string[] = [];
const watch = createLinuxWindows(
  { timers, log: { info() {}, warn() {} } },
  { display, wayland: false },
).watch({
  onReading(reading) {
    readings += 1;
    if (reading.kind === 'window') lastTitle = reading.window.title;
  },
  onHealth: ({ code }) => healths.push(code),
});

function tell(): void {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const line = {
    atMs: Math.round(timers.monotonic()),
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    files: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    cpuMs: Math.round((user + system) / 1_000),
    readings,
    lastTitle: lastTitle.slice(0, 100),
    healths,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

tell();
const telling = timers.every(Number(intervalMs), tell);
process.once('SIGTERM', () => {
  void telling.dispose();
  void watch.dispose();
});
