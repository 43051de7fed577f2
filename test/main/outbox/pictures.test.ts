import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Priority } from '#contract';
import type { Outbox } from '../../../src/main/outbox/index.ts';
import {
  BATCH,
  type Bench,
  captureOf,
  deliverAll,
  openBench,
  pictureOf,
  repeatOf,
  stored,
} from './fixture.ts';

let bench: Bench;
let folder: string;
let outbox: Outbox;

beforeEach(async () => {
  ({ bench, folder, outbox } = await openBench());
});
afterEach(() => bench.dispose());

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
  test('nothing is kept of a wait that is over', async () => {
    const { id } = await outbox.append(captureOf(bench.id(), 'medium'));
    const after = vi.spyOn(bench.timers, 'after');
    await outbox.append(repeatOf(bench.id(), id, 2));
    await bench.timers.advance(15_000);
    await outbox.nextBlob();
    await outbox.append(repeatOf(bench.id(), id, 3));
    const [over, waits] = after.mock.results.map(({ value }) => vi.spyOn(value, 'dispose'));
    await outbox.dispose();
    expect(over).not.toHaveBeenCalled();
    expect(waits).toHaveBeenCalled();
  });

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
