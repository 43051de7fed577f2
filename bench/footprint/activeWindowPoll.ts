import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers';
import { activeWindow } from 'active-win';

/** The peer: `active-win` asked once a second, as most programs use it. Prints its processor time, children included. */
const CLOCK_TICK_MS = 10;
const [, intervalMs = '1000'] = process.argv.slice(2);
let readings = 0;

/** Fields 14 to 17 of proc(5) `stat`: own and waited-for children's time, user and system. */
function cpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * CLOCK_TICK_MS, 0);
}

function tell(): void {
  const { rss } = process.memoryUsage();
  process.stdout.write(
    `${JSON.stringify({ atMs: performance.now(), cpuMs: cpuMs(), rssBytes: rss, readings })}\n`,
  );
}

async function look(): Promise<void> {
  if ((await activeWindow()) !== undefined) readings += 1;
}

setInterval(() => void look(), 1_000);
setInterval(tell, Number(intervalMs));
