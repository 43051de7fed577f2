import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../../../tools/process/child.ts';
import { startXDesktop, type XDesktop } from './xDesktop.ts';

/** A minute of windows that open, rename themselves (up to 100 kB) and close as fast as a real X server allows. */

const STORM_MS = 60_000;
const STORM_WINDOWS = 1_000;
/** What a minute may add. Real leaks (one kilobyte a title) would add a hundred times as much. */
const GROWTH_BYTES = 2_000_000;

interface Measure {
  readonly atMs: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly files: number;
  readonly resources: number;
  readonly cpuMs: number;
  readonly readings: number;
  readonly lastTitle: string;
  readonly healths: readonly string[];
}

let desktop: XDesktop;

beforeAll(async () => {
  desktop = await startXDesktop();
  await desktop.startWindowManager();
});

afterAll(() => desktop.dispose());

describe.runIf(process.platform === 'linux')('the Linux adapter in a window storm', () => {
  test('grows in neither memory nor handles, and afterwards sees what is in front', async () => {
    const script = fileURLToPath(new URL('xWatcher.ts', import.meta.url));
    const watcher = startChild(process.execPath, ['--expose-gc', script, desktop.display, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (watcher.process.stdout === null) throw new Error('the watcher has no pipe');
    const lines = createInterface({ input: watcher.process.stdout })[Symbol.asyncIterator]();
    const measures: Measure[] = [];
    async function until(fits: (measure: Measure) => boolean): Promise<Measure> {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error('the watcher ended');
        const measure = JSON.parse(line.value) as Measure;
        measures.push(measure);
        if (fits(measure)) return measure;
      }
    }

    await until(({ healths }) => healths.at(-1) === 'x11_events');
    const program = await desktop.startProgram();
    const storm = program.command({ do: 'storm', milliseconds: STORM_MS, windows: STORM_WINDOWS });
    let over = false;
    void storm.then(() => {
      over = true;
    });
    const startMs = measures.at(-1)?.atMs ?? 0;
    const early = await until(({ atMs }) => atMs - startMs > 15_000);
    await until(() => over);
    await program.command({ do: 'open', title: 'after the storm' });
    const late = await until(({ lastTitle }) => lastTitle === 'after the storm');
    await watcher.dispose();

    const rounds = await storm;
    process.stderr.write(
      `  storm: ${rounds} windows, ${late.readings} readings, ` +
        `heap ${late.heapBytes - early.heapBytes} bytes, buffers ${late.externalBytes - early.externalBytes} bytes more, ` +
        `${(((late.cpuMs - early.cpuMs) / (late.atMs - early.atMs)) * 100).toFixed(1)} % of a core\n`,
    );
    expect(rounds, 'it was a storm').toBeGreaterThanOrEqual(STORM_WINDOWS);
    expect(late.readings).toBeGreaterThan(5);
    expect(late.healths).toEqual(['x11_no_window_manager', 'x11_events'].slice(-late.healths.length));
    expect(late.heapBytes - early.heapBytes).toBeLessThan(GROWTH_BYTES);
    expect(late.externalBytes - early.externalBytes).toBeLessThan(GROWTH_BYTES);
    expect(late.files).toBeLessThanOrEqual(early.files);
    expect(late.resources).toBeLessThanOrEqual(early.resources + 1);
  });
});
