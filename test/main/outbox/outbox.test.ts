import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Priority } from '#contract';
import type { Outbox } from '../../../src/main/outbox/index.ts';
import {
  allBytes,
  type Bench,
  captureOf,
  createBench,
  deliverAll,
  pictureOf,
  repeatOf,
  reportOf,
} from './fixture.ts';

const BATCH = { maxRecords: 100, maxBytes: 2_000_000 };

let bench: Bench;
let folder: string;
let outbox: Outbox;

beforeEach(async () => {
  bench = await createBench();
  folder = bench.newFolder();
  outbox = await bench.open(folder);
});
afterEach(() => bench.dispose());

const stored = (records: readonly { readonly id: string }[]) =>
  records.map(({ id }) => ({ id, status: 'stored' as const }));

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

describe('pictures', () => {
  test('the text is on disk before its picture; the picture leaves once it is wanted, and opens', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    const text = await outbox.nextBatch(BATCH);
    expect(text?.records.map((record) => record.id)).toEqual([id]);
    await outbox.settlePicture(id, pictureOf(5_000, 42));
    expect(await outbox.nextBlob()).toBeNull();
    const received = await deliverAll(bench, outbox);
    const outcome = received.map(({ record }) => record).find((record) => record.kind === 'screenshot');
    const blob = await outbox.nextBlob();
    expect(outcome).toMatchObject({
      recordId: id,
      screenshot: { state: 'taken', sha256: blob?.sha256, width: 800 },
    });
    if (blob === null) throw new Error('it is wanted');
    expect(Buffer.compare(await bench.school.openBlob(id, blob.bytes), pictureOf(5_000, 42).bytes)).toBe(0);
    await outbox.acknowledgeBlob(blob.sha256);
    expect(await outbox.nextBlob()).toBeNull();
    expect(outbox.stats()).toMatchObject({ records: 0, blobs: 0, bytes: 0 });
  });

  test('one that the server has already is let go', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    await outbox.settlePicture(id, pictureOf(1_000));
    const batch = await outbox.nextBatch(BATCH);
    if (batch === null) throw new Error('there are two');
    await outbox.acknowledge(batch, stored(batch.records), []);
    expect(outbox.stats()).toMatchObject({ blobs: 0, bytes: 0 });
  });

  test('a reason instead of a picture is told; a second answer, or one nobody awaits, is not', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    await outbox.settlePicture(id, { kind: 'none', reason: 'window_gone' });
    await outbox.settlePicture(id, pictureOf(10));
    await outbox.settlePicture(bench.id(), pictureOf(10));
    const received = await deliverAll(bench, outbox);
    expect(received.map(({ record }) => record.kind)).toEqual(['capture', 'screenshot']);
    expect(received[1]?.record).toMatchObject({ screenshot: { state: 'none', reason: 'window_gone' } });
    expect(received[1]?.envelope.priority).toBe('high');
  });

  test('a picture that was promised before a kill is answered at the next start, once', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    const copy = bench.afterPowerCut(folder);
    const after = await bench.open(copy);
    await after.dispose();
    const received = await deliverAll(bench, await bench.open(copy));
    expect(received.map(({ record }) => record.kind)).toEqual(['capture', 'screenshot']);
    expect(received[1]?.record).toMatchObject({
      recordId: id,
      screenshot: { state: 'none', reason: 'interrupted' },
    });
  });

  test('a picture the server will not take is kept and sent no more', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    await outbox.settlePicture(id, pictureOf(1_000));
    await deliverAll(bench, outbox);
    const blob = await outbox.nextBlob();
    await outbox.quarantineBlob(blob?.sha256 ?? '', 'blob_mismatch');
    expect(await outbox.nextBlob()).toBeNull();
    expect(outbox.stats()).toMatchObject({ blobs: 1, quarantined: 1 });
  });
});

