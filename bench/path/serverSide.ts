import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { startPostgres } from '../../test/fakes/server/postgres.ts';
import { type BenchDevice, enrolDevice } from './device.ts';
import { createGun, type Shot } from './load.ts';
import { residentBytes, type Served, serve, startSchool } from './school.ts';

const DEVICES = 20;
const BATCH = 20;
const AT_ONCE = 16;
/** Records sealed before each burst: sealing is not the server's work and not counted. */
const BURST = 4_000;

export interface IngestFigures {
  readonly recordsPerSecond: number;
  /** The server's resident memory as the stored records grow. */
  readonly memory: readonly { readonly records: number; readonly rssBytes: number | null }[];
}

async function enrolAll(token: string): Promise<BenchDevice[]> {
  return Promise.all(Array.from({ length: DEVICES }, (_, at) => enrolDevice(token, `bench-${at}`)));
}

async function burst(devices: readonly BenchDevice[], records: number): Promise<Shot[]> {
  const each = Math.ceil(records / BATCH / devices.length);
  const perDevice = await Promise.all(devices.map((device) => device.batches(each, BATCH)));
  // One of each device in turn, as a school's devices come.
  return Array.from({ length: each }, (_, round) => perDevice.flatMap((shots) => shots[round] ?? [])).flat();
}

/** Records accepted per second by one server process, each batch on disk before it is answered. */
export async function measureIngest(
  school: Served & { readonly token: string },
  records: number,
): Promise<IngestFigures> {
  const devices = await enrolAll(school.token);
  const gun = createGun(school.url, AT_ONCE);
  try {
    await gun.fire(await burst(devices, 800));
    const memory = [{ records: 800, rssBytes: await residentBytes(school.processId) }];
    let seconds = 0;
    let done = 0;
    while (done < records) {
      const shots = await burst(devices, Math.min(BURST, records - done));
      seconds += await gun.fire(shots);
      done += shots.length * BATCH;
      memory.push({ records: done + 800, rssBytes: await residentBytes(school.processId) });
    }
    const kept = Math.max(1, Math.ceil(memory.length / 10));
    return {
      recordsPerSecond: done / seconds,
      memory: memory.filter((_, at) => at % kept === 0 || at === memory.length - 1),
    };
  } finally {
    gun.dispose();
  }
}

export async function measureHeartbeats(school: Served & { readonly token: string }): Promise<number> {
  const devices = await enrolAll(school.token);
  const gun = createGun(school.url, AT_ONCE);
  try {
    const shots = (await Promise.all(devices.map((device) => device.heartbeats(150)))).flat();
    return shots.length / (await gun.fire(shots));
  } finally {
    gun.dispose();
  }
}

/** Requests per second of a Fastify route that takes the same batches and does nothing. */
export async function measureEmptyRoute(school: Served & { readonly token: string }): Promise<number> {
  const server = await serve([fileURLToPath(new URL('./emptyRoute.ts', import.meta.url))]);
  const gun = createGun(server.url, AT_ONCE);
  try {
    const device = await enrolDevice(school.token, 'bench-empty');
    const shots = (await device.batches(40, BATCH)).map((shot) => ({ ...shot, path: '/empty' }));
    await gun.fire(shots);
    const many = Array.from({ length: 50 }, () => shots).flat();
    return many.length / (await gun.fire(many));
  } finally {
    gun.dispose();
    await server.stop();
  }
}

/** Rows per second of better-sqlite3 alone: the same size, 20 to a durable transaction. */
export async function measureRawInserts(rows: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const database = new Database(join(folder, 'raw.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE record (id TEXT PRIMARY KEY, envelope TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO record VALUES (?, ?)');
  const envelope = 'x'.repeat(2_500);
  const batch = database.transaction((from: number) => {
    for (let row = from; row < from + BATCH; row++) insert.run(`019ab000-0000-7000-8000-${row}`, envelope);
  });
  const startMs = performance.now();
  for (let row = 0; row < rows; row += BATCH) batch(row);
  const seconds = (performance.now() - startMs) / 1_000;
  database.close();
  await rm(folder, { recursive: true, force: true });
  return rows / seconds;
}

/** Runs `work` against a school on a real PostgreSQL of its own. */
export async function withPostgresSchool<Value>(
  work: (school: Served & { readonly token: string }) => Promise<Value>,
): Promise<Value> {
  const postgres = await startPostgres();
  try {
    const school = await startSchool(await postgres.createDatabase());
    try {
      return await work(school);
    } finally {
      await school.stop();
    }
  } finally {
    await postgres.stop();
  }
}
