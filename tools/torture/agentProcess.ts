import { type ChildProcess, execFile, fork } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('./agentProgram.ts', import.meta.url));
const run = promisify(execFile);

/** One device of the torture, through all its lives. */
export interface TorturedAgent {
  readonly name: string;
  /** Markers that the agent said are safe. */
  readonly written: Set<string>;
  /** How often it ended although nobody killed it. */
  crashes(): number;
  /** Resolves when it is enrolled and watching, or has ended. */
  start(): Promise<void>;
  /** SIGKILL. Not while its disk is full: what is in memory then may be lost, and that is nobody's fault. */
  kill(): Promise<boolean>;
  jumpClock(byMs: number): void;
  /** Lets its files grow no more, or again; false where the system has no such limit. */
  fillDisk(full: boolean): Promise<boolean>;
  /** Shows one last window, a critical one, so that whatever waits for a backoff goes now. */
  last(): void;
  stop(): Promise<void>;
}

export interface TorturedAgentOptions {
  readonly folder: string;
  readonly name: string;
  readonly seed: number;
  readonly token: () => string;
}

/** After its disk has room again an agent needs this long to bring to disk what it held. */
const ROOM_GRACE_MS = 7_000;

export function createTorturedAgent(options: TorturedAgentOptions): TorturedAgent {
  const written = new Set<string>();
  let child: ChildProcess | null = null;
  let log: WriteStream | null = null;
  let lives = 0;
  let fragileUntilMs = 0;
  let crashes = 0;

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const killer = setTimeout(() => ending.kill('SIGKILL'), 15_000);
      ending.once('close', () => {
        clearTimeout(killer);
        resolve();
      });
      ending.kill(signal);
    });
  }

  return {
    name: options.name,
    written,
    crashes: () => crashes,
    async start() {
      lives += 1;
      const data = join(options.folder, options.name);
      await mkdir(data, { recursive: true });
      const seed = String(options.seed * 1_000 + lives);
      const name = `${options.name}r${lives}`;
      const args = ['--data', data, '--name', name, '--seed', seed, '--token', options.token()];
      child = fork(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
      log ??= createWriteStream(join(options.folder, `${options.name}.log`));
      const life = child;
      life.once('exit', () => {
        if (child === life) crashes += 1;
      });
      child.stderr?.pipe(log, { end: false });
      if (child.stdout === null) throw new Error('the agent has no output');
      const running = Promise.withResolvers<void>();
      life.once('exit', () => running.resolve());
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === '{"running":true}') running.resolve();
        // The last line of a killed process may be half a line.
        const marker = /^\{"written":"([^"]+)"\}$/.exec(line)?.[1];
        if (marker !== undefined) written.add(marker);
      });
      await running.promise;
    },
    async kill() {
      if (child === null || performance.now() < fragileUntilMs) return false;
      await end('SIGKILL');
      return true;
    },
    jumpClock: (jumpMs) => void child?.send({ jumpMs }, () => undefined),
    async fillDisk(full) {
      if (child?.pid === undefined) return false;
      fragileUntilMs = full ? Number.POSITIVE_INFINITY : performance.now() + ROOM_GRACE_MS;
      const limit = full ? '4096' : 'unlimited';
      return run('prlimit', ['--pid', String(child.pid), `--fsize=${limit}:unlimited`]).then(
        () => true,
        () => {
          fragileUntilMs = 0;
          return false;
        },
      );
    },
    last: () => void child?.send({ last: true }, () => undefined),
    async stop() {
      await end('SIGTERM');
      log?.end();
    },
  };
}
