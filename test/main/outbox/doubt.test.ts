import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCeiling } from '../../../src/main/outbox/ceiling.ts';
import { createFiles } from '../../../src/main/platform/node/files.ts';
import { type Bench, captureOf, createBench, deliverAll, makeRoom } from './fixture.ts';

let bench: Bench;
let folder: string;

beforeEach(async () => {
  bench = await createBench();
  folder = bench.newFolder();
});
afterEach(() => bench.dispose());

/** The limit of a disk that is nearly full, in pages. */
const SMALL = { maxPages: 60 };

/** What a full disk says to a file with bytes in it; it still takes names. */
async function full(_path: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

async function fillUp() {
  const outbox = await bench.open(folder, SMALL);
  for (;;) {
    const appended = await outbox.append(captureOf(bench.id(), 'medium', 'k'.repeat(1_000)));
    if (appended.kind === 'held') return { outbox, last: appended.sequence };
  }
}

describe('a kill while the disk is full', () => {
  test('no number is given out twice, and those that may be lost are admitted, once', async () => {
    const { outbox, last } = await fillUp();
    await outbox.append(captureOf(bench.id(), 'critical'));
    const fromMemory = await outbox.nextBatch({ maxRecords: 1, maxBytes: 2_000_000 });
    expect(fromMemory?.records[0]?.sequence).toBe(last + 1);

    const after = await bench.open(bench.afterPowerCut(folder));
    const next = await after.append(captureOf(bench.id(), 'low'));
    const received = await deliverAll(bench, after);
    const admissions = received.flatMap(({ record }) => (record.kind === 'dropped' ? [record] : []));
    const [lost] = admissions[0]?.sequences ?? [];
    expect(admissions).toMatchObject([{ reason: 'damaged', sequences: [{ from: last }] }]);
    expect(lost?.to).toBeGreaterThan(last + 500);
    expect(next.sequence).toBe((lost?.to ?? 0) + 2);
    expect(bench.health.get('outbox.database')).toMatchObject({ state: 'degraded', code: 'memory_lost' });
    const known = new Set(received.map(({ envelope }) => envelope.sequence));
    for (let sequence = 1; sequence < last; sequence++) expect(known).toContain(sequence);
  });

  test('killed again before there was room, still no number is given out twice', async () => {
    await fillUp();
    const given = new Map<string, number>();
    for (let life = 0; life < 3; life++) {
      folder = bench.afterPowerCut(folder);
      const outbox = await bench.open(folder, SMALL, { ...createFiles({ root: folder }), writeAtomic: full });
      expect(await outbox.append(captureOf(bench.id(), 'critical'))).toMatchObject({ kind: 'held' });
      const batch = await outbox.nextBatch({ maxRecords: 1_000, maxBytes: 2_000_000 });
      for (const { id, sequence } of batch?.records ?? []) given.set(id, sequence);
    }
    expect(given.size).toBeGreaterThan(6);
    expect(new Set(given.values()).size).toBe(given.size);
  });

  test('once there was room again, nothing is in doubt and the numbers go on', async () => {
    const { outbox, last } = await fillUp();
    await makeRoom(bench, outbox);
    expect(outbox.stats().held).toBe(0);
    const after = await bench.open(bench.afterPowerCut(folder));
    expect(await after.append(captureOf(bench.id(), 'low'))).toMatchObject({ sequence: last + 1 });
    expect((await deliverAll(bench, after)).map(({ record }) => record.kind)).not.toContain('dropped');
  });

  test('a loss that was found but not admitted yet is found again', async () => {
    const outbox = await bench.open(folder);
    await outbox.append(captureOf(bench.id(), 'low'));
    await outbox.dispose();
    const files = createFiles({ root: folder });
    await files.remove('outbox.db');
    const killed = await bench.open(folder, { maxPages: 1 });
    await killed.dispose();
    const after = await bench.open(folder);
    const received = await deliverAll(bench, after);
    expect(received.map(({ record }) => record)).toMatchObject([
      { kind: 'dropped', sequences: [{ from: 1, to: 1_025 }] },
    ]);
  });
});

describe('the ceiling', () => {
  const known = async () => (await createCeiling(createFiles({ root: folder }))).known();

  test('covers every number before it is given out', async () => {
    const files = createFiles({ root: folder });
    expect(await known()).toEqual({ highest: 0, inDoubt: false });
    for (const sequence of [1, 500, 1_025, 1_026, 5_000]) {
      await (await createCeiling(files)).cover(sequence);
      expect((await known()).highest).toBeGreaterThanOrEqual(sequence);
      expect((await known()).inDoubt).toBe(false);
    }
  });

  test('is in doubt until it is said to be sure, across restarts', async () => {
    const ceiling = await createCeiling(createFiles({ root: folder }));
    await ceiling.cover(1);
    await ceiling.doubt(true);
    expect(await known()).toEqual({ highest: 1_025, inDoubt: true });
    await ceiling.cover(1_026);
    expect(await known()).toEqual({ highest: 2_050, inDoubt: true });
    await ceiling.doubt(false);
    expect(await known()).toEqual({ highest: 2_050, inDoubt: false });
    await ceiling.reset();
    expect(await known()).toEqual({ highest: 0, inDoubt: false });
  });

  test('a disk that takes no name is no reason to stop', async () => {
    const fail = () => Promise.reject(new Error('read only'));
    const ceiling = await createCeiling({ ...createFiles({ root: folder }), writeAtomic: fail, move: fail });
    await ceiling.cover(1);
    await ceiling.doubt(true);
    expect(ceiling.known()).toEqual({ highest: 0, inDoubt: false });
  });
});
