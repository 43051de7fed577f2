import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlainRecord } from '#contract';
import { type Bench, captureOf, createBench, deliverAll, makeRoom, pictureOf, reportOf } from './fixture.ts';

let bench: Bench;
let folder: string;

beforeEach(async () => {
  bench = await createBench();
  folder = bench.newFolder();
});
afterEach(() => bench.dispose());

const kinds = (records: readonly { readonly record: PlainRecord }[]) =>
  records.map(({ record }) => record.kind);

describe('bounded', () => {
  test('pictures of low severity go first, then low records; critical ones and reports stay; all is admitted', async () => {
    const outbox = await bench.open(folder, { maxBytes: 200_000 });
    const picture = pictureOf(20_000);
    const add = async (severity: 'low' | 'medium' | 'high' | 'critical') => {
      const { id } = await outbox.append(captureOf(bench.id(), severity, 'kite', 'awaited'));
      await outbox.settlePicture(id, picture);
      return id;
    };
    const low = [await add('low'), await add('low')];
    await add('medium');
    await outbox.append(reportOf(bench.id()));
    for (let count = 0; count < 6; count++) await add('critical');
    expect(outbox.stats().bytes).toBeLessThanOrEqual(200_000);

    const received = await deliverAll(bench, outbox);
    const admissions = received.flatMap(({ record }) => (record.kind === 'dropped' ? [record] : []));
    expect(admissions[0]).toMatchObject({ reason: 'storage_full', sequences: [] });
    expect(low).toEqual(expect.arrayContaining([...(admissions[0]?.screenshots ?? [])]));
    expect(kinds(received).filter((kind) => kind === 'report')).toHaveLength(1);
    expect(received.filter(({ envelope }) => envelope.priority === 'critical')).toHaveLength(12);
    expect(bench.health.get('outbox.space')).toMatchObject({ state: 'degraded', code: 'given_up' });
    expect(outbox.stats().dropped).toBeGreaterThan(0);
    for (let blob = await outbox.nextBlob(); blob !== null; blob = await outbox.nextBlob()) {
      await outbox.acknowledgeBlob(blob.sha256);
    }
    await outbox.append(captureOf(bench.id(), 'low'));
    await outbox.nextBlob();
    expect(bench.health.get('outbox.space')).toMatchObject({ state: 'ok' });
  });

  test('every number is either on the server or admitted, and the count agrees', async () => {
    const outbox = await bench.open(folder, { maxBytes: 60_000 });
    const severities = ['low', 'medium', 'high'] as const;
    for (let count = 0; count < 120; count++) {
      await outbox.append(captureOf(bench.id(), severities[count % 3] ?? 'low'));
    }
    const received = await deliverAll(bench, outbox);
    const { dropped, lastSequence } = outbox.stats();
    const known = new Set(received.map(({ envelope }) => envelope.sequence));
    let admitted = 0;
    for (const { record } of received) {
      if (record.kind !== 'dropped') continue;
      for (const { from, to } of record.sequences) {
        for (let sequence = from; sequence <= to; sequence++) {
          known.add(sequence);
          admitted += 1;
        }
      }
    }
    expect(known.size).toBe(lastSequence);
    expect(admitted).toBe(dropped);
    const left = received
      .filter(({ record }) => record.kind === 'capture')
      .map(({ envelope }) => envelope.priority);
    expect(left).not.toContain('low');
    expect(left).toContain('high');
  });

  test('critical records and reports are kept beyond the limit', async () => {
    const outbox = await bench.open(folder, { maxBytes: 10_000 });
    for (let count = 0; count < 30; count++) await outbox.append(captureOf(bench.id(), 'critical'));
    await outbox.append(reportOf(bench.id()));
    expect(outbox.stats()).toMatchObject({ records: 31, dropped: 0 });
  });

  test('a smaller limit from a new policy holds at once', async () => {
    const outbox = await bench.open(folder);
    for (let count = 0; count < 50; count++) await outbox.append(captureOf(bench.id(), 'low'));
    outbox.setMaxBytes(40_000);
    await outbox.append(captureOf(bench.id(), 'critical'));
    expect(outbox.stats().bytes).toBeLessThanOrEqual(40_000);
  });

  test('the file gives its room back after a long time offline', async () => {
    const outbox = await bench.open(folder);
    const { id } = await outbox.append(captureOf(bench.id(), 'low', 'kite', 'awaited'));
    await outbox.settlePicture(id, pictureOf(19_000_000));
    for (let count = 0; count < 30; count++) {
      const more = await outbox.append(captureOf(bench.id(), 'low', 'kite', 'awaited'));
      await outbox.settlePicture(more.id, pictureOf(2_000_000, count));
    }
    await deliverAll(bench, outbox);
    for (let blob = await outbox.nextBlob(); blob !== null; blob = await outbox.nextBlob()) {
      await outbox.acknowledgeBlob(blob.sha256);
    }
    await outbox.dispose();
    expect(statSync(join(folder, 'outbox.db')).size).toBeLessThan(70_000_000);
  }, 300_000);
});

