import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { runCommandLine } from '../../../src/server/cli/index.ts';

const CLI = fileURLToPath(new URL('../../../src/server/cli.ts', import.meta.url));

/** What a command said and how it ended. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** A folder for a school, and commands run in this process against it. */
export async function createCommandLine(environment: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-cli-'));
  const data = join(folder, 'school');
  const log: string[] = [];

  async function run(...words: string[]): Promise<CommandOutcome> {
    const out: string[] = [];
    const error: string[] = [];
    const code = await runCommandLine(
      {
        environment,
        print: (line) => void out.push(line),
        printError: (line) => void error.push(line),
        createLog: () => pino({ base: null }, { write: (line: string) => void log.push(line) }),
        stopped: Promise.resolve(),
      },
      words,
    );
    return { code, out: out.join('\n'), error: error.join('\n') };
  }

  return {
    folder,
    data,
    log,
    run,
    /** The command on this school's data. */
    on: (command: string, ...words: string[]) => run(command, '--data', data, ...words),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
export type CommandLine = Awaited<ReturnType<typeof createCommandLine>>;

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly stderr: () => string;
  /** Sends the signal and waits for the end: the exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number | string | null>;
}

/** Starts `lapwing-server serve` and waits until it listens. */
export async function startServerProcess(
  data: string,
  options: { readonly words?: readonly string[]; readonly environment?: Record<string, string> } = {},
): Promise<ServerProcess> {
  const words = ['serve', '--data', data, '--port', '0', '--json-ready', ...(options.words ?? [])];
  const child = spawn(process.execPath, [CLI, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await Promise.race([lines.next(), ended]);
  if (typeof first !== 'object' || first === null || first.done)
    throw new Error(`the server did not start: ${stderr}`);
  const { url } = JSON.parse(first.value) as { url: string };
  return {
    url,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
