import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Disk } from './disk.ts';
import type { Line } from './network.ts';

const PROGRAM = fileURLToPath(new URL('./agentProgram.ts', import.meta.url));
/** A stop that lasts longer is a fault: the agent promises to stop within seconds, and this machine may be slow. */
const STOP_DEADLINE_MS = 120_000;

/** One device of the torture, through all its lives. */
export interface TorturedAgent {
  readonly name: string;
  readonly line: Line;
  /** Its data folder. */
  readonly data: string;
  readonly disk: Disk;
  /** Markers that the agent said are safe, those included that only its memory held. */
  readonly written: ReadonlySet<string>;
  /** Of these, what by its own word was in memory alone when it was killed. */
  readonly notDurable: ReadonlySet<string>;
  /** How often it ended although nobody killed it, or did not end when asked to. */
  crashes(): number;
  killsOnFullDisk(): number;
  /** Resolves when it is enrolled and watching, or has ended. */
  start(): Promise<void>;
  /** SIGKILL; false where it is not running. */
  kill(): Promise<boolean>;
  jumpClock(byMs: number): void;
  /** Shows one last window, a critical one, so that whatever waits for a backoff goes now. */
  last(): void;
  stop(): Promise<void>;
}

export interface TorturedAgentOptions {
  readonly folder: string;
  readonly name: string;
  readonly seed: number;
  readonly line: Line;
  readonly disk: Disk;
  readonly token: () => string;
}

export function createTorturedAgent(options: TorturedAgentOptions): TorturedAgent {
  const { name, line, disk } = options;
  const data = join(options.folder, name);
  const written = new Set<string>();
  const notDurable = new Set<string>();
  let child: ChildProcess | null = null;
  let log: WriteStream | null = null;
  let lives = 0;
  let crashes = 0;
  let killsOnFullDisk = 0;

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const killer = setTimeout(() => {
        crashes += 1;
        ending.kill('SIGKILL');
      }, STOP_DEADLINE_MS);
      ending.once('close', () => {
        clearTimeout(killer);
        resolve();
      });
      ending.kill(signal);
    });
  }

  /** Hears what one life says. What was in memory alone when it ended is not durable. */
  function listen(output: NodeJS.ReadableStream, onRunning: () => void): void {
    const held = new Set<string>();
    const lines = createInterface({ input: output });
    lines.on('line', (text) => {
      if (text === '{"running":true}') onRunning();
      if (text === '{"durable":true}') held.clear();
      // The last line of a killed process may be half a line.
      const [, marker, durable] = /^\{"written":"([^"]+)","durable":(true|false)\}$/.exec(text) ?? [];
      if (marker === undefined) return;
      written.add(marker);
      if (durable === 'false') held.add(marker);
    });
    lines.once('close', () => {
      for (const marker of held) notDurable.add(marker);
    });
  }

  return {
    name,
    line,
    data,
    disk,
    written,
    notDurable,
    crashes: () => crashes,
    killsOnFullDisk: () => killsOnFullDisk,
    async start() {
      lives += 1;
      const seed = String(options.seed * 1_000 + lives);
      const args = ['--data', data, '--name', `${name}r${lives}`, '--seed', seed, '--token', options.token()];
      const life = fork(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
      child = life;
      if (life.pid !== undefined) await disk.adopt(life.pid);
      log ??= createWriteStream(join(options.folder, `${name}.log`));
      life.stderr?.pipe(log, { end: false });
      if (life.stdout === null) throw new Error('the agent has no output');
      const running = Promise.withResolvers<void>();
      life.once('exit', () => {
        if (child === life) crashes += 1;
        running.resolve();
      });
      listen(life.stdout, running.resolve);
      await running.promise;
    },
    async kill() {
      if (child === null) return false;
      if (disk.isFull()) killsOnFullDisk += 1;
      await end('SIGKILL');
      return true;
    },
    jumpClock: (jumpMs) => void child?.send({ jumpMs }, () => undefined),
    last: () => void child?.send({ last: true }, () => undefined),
    async stop() {
      await end('SIGTERM');
      log?.end();
    },
  };
}