describe('repeats', () => {
  test('go up on one record, which leaves when no more have come for a while', async () => {
    const capture = await outbox.append(captureOf(bench.id(), 'medium'));
    const first = await outbox.append(repeatOf(bench.id(), capture.id, 2));
    const second = await outbox.append(repeatOf(bench.id(), capture.id, 3));
    expect(second).toEqual(first);
    expect((await deliverAll(bench, outbox)).map(({ record }) => record.kind)).toEqual(['capture']);
    const heard: Priority[] = [];
    outbox.onAppend((priority) => heard.push(priority));
    await bench.timers.advance(15_000);
    expect(heard).toEqual(['low']);
    const [repeat, ...more] = await deliverAll(bench, outbox);
    expect(more).toEqual([]);
    expect(repeat?.record).toMatchObject({ kind: 'repeat', captureId: capture.id, occurrences: 3 });
    expect(repeat?.envelope).toMatchObject({ sequence: 2, id: first.id });
  });

  test('a count that may have left is not changed: the next one is a record of its own', async () => {
    const capture = await outbox.append(captureOf(bench.id(), 'medium'));
    await outbox.append(repeatOf(bench.id(), capture.id, 2));
    await bench.timers.advance(15_000);
    const onItsWay = await outbox.nextBatch(BATCH);
    const later = await outbox.append(repeatOf(bench.id(), capture.id, 3));
    expect(later.sequence).toBe(3);
    if (onItsWay === null) throw new Error('there are two');
    await outbox.acknowledge(onItsWay, stored(onItsWay.records), []);
    await bench.timers.advance(15_000);
    const received = await deliverAll(bench, outbox);
    expect(received.map(({ record }) => record)).toMatchObject([{ kind: 'repeat', occurrences: 3 }]);
  });

  test('counts of different captures that come together stay apart', async () => {
    const captures = [bench.id(), bench.id()];
    await Promise.all(
      [2, 3, 4].flatMap((occurrences) =>
        captures.map((captureId) => outbox.append(repeatOf(bench.id(), captureId, occurrences))),
      ),
    );
    await bench.timers.advance(15_000);
    const records = (await deliverAll(bench, outbox)).map(({ record }) => record);
    expect(records).toMatchObject(captures.map((captureId) => ({ captureId, occurrences: 4 })));
  });

  test('one that was waiting at a kill leaves after the restart', async () => {
    await outbox.append(repeatOf(bench.id(), bench.id(), 2));
    const after = await bench.open(bench.afterPowerCut(folder));
    expect(await deliverAll(bench, after)).toHaveLength(1);
  });
});

