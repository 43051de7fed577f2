import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createDisposables, type Disposable } from '#kernel';
import { createLinuxWindows } from '../../../src/main/platform/linux/index.ts';
import { createTimers } from '../../../src/main/platform/node/index.ts';
import type { ForegroundWindow, SourceHealth, WindowReading } from '../../../src/main/ports/index.ts';
import { ensurePrograms } from '../../../tools/display/index.ts';
import { type Child, firstLine, startChild } from '../../../tools/process/child.ts';

/** A real X server of the test's own, with programs on it and the adapter watching it. */
export interface XDesktop extends Disposable {
  readonly display: string;
  startWindowManager(): Promise<Child>;
  /** Ends the X server; `restart` brings one back under the same name. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  startProgram(): Promise<XProgram>;
  watch(): Watched;
  dispose(): Promise<void>;
}

export interface XProgram extends Disposable {
  readonly processId: number;
  /** Sends a command of `xProgram.mjs`; resolves once the server has carried it out, with its number. */
  command(command: { do: string } & Record<string, unknown>): Promise<number>;
  dispose(): Promise<void>;
}

export interface Watched extends Disposable {
  readonly readings: WindowReading[];
  readonly healths: SourceHealth[];
  /** The first reading from now on, or the present one, that fits. */
  reading(fits: (reading: WindowReading) => boolean): Promise<WindowReading>;
  window(title: string): Promise<ForegroundWindow>;
  health(code: string): Promise<SourceHealth>;
}

const SERVER_OPTIONS = ['-screen', '0', '1024x768x24', '-nolisten', 'tcp', '-noreset'];
const WAIT_MS = 60_000;

export async function startXDesktop(): Promise<XDesktop> {
  await ensurePrograms(['Xvfb', 'openbox']);
  const parts = createDisposables();
  const first = startChild('Xvfb', ['-displayfd', '3', ...SERVER_OPTIONS], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  parts.add(first);
  const display = `:${await firstLine(first, first.process.stdio[3] as NodeJS.ReadableStream)}`;
  const env = { ...process.env, DISPLAY: display };
  let server: Child = first;

  return {
    display,
    async startWindowManager() {
      // It announces itself before it gives new windows the focus; the start-up command runs after.
      const options = ['--sm-disable', '--startup', 'echo ready'];
      const manager = parts.add(startChild('openbox', options, { env, stdio: ['ignore', 'pipe', 'ignore'] }));
      await firstLine(manager, manager.process.stdout, /ready/);
      return manager;
    },
    async crash() {
      server.process.kill('SIGKILL');
      await server.ended;
    },
    async restart() {
      server = parts.add(
        startChild('Xvfb', [display, '-displayfd', '3', ...SERVER_OPTIONS], {
          stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
        }),
      );
      await firstLine(server, server.process.stdio[3] as NodeJS.ReadableStream);
    },
    async startProgram() {
      const script = fileURLToPath(new URL('xProgram.mjs', import.meta.url));
      const child = parts.add(
        startChild(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] }),
      );
      const { stdin, stdout, pid = 0 } = child.process;
      if (stdin === null || stdout === null) throw new Error('the program has no pipes');
      const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
      return {
        processId: pid,
        async command(command) {
          stdin.write(`${JSON.stringify(command)}\n`);
          const answer = await answers.next();
          return Number(String(answer.value).replace('done ', ''));
        },
        async dispose() {
          stdin.end();
          if (child.process.exitCode === null) await once(child.process, 'exit');
        },
      };
    },
    watch: () => watchDisplay(display),
    dispose: () => parts.dispose(),
  };
}

function watchDisplay(display: string): Watched {
  const readings: WindowReading[] = [];
  const healths: SourceHealth[] = [];
  const waiting = new Set<() => void>();
  const log = { info() {}, warn() {} };
  const notify = () => {
    for (const look of waiting) look();
  };
  const watch = createLinuxWindows({ timers: createTimers(), log }, { display, wayland: false }).watch({
    onReading(reading) {
      readings.push(reading);
      notify();
    },
    onHealth(health) {
      healths.push(health);
      notify();
    },
  });

  /** The newest value that fits, or the next one that will. */
  function next<Value>(values: readonly Value[], fits: (value: Value) => boolean): Promise<Value> {
    const timeout = AbortSignal.timeout(WAIT_MS);
    return new Promise((resolve, reject) => {
      const look = () => {
        const last = values.at(-1);
        if (last === undefined || !fits(last)) return;
        waiting.delete(look);
        resolve(last);
      };
      waiting.add(look);
      look();
      timeout.addEventListener('abort', () => {
        if (waiting.delete(look))
          reject(new Error(`not seen: ${JSON.stringify(values.slice(-5)).slice(0, 3_000)}`));
      });
    });
  }

  return {
    readings,
    healths,
    reading: (fits) => next(readings, fits),
    async window(title) {
      const found = await next(
        readings,
        (reading) => reading.kind === 'window' && reading.window.title === title,
      );
      if (found.kind !== 'window') throw new Error('no window');
      return found.window;
    },
    health: (code) => next(healths, (health) => health.code === code),
    dispose: () => watch.dispose(),
  };
}
