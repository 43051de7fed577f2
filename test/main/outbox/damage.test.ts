import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outbox } from '../../../src/main/outbox/index.ts';
import { allBytes, type Bench, captureOf, deliverAll, openBench, pictureOf, reportOf } from './fixture.ts';

let bench: Bench;
let folder: string;
let outbox: Outbox;

beforeEach(async () => {
  ({ bench, folder, outbox } = await openBench());
});
afterEach(() => bench.dispose());

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
    for (const name of readdirSync(folder)) {
      if (name.startsWith('outbox.ceiling')) copyFileSync(join(folder, name), join(moved, name));
    }
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
    const told = bench.health.get('outbox.former');
    expect(told).toMatchObject({ state: 'degraded', code: 'former_enrolment' });
    expect(told?.message).toMatch(/^3 unsent records/);
    await other.dispose();
  });

  test('what is set aside is told at each start, counted over all of it, until somebody takes it away', async () => {
    await fill(3);
    const ids = ['2', '3', '4'].map((digit) => `019ab000-0000-7000-8000-00000000d00${digit}`);
    for (const deviceId of ids) {
      await bench.timers.advance(1_000);
      const other = await bench.open(folder, { deviceId });
      if (deviceId === ids[0]) await other.append(captureOf(bench.id(), 'low'));
      await other.dispose();
    }
    // The second left one record, the third none: its database is gone.
    const former = readdirSync(folder).filter((name) => name.startsWith('outbox.former-'));
    expect(former).toHaveLength(2);
    bench.health.clear();
    await (await bench.open(folder, { deviceId: ids[2] ?? '' })).dispose();
    expect(bench.health.get('outbox.former')?.message).toMatch(/^4 unsent records/);
    for (const name of former) rmSync(join(folder, name));
    bench.health.clear();
    await (await bench.open(folder, { deviceId: ids[2] ?? '' })).dispose();
    expect(bench.health.get('outbox.former')).toBeUndefined();
  });

  test('one that is set aside and cannot be read is told and kept', async () => {
    writeFileSync(join(folder, 'outbox.former-7.db'), 'broken'.repeat(2_000));
    await (await bench.open(folder)).dispose();
    expect(bench.health.get('outbox.former')?.message).toMatch(/^An unknown number/);
    expect(readdirSync(folder)).toContain('outbox.former-7.db');
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
