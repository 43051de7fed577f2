import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLI = fileURLToPath(new URL('../../src/server/cli.ts', import.meta.url));
const run = promisify(execFile);

/** A program that prints one JSON line with its address when it is ready. */
export interface Served {
  readonly url: string;
  readonly processId: number;
  stop(): Promise<void>;
}

export async function serve(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LAPWING_LOG_LEVEL: 'warn', ...environment },
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line) as { url: string };
    child.stdout.resume();
    return {
      url,
      processId: child.pid ?? 0,
      async stop() {
        child.kill('SIGTERM');
        await closed;
      },
    };
  }
  throw new Error(`${words[0]} did not start`);
}

/** A school's own server on SQLite, or on the PostgreSQL at `databaseUrl`, and a token for many devices. */
export async function startSchool(databaseUrl: string | null): Promise<Served & { readonly token: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const environment: Record<string, string> =
    databaseUrl === null ? {} : { LAPWING_DATABASE_URL: databaseUrl };
  const command = async (name: string, ...words: string[]) => {
    const env = { ...process.env, ...environment };
    return (await run(process.execPath, [CLI, name, '--data', folder, ...words], { env })).stdout.trim();
  };
  await command('init', '--school', 'Bench Primary');
  const server = await serve([CLI, 'serve', '--data', folder, '--port', '0', '--json-ready'], environment);
  const enrol = ['--url', server.url, '--site', 'Main', '--audience', 'KS2', '--uses', '1000'];
  const token = await command('enrol-token', ...enrol);
  return {
    ...server,
    token,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process in bytes; null where the system does not say. */
export async function residentBytes(processId: number): Promise<number | null> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
}
