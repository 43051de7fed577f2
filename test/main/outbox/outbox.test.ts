import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Priority } from '#contract';
import type { Outbox } from '../../../src/main/outbox/index.ts';
import {
  BATCH,
  type Bench,
  captureOf,
  deliverAll,
  openBench,
  pictureOf,
  reportOf,
  stored,
} from './fixture.ts';

let bench: Bench;
let folder: string;
let outbox: Outbox;

beforeEach(async () => {
  ({ bench, folder, outbox } = await openBench());
});
afterEach(() => bench.dispose());

describe('written first', () => {
  test('an append that has resolved survives a power cut, and listeners hear of it only then', async () => {
    const heard: Priority[] = [];
    outbox.onAppend((priority) => heard.push(priority));
    const appending = outbox.append(captureOf(bench.id(), 'high'));
    expect(heard).toEqual([]);
    const appended = await appending;
    expect(appended).toMatchObject({ kind: 'written', sequence: 1 });
    expect(heard).toEqual(['high']);
    const after = await bench.open(bench.afterPowerCut(folder));
    expect((await deliverAll(bench, after)).map(({ record }) => record.id)).toEqual([appended.id]);
  });

  test('a listener that was disposed hears no more', async () => {
    const heard: Priority[] = [];
    const listening = outbox.onAppend((priority) => heard.push(priority));
    void listening.dispose();
    await outbox.append(captureOf(bench.id(), 'high'));
    expect(heard).toEqual([]);
  });
});

describe('removed only on acknowledgement', () => {
  test('a batch that was not answered is offered again, the same', async () => {
    await outbox.append(captureOf(bench.id(), 'high'));
    await outbox.append(captureOf(bench.id(), 'low'));
    const first = await outbox.nextBatch(BATCH);
    expect(await outbox.nextBatch(BATCH)).toEqual(first);
    if (first === null) throw new Error('there are two');
    await outbox.acknowledge(first, stored(first.records.slice(0, 1)), []);
    expect((await outbox.nextBatch(BATCH))?.records).toEqual(first.records.slice(1));
    await outbox.acknowledge(first, [{ id: first.records[1]?.id ?? '', status: 'duplicate' }], []);
    expect(await outbox.nextBatch(BATCH)).toBeNull();
    expect(outbox.stats()).toMatchObject({ records: 0, bytes: 0, oldestAt: null, topPriority: null });
  });

  test('an answer about a record that was not asked about is ignored', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high'));
    const batch = await outbox.nextBatch(BATCH);
    if (batch === null) throw new Error('there is one');
    await outbox.acknowledge({ ...batch, records: [] }, [{ id, status: 'stored' }], []);
    expect(outbox.stats().records).toBe(1);
  });

  test('an acknowledgement survives a power cut', async () => {
    await outbox.append(captureOf(bench.id(), 'high'));
    await deliverAll(bench, outbox);
    const after = await bench.open(bench.afterPowerCut(folder));
    expect(await after.nextBatch(BATCH)).toBeNull();
  });
});

describe('order', () => {
  test('critical, reports, high, medium, low, health; within one, oldest first', async () => {
    const ids: string[] = [];
    const add = async (record: Parameters<Outbox['append']>[0]) =>
      void ids.push((await outbox.append(record)).id);
    await add({ kind: 'health', id: bench.id(), at: 1, items: [] });
    await add(captureOf(bench.id(), 'low'));
    await add(captureOf(bench.id(), 'medium'));
    await add(captureOf(bench.id(), 'high'));
    await add(captureOf(bench.id(), 'high'));
    await add(reportOf(bench.id()));
    await add(captureOf(bench.id(), 'critical'));
    await add(reportOf(bench.id(), true));
    expect(outbox.stats().topPriority).toBe('critical');
    const order = (await deliverAll(bench, outbox, 3)).map(({ record }) => ids.indexOf(record.id));
    expect(order).toEqual([6, 7, 5, 3, 4, 2, 1, 0]);
  });

  test('something critical overtakes ten thousand that wait', async () => {
    await Promise.all(Array.from({ length: 2_000 }, () => outbox.append(captureOf(bench.id(), 'low'))));
    const urgent = await outbox.append(captureOf(bench.id(), 'critical'));
    expect((await outbox.nextBatch(BATCH))?.records[0]?.id).toBe(urgent.id);
  });

  test('a batch keeps to its limits but always holds one', async () => {
    for (let count = 0; count < 5; count++)
      await outbox.append(captureOf(bench.id(), 'low', 'x'.repeat(1_500)));
    expect((await outbox.nextBatch({ maxRecords: 2, maxBytes: 2_000_000 }))?.records).toHaveLength(2);
    const batch = await outbox.nextBatch({ maxRecords: 100, maxBytes: 10_000 });
    expect(batch?.records.length).toBeGreaterThan(1);
    expect(batch?.body.length).toBeLessThanOrEqual(10_000);
    expect((await outbox.nextBatch({ maxRecords: 100, maxBytes: 1 }))?.records).toHaveLength(1);
  });

  test('a record that is set aside lets the others pass', async () => {
    const first = await outbox.append(captureOf(bench.id(), 'high'));
    const second = await outbox.append(captureOf(bench.id(), 'low'));
    const batch = await outbox.nextBatch({ ...BATCH, maxRecords: 1, skip: new Set([first.sequence]) });
    expect(batch?.records.map(({ id }) => id)).toEqual([second.id]);
  });
});

describe('numbers', () => {
  test('are 1, 2, 3 ... whatever came together, and go on after a restart', async () => {
    const together = await Promise.all(
      Array.from({ length: 200 }, () => outbox.append(captureOf(bench.id(), 'medium'))),
    );
    expect(together.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
    await deliverAll(bench, outbox);
    await outbox.dispose();
    const again = await bench.open(folder);
    expect(again.stats()).toMatchObject({ records: 0, lastSequence: 200 });
    expect((await again.append(captureOf(bench.id(), 'medium'))).sequence).toBe(201);
  });
});

describe('poison', () => {
  test('what the server refuses is kept with its reason, is out of the way and is told', async () => {
    const bad = await outbox.append(captureOf(bench.id(), 'critical'));
    const good = await outbox.append(captureOf(bench.id(), 'low'));
    const batch = await outbox.nextBatch(BATCH);
    if (batch === null) throw new Error('there are two');
    await outbox.acknowledge(batch, [{ id: bad.id, status: 'rejected', reason: 'bad_signature' }], []);
    expect((await outbox.nextBatch(BATCH))?.records.map(({ id }) => id)).toEqual([good.id]);
    expect(outbox.stats()).toMatchObject({ records: 1, quarantined: 1 });
    expect(bench.health.get('outbox.quarantine')).toMatchObject({ code: 'refused_by_server' });
    expect(bench.health.get('outbox.quarantine')?.message).toContain('bad_signature');
    const after = await bench.open(bench.afterPowerCut(folder));
    expect(after.stats()).toMatchObject({ records: 1, quarantined: 1 });
  });

  test('the picture of a refused record is not sent', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    await outbox.settlePicture(id, pictureOf(1_000));
    const batch = await outbox.nextBatch(BATCH);
    if (batch === null) throw new Error('there are two');
    const [text, picture] = batch.records;
    await outbox.acknowledge(
      batch,
      [
        { id: text?.id ?? '', status: 'stored' },
        { id: picture?.id ?? '', status: 'rejected', reason: 'no' },
      ],
      [],
    );
    expect(await outbox.nextBlob()).toBeNull();
    expect(outbox.stats().quarantined).toBe(2);
  });
});