describe('full disk', () => {
  const SMALL = { maxPages: 60 };

  async function fillUp() {
    const outbox = await bench.open(folder, SMALL);
    const written: string[] = [];
    for (;;) {
      const appended = await outbox.append(captureOf(bench.id(), 'medium', 'k'.repeat(1_000)));
      if (appended.kind === 'held') return { outbox, written, held: [appended.id], last: appended.sequence };
      written.push(appended.id);
    }
  }

  test('text is kept in memory, in its place of the order, with the next numbers, and is delivered', async () => {
    const { outbox, written, held, last } = await fillUp();
    expect(bench.health.get('outbox.disk')).toMatchObject({ state: 'failed', code: 'disk_full' });
    const urgent = await outbox.append(captureOf(bench.id(), 'critical'));
    expect(urgent).toMatchObject({ kind: 'held', sequence: last + 1 });
    expect(outbox.stats()).toMatchObject({ held: 2, records: written.length + 2, topPriority: 'critical' });
    const received = await deliverAll(bench, outbox);
    expect(received[0]?.record.id).toBe(urgent.id);
    expect(new Set(received.map(({ record }) => record.id))).toEqual(
      new Set([...written, ...held, urgent.id]),
    );
    expect(received).toHaveLength(written.length + 2);
    const numbers = received.map(({ envelope }) => envelope.sequence).sort((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: last + 1 }, (_, at) => at + 1));
  });

  test('it goes to disk as soon as there is room, without being asked', async () => {
    const { outbox, held } = await fillUp();
    await makeRoom(bench, outbox);
    expect(outbox.stats().held).toBe(0);
    expect(bench.health.get('outbox.disk')).toMatchObject({ state: 'ok' });
    const after = await bench.open(bench.afterPowerCut(folder));
    const received = await deliverAll(bench, after);
    expect(received.map(({ record }) => record.id)).toEqual(expect.arrayContaining(held));
  });

  test('a picture for which there is no room is given up, its answer is not', async () => {
    const { outbox } = await fillUp();
    const { id } = await outbox.append(captureOf(bench.id(), 'high', 'kite', 'awaited'));
    await outbox.settlePicture(id, pictureOf(100_000));
    const outcome = (await deliverAll(bench, outbox))
      .map(({ record }) => record)
      .find((one) => one.kind === 'screenshot');
    expect(outcome).toMatchObject({ recordId: id, screenshot: { state: 'none', reason: 'storage_full' } });
  });

  test('a folder that cannot be written at all: everything is in memory, and still delivered', async () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const outbox = await bench.open(join(folder, 'in-the-way'));
    await outbox.append(captureOf(bench.id(), 'critical', 'kite', 'awaited'));
    await outbox.append(captureOf(bench.id(), 'low'));
    expect(outbox.stats()).toMatchObject({ held: 2, records: 2, lastSequence: 2 });
    expect(await deliverAll(bench, outbox)).toHaveLength(2);
    expect(outbox.stats().records).toBe(0);
  });

  test('numbers that were given out while the database could not be opened are continued, and the jump is admitted', async () => {
    const first = await bench.open(folder);
    await first.append(captureOf(bench.id(), 'low'));
    await first.dispose();
    const database = join(folder, 'outbox.db');
    const hidden = join(folder, 'hidden');
    renameSync(database, hidden);
    mkdirSync(database);
    const outbox = await bench.open(folder);
    const held = await outbox.append(captureOf(bench.id(), 'low'));
    expect(held).toMatchObject({ kind: 'held', sequence: 1_026 });
    await outbox.append(captureOf(bench.id(), 'low'));
    rmdirSync(database);
    renameSync(hidden, database);
    await outbox.append(captureOf(bench.id(), 'low'));
    const received = await deliverAll(bench, outbox);
    const numbers = received.map(({ envelope }) => envelope.sequence).sort((one, other) => one - other);
    expect(numbers).toEqual([1, 1_026, 1_027, 1_028, 1_029]);
    const admission = received.map(({ record }) => record).find(({ kind }) => kind === 'dropped');
    expect(admission).toMatchObject({ reason: 'damaged', sequences: [{ from: 1, to: 1_025 }] });
  });

  test.runIf(process.platform === 'linux')(
    'an outbox that is opened on a full disk reads and delivers what it has, and goes on counting',
    async () => {
      const outbox = await bench.open(folder);
      for (let count = 0; count < 3; count++) await outbox.append(captureOf(bench.id(), 'low'));
      const copy = bench.afterPowerCut(folder);
      const keyFile = join(bench.newFolder(), 'keys.json');
      writeFileSync(keyFile, JSON.stringify(bench.keys));
      const program = fileURLToPath(new URL('./onFullDisk.ts', import.meta.url));
      // No file may grow beyond one block of 1 kB; the signal that says so is ignored, as the agent does.
      const script = 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"';
      const out = execFileSync('bash', ['-c', script, process.execPath, program, copy, keyFile], {
        encoding: 'utf8',
      });
      expect(JSON.parse(out)).toMatchObject({
        appended: { kind: 'held', sequence: 4 },
        sequences: [4, 1, 2, 3],
      });
    },
    300_000,
  );
});