describe('damage', () => {
  async function fill(count: number): Promise<string[]> {
    const appended = await Promise.all(
      Array.from({ length: count }, () => outbox.append(captureOf(bench.id(), 'medium', 'k'.repeat(1_000)))),
    );
    await outbox.dispose();
    return appended.map(({ id }) => id);
  }

  function damaged(): string[] {
    return readdirSync(folder).filter((name) => /^outbox\.damaged-\d+\.db$/.test(name));
  }

  test('a file that is no database is set aside, and the loss is admitted', async () => {
    await fill(20);
    writeFileSync(join(folder, 'outbox.db'), 'this was a disk once'.repeat(1_000));
    const after = await bench.open(folder);
    expect(damaged()).toHaveLength(1);
    expect(bench.health.get('outbox.database')).toMatchObject({ code: 'damaged_replaced' });
    const received = await deliverAll(bench, after);
    const admission = received.map(({ record }) => record);
    expect(admission).toMatchObject([{ kind: 'dropped', reason: 'damaged', sequences: [{ from: 1 }] }]);
    const [only] = received;
    const lostTo = only?.record.kind === 'dropped' ? only.record.sequences[0]?.to : 0;
    expect(lostTo).toBeGreaterThanOrEqual(20);
    expect(only?.envelope.sequence).toBe((lostTo ?? 0) + 1);
  });

  test('what can be read of a damaged database is saved', async () => {
    const ids = await fill(400);
    const path = join(folder, 'outbox.db');
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2 / 4_096) * 4_096;
    bytes.fill(0x5a, middle, middle + 3 * 4_096);
    writeFileSync(path, bytes);
    const after = await bench.open(folder);
    const received = await deliverAll(bench, after);
    const saved = received.filter(({ record }) => record.kind === 'capture').map(({ record }) => record.id);
    expect(saved.length).toBeGreaterThan(300);
    expect(new Set(saved).size).toBe(saved.length);
    expect(ids).toEqual(expect.arrayContaining(saved));
    expect(received.filter(({ record }) => record.kind === 'dropped')).toHaveLength(1);
  });

  test('damage found in the middle of work: the record at hand is written to the new database', async () => {
    await Promise.all(
      Array.from({ length: 1_500 }, () => outbox.append(captureOf(bench.id(), 'medium', 'k'.repeat(2_000)))),
    );
    await outbox.dispose();
    const again = await bench.open(folder);
    const path = join(folder, 'outbox.db');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4_096, bytes.length);
    writeFileSync(path, bytes);
    const { id } = await again.append(captureOf(bench.id(), 'critical'));
    const received = await deliverAll(bench, again);
    expect(received.map(({ record }) => record.id)).toContain(id);
    expect(received.some(({ record }) => record.kind === 'dropped')).toBe(true);
    expect(damaged()).toHaveLength(1);
  });

  test('a database that was deleted is not mistaken for a new device', async () => {
    await fill(5);
    const moved = bench.newFolder();
    writeFileSync(join(moved, 'outbox.ceiling'), readFileSync(join(folder, 'outbox.ceiling')));
    const after = await bench.open(moved);
    const [admission] = await deliverAll(bench, after);
    expect(admission?.record).toMatchObject({ kind: 'dropped', reason: 'damaged' });
    expect(admission?.envelope.sequence).toBeGreaterThan(5);
  });

  test('only the last two damaged databases are kept', async () => {
    await outbox.dispose();
    for (let time = 0; time < 4; time++) {
      writeFileSync(join(folder, 'outbox.db'), 'broken'.repeat(2_000));
      await bench.timers.advance(1_000);
      await (await bench.open(folder)).dispose();
    }
    expect(damaged()).toHaveLength(2);
  });

  test("another enrolment's records are set aside, and its numbers begin at 1", async () => {
    await fill(3);
    const other = await bench.open(folder, { deviceId: '019ab000-0000-7000-8000-00000000d002' });
    expect(other.stats()).toMatchObject({ records: 0, lastSequence: 0 });
    expect((await other.append(captureOf(bench.id(), 'low'))).sequence).toBe(1);
    expect(readdirSync(folder).some((name) => name.startsWith('outbox.former-'))).toBe(true);
    expect(bench.health.get('outbox.database')).toMatchObject({ code: 'former_enrolment' });
  });
});

describe('sealed', () => {
  test('no title, URL, user, report text or pixel stands in any file, at any time', async () => {
    const title = 'ZEBRAKITE how to build a kite';
    const appended = await Promise.all(
      (['low', 'critical'] as const).map((severity) =>
        outbox.append(captureOf(bench.id(), severity, title, 'awaited')),
      ),
    );
    const report = reportOf(bench.id());
    await outbox.append({ ...report, text: 'ZEBRATEXT someone took my kite' });
    const pixels = new TextEncoder().encode('ZEBRAPIXELS'.repeat(200));
    for (const { id } of appended) await outbox.settlePicture(id, { ...pictureOf(0), bytes: pixels });
    const needles = ['ZEBRA', 'kites.example', 'wren.okafor', 'Okafor', 'kites.build', 'ROOM4-07'];
    for (const moment of ['while open', 'after closing']) {
      if (moment === 'after closing') await outbox.dispose();
      const bytes = allBytes(folder);
      expect(bytes.length).toBeGreaterThan(10_000);
      for (const needle of needles) expect(bytes.includes(needle), `${needle} ${moment}`).toBe(false);
    }
    expect(existsSync(join(folder, 'outbox.db'))).toBe(true);
  });
});
