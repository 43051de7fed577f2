import { type ChildProcess, execFile, fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Certificates } from './certificates.ts';
import { RULE_PACK } from './scene.ts';

const CLI = fileURLToPath(new URL('../../src/server/cli.ts', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./serverProgram.ts', import.meta.url));
const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 100_000_000;

/** The server's program, started and killed at will. */
export interface TorturedServer {
  /** Where everything of the school lies. */
  readonly data: string;
  readonly caPath: string;
  start(): Promise<string>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Turns the clock of its machine; a restart does not set it right. */
  jumpClock(byMs: number): void;
  command(name: string, ...words: readonly string[]): Promise<string>;
  /** The same for a command whose exit code is part of its answer. */
  answerOf(name: string, ...words: readonly string[]): Promise<string>;
  /** Puts a policy in force; each call makes a new version. */
  setPolicy(): Promise<void>;
}

/** A server with a certificate of its own, in `folder`. */
export async function createTorturedServer(
  folder: string,
  certificates: Certificates,
): Promise<TorturedServer> {
  const data = join(folder, 'school');
  const path = (name: string) => join(folder, name);
  const [caPath, certPath, keyPath] = ['ca.pem', 'server.pem', 'server.key'].map(path) as [
    string,
    string,
    string,
  ];
  await writeFile(caPath, certificates.caPem);
  await writeFile(certPath, certificates.certPem);
  await writeFile(keyPath, certificates.keyPem, { mode: 0o600 });
  let child: ChildProcess | null = null;
  let policies = 0;
  let offsetMs = 0;

  const ask = (name: string, words: readonly string[]) =>
    run(process.execPath, [CLI, name, '--data', data, ...words], { maxBuffer: MAX_OUTPUT_BYTES });

  async function command(name: string, ...words: readonly string[]): Promise<string> {
    const { stdout } = await ask(name, words);
    return stdout.trim();
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => ending.once('close', () => resolve()));
    ending.kill(signal);
    await closed;
  }

  return {
    data,
    caPath,
    command,
    answerOf: (name, ...words) =>
      ask(name, words).then(
        ({ stdout }) => stdout,
        (failure: { readonly stdout?: string }) => {
          if (failure.stdout === undefined || failure.stdout === '') throw failure;
          return failure.stdout;
        },
      ),
    async start() {
      const args = ['--data', data, '--cert', certPath, '--key', keyPath, `--offset-ms=${offsetMs}`];
      const started = fork(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
      child = started;
      started.stderr?.on('data', (chunk) => appendFileSync(join(folder, 'server.log'), chunk));
      if (started.stdout === null) throw new Error('the server has no output');
      for await (const line of createInterface({ input: started.stdout })) {
        return (JSON.parse(line) as { url: string }).url;
      }
      throw new Error(`the server did not start; see ${join(folder, 'server.log')}`);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    jumpClock(jumpMs) {
      offsetMs += jumpMs;
      child?.send({ jumpMs }, () => undefined);
    },
    async setPolicy() {
      policies += 1;
      const file = path('policy.yaml');
      const document = {
        school: { name: 'Torture Primary', timeZone: 'Europe/London' },
        rules: { packIds: [], ownPacks: [{ name: 'torture.yaml', yaml: RULE_PACK }] },
        // No cooldown: each window is a record of its own, so that each can be looked for.
        capture: { screenshots: true, cooldownMs: 0, contextEntries: policies % 5 },
        outbox: {},
      };
      await writeFile(file, stringify(document));
      await command('policy', 'set', file);
    },
  };
}
