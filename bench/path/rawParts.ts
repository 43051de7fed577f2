/** What the parts of the ingest allow by themselves, on this machine in the same run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { createIntakeKey, createSealer, createSigningKey, importVerifyingKey, verifyEnvelope } from '#seal';
import { createRandom, createTimers } from '../../src/main/platform/node/index.ts';
import { ordinaryCapture } from './records.ts';
import { BATCH, quietest } from './serverSide.ts';

const ENVELOPE = 'x'.repeat(2_500);
const idOf = (row: number) => `019ab000-0000-7000-8000-${row}`;

/** Rows per second of better-sqlite3 alone: the size of a record, 20 to a durable transaction. */
export async function measureSqliteInserts(rows: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const database = new Database(join(folder, 'raw.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE record (id TEXT PRIMARY KEY, envelope TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO record VALUES (?, ?)');
  const batch = database.transaction((from: number) => {
    for (let row = from; row < from + BATCH; row++) insert.run(idOf(row), ENVELOPE);
  });
  let next = 0;
  const perSecond = await quietest(async () => {
    const startMs = performance.now();
    const end = next + rows;
    for (; next < end; next += BATCH) batch(next);
    return rows / ((performance.now() - startMs) / 1_000);
  });
  database.close();
  await rm(folder, { recursive: true, force: true });
  return perSecond;
}

/** The same by `pg` alone on one connection: one INSERT of 20 rows to a durable transaction. */
export async function measurePostgresInserts(url: string, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE record (id text PRIMARY KEY, envelope text NOT NULL)');
  const values = Array.from({ length: BATCH }, (_, row) => `($${row * 2 + 1}, $${row * 2 + 2})`).join(',');
  let next = 0;
  const perSecond = await quietest(async () => {
    const startMs = performance.now();
    const end = next + rows;
    for (; next < end; next += BATCH) {
      const parameters = Array.from({ length: BATCH }, (_, row) => [idOf(next + row), ENVELOPE]).flat();
      await client.query(`INSERT INTO record VALUES ${values}`, parameters);
    }
    return rows / ((performance.now() - startMs) / 1_000);
  });
  await client.end();
  return perSecond;
}

/** Signatures of records checked per second, on all cores: the part that nothing can leave out. */
export async function measureSignatures(count: number): Promise<number> {
  const random = createRandom();
  const deviceKey = await createSigningKey();
  const key = await importVerifyingKey(deviceKey.publicKey);
  if (key === null) throw new Error('a fresh key must import');
  const sealer = createSealer({ clock: createTimers(), deviceKey }, { intakeKey: await createIntakeKey() });
  const record = ordinaryCapture(random, Date.now(), 1);
  const head = {
    id: record.id,
    deviceId: random.id(),
    sequence: 1,
    kind: 'capture',
    priority: 'medium',
  } as const;
  const plain = new TextEncoder().encode(JSON.stringify(record));
  const envelope = await sealer.sealRecord({ ...head, createdAt: Date.now() }, plain);
  return quietest(async () => {
    const startMs = performance.now();
    for (let done = 0; done < count; done += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, () => verifyEnvelope(envelope, key)));
    }
    return count / ((performance.now() - startMs) / 1_000);
  });
}
