import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createIntakeKey, createSealer, createSigningKey } from '#seal';
import { createOutbox, type Outbox } from '../../src/main/outbox/index.ts';
import { createFiles, createRandom, createTimers } from '../../src/main/platform/node/index.ts';
import { ordinaryCapture } from './records.ts';

const timers = createTimers();
const random = createRandom();
const SECOND_MS = 1_000;

/** Appends on their way at once, which share a transaction; the raw inserts beside them put as many into one. */
export const GROUP = 64;
const ROUNDS = 3;

/** Of each figure the quietest of three rounds. */
export interface AgentFigures {
  /** Sealed, signed and on disk, 64 on their way at once. */
  readonly recordsPerSecond: number;
  /** Rows of the same size put by better-sqlite3 alone, 64 to a durable transaction. */
  readonly rawInsertsPerSecond: number;
  /** Records each awaited before the next: one durable transaction each. */
  readonly oneByOnePerSecond: number;
  /** The same rows by better-sqlite3 alone, one durable transaction each. */
  readonly rawOneByOnePerSecond: number;
}

/** An outbox in a folder of its own, removed with it. */
export async function withOutbox<Value>(work: (outbox: Outbox) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const [intakeKey, deviceKey] = [await createIntakeKey(), await createSigningKey()];
  const outbox = await createOutbox(
    {
      files: createFiles({ root: folder }),
      sealer: createSealer({ clock: timers, deviceKey }, { intakeKey }),
      timers,
      random,
      health: { report: () => undefined },
    },
    { deviceId: random.id(), maxBytes: 2_000_000_000 },
  );
  try {
    return await work(outbox);
  } finally {
    await outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Appends `count` records, `atOnce` on their way at any time; gives seconds. */
export async function appendMany(outbox: Outbox, count: number, atOnce: number): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) await outbox.append(ordinaryCapture(random, Date.now(), next++));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (performance.now() - startMs) / SECOND_MS;
}

async function rawInserts(rows: number, rowsPerTransaction: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const database = new Database(join(folder, 'raw.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE record (sequence INTEGER PRIMARY KEY, envelope TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO record (envelope) VALUES (?)');
  const envelope = 'x'.repeat(2_500);
  const group = database.transaction((count: number) => {
    for (let row = 0; row < count; row++) insert.run(envelope);
  });
  const startMs = performance.now();
  for (let row = 0; row < rows; row += rowsPerTransaction) group(Math.min(rowsPerTransaction, rows - row));
  const seconds = (performance.now() - startMs) / SECOND_MS;
  database.close();
  await rm(folder, { recursive: true, force: true });
  return rows / seconds;
}

export async function measureAgent(records: number): Promise<AgentFigures> {
  const oneByOne = Math.ceil(records / 10);
  return withOutbox(async (outbox) => {
    // The first ones open the context and warm the code.
    await appendMany(outbox, 200, 20);
    const rounds: AgentFigures[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        rawInsertsPerSecond: await rawInserts(records, GROUP),
        recordsPerSecond: records / (await appendMany(outbox, records, GROUP)),
        rawOneByOnePerSecond: await rawInserts(oneByOne, 1),
        oneByOnePerSecond: oneByOne / (await appendMany(outbox, oneByOne, 1)),
      });
    }
    const best = (figure: keyof AgentFigures) => Math.max(...rounds.map((round) => round[figure]));
    return {
      recordsPerSecond: best('recordsPerSecond'),
      rawInsertsPerSecond: best('rawInsertsPerSecond'),
      oneByOnePerSecond: best('oneByOnePerSecond'),
      rawOneByOnePerSecond: best('rawOneByOnePerSecond'),
    };
  });
}

/** Nanoseconds of one append (median of many, each awaited), with so many records waiting. */
export async function measureAppend(): Promise<{ readonly at10: number; readonly at100000: number }> {
  return withOutbox(async (outbox) => {
    await appendMany(outbox, 200, 20);
    for (;;) {
      const batch = await outbox.nextBatch({ maxRecords: 100, maxBytes: 2_000_000 });
      if (batch === null) break;
      await outbox.acknowledge(
        batch,
        batch.records.map(({ id }) => ({ id, status: 'stored' as const })),
        [],
      );
    }
    await appendMany(outbox, 10, 1);
    const at10 = await medianAppendNs(outbox, 300);
    await appendMany(outbox, 100_000 - outbox.stats().records, GROUP);
    return { at10, at100000: await medianAppendNs(outbox, 300) };
  });
}

async function medianAppendNs(outbox: Outbox, samples: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < samples; count++) {
    const record = ordinaryCapture(random, Date.now(), count);
    const start = process.hrtime.bigint();
    await outbox.append(record);
    times.push(Number(process.hrtime.bigint() - start));
  }
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length / 2)] ?? 0;
}
