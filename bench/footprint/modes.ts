import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startXDesktop, type XDesktop, type XProgram } from '../../test/e2e/windows/xDesktop.ts';
import { startChild } from '../../tools/process/child.ts';

/** What watching windows costs in one mode of work, of one core. */
export interface ModeFigure {
  readonly mode: string;
  readonly cpuPercent: number;
  /** Readings told in the measured time. */
  readonly readings: number;
}

interface Measure {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly readings: number;
}

const WATCHER = fileURLToPath(new URL('../../test/e2e/windows/xWatcher.ts', import.meta.url));
const PEER = fileURLToPath(new URL('activeWindowPoll.ts', import.meta.url));

/**
 * Measures the Linux window source alone in a Node process on an X server of its own, each mode for `seconds`
 * (after two to settle): locked, events on a still and on a changing desktop, the poll without a window manager, and
 * `active-win` asked once a second beside it.
 */
export async function measureModes(options: { readonly seconds: number }): Promise<readonly ModeFigure[]> {
  const { seconds } = options;
  const managed = await startXDesktop();
  const unmanaged = await startXDesktop();
  try {
    await managed.startWindowManager();
    const [page, kiosk] = [await managed.startProgram(), await unmanaged.startProgram()];
    await page.command({ do: 'open', title: 'a page' });
    // Without it active-win fails.
    await page.command({ do: 'claimPid', pid: page.processId });
    await kiosk.command({ do: 'open', title: 'a kiosk', kiosk: true });
    return [
      await measure('locked: nothing is watched', WATCHER, '', seconds),
      await measure('events, still desktop', WATCHER, managed.display, seconds),
      await changing('events, a new title each second', managed, page, 1_000, seconds),
      await changing('events, a new title each 20 ms', managed, page, 20, seconds),
      await measure('no window manager, one look a second', WATCHER, unmanaged.display, seconds),
      await measure('peer: active-win once a second', PEER, managed.display, seconds),
    ];
  } finally {
    await managed.dispose();
    await unmanaged.dispose();
  }
}

async function changing(mode: string, desktop: XDesktop, page: XProgram, everyMs: number, seconds: number) {
  const stop = new AbortController();
  const changes = (async () => {
    for (let count = 0; !stop.signal.aborted; count += 1) {
      await page.command({ do: 'title', text: `page ${count}` });
      await delay(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  try {
    return await measure(mode, WATCHER, desktop.display, seconds);
  } finally {
    stop.abort();
    await changes;
  }
}

async function measure(mode: string, script: string, display: string, seconds: number): Promise<ModeFigure> {
  const child = startChild(process.execPath, [script, display, '1000'], {
    env: { ...process.env, DISPLAY: display },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    if (child.process.stdout === null) throw new Error('no pipe');
    const lines = createInterface({ input: child.process.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? '{}') as Measure;
    await next();
    await next();
    const from = await next();
    let to = from;
    for (let second = 0; second < seconds; second += 1) to = await next();
    return {
      mode,
      cpuPercent: Math.round(((to.cpuMs - from.cpuMs) / (to.atMs - from.atMs)) * 10_000) / 100,
      readings: to.readings - from.readings,
    };
  } finally {
    await child.dispose();
  }
}

if (import.meta.main) {
  const figures = await measureModes({ seconds: Number(process.argv[2] ?? 30) });
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
