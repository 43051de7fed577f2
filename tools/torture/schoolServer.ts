import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { RULE_PACK } from './scene.ts';

const CLI = fileURLToPath(new URL('../../src/server/cli.ts', import.meta.url));
const run = promisify(execFile);

/** The server's program, started and killed at will. */
export interface TorturedServer {
  start(): Promise<string>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  command(name: string, ...words: readonly string[]): Promise<string>;
  /** Puts a policy in force; each call makes a new version. */
  setPolicy(): Promise<void>;
}

export function createTorturedServer(folder: string): TorturedServer {
  const data = join(folder, 'school');
  let child: ChildProcess | null = null;
  let policies = 0;

  async function command(name: string, ...words: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [CLI, name, '--data', data, ...words]);
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
    command,
    async start() {
      const started = spawn(process.execPath, [CLI, 'serve', '--data', data, '--port', '0', '--json-ready'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LAPWING_LOG_LEVEL: 'warn' },
      });
      child = started;
      started.stderr.on('data', (chunk) => appendFileSync(join(folder, 'server.log'), chunk));
      for await (const line of createInterface({ input: started.stdout })) {
        return (JSON.parse(line) as { url: string }).url;
      }
      throw new Error(`the server did not start; see ${join(folder, 'server.log')}`);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async setPolicy() {
      policies += 1;
      const path = join(folder, 'policy.yaml');
      const document = {
        school: { name: 'Torture Primary', timeZone: 'Europe/London' },
        rules: { packIds: [], ownPacks: [{ name: 'torture.yaml', yaml: RULE_PACK }] },
        // No cooldown: each window is a record of its own, so that each can be looked for.
        capture: { screenshots: true, cooldownMs: 0, contextEntries: policies % 5 },
        outbox: {},
      };
      await writeFile(path, stringify(document));
      await command('policy', 'set', path);
    },
  };
}
