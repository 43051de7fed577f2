import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/main/outbox/memoryStore.ts';
import { createRescue } from '../../../src/main/outbox/rescue.ts';
import { StoreFailure } from '../../../src/main/outbox/store.ts';
import { createFiles } from '../../../src/main/platform/node/files.ts';
import { allBytes, type Bench, captureOf, createBench, DEVICE_ID, deliverAll } from './fixture.ts';

let bench: Bench;
let folder: string;

beforeEach(async () => {
  bench = await createBench();
  folder = bench.newFolder();
});
afterEach(() => bench.dispose());

const databases = () =>
  readdirSync(folder).filter((name) => /^outbox\.(unsaved|damaged)-\d+\.db$/.test(name));

/** An outbox of so many critical captures whose database then has two broken pages. */
async function damagedOutbox(count: number): Promise<string[]> {
  const outbox = await bench.open(folder);
  const ids: string[] = [];
  const records = Array.from({ length: count }, () => captureOf(bench.id(), 'critical', 'k'.repeat(1_500)));
  for (const { id } of await Promise.all(records.map((record) => outbox.append(record)))) ids.push(id);
  await outbox.dispose();
  breakPages();
  return ids;
}

function breakPages(): void {
  const path = join(folder, 'outbox.db');
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4_096 * 10, 4_096 * 12);
  writeFileSync(path, bytes);
}

/** A folder in which another program holds the files of these names, for as long as there are any. */
function heldFiles() {
  const real = createFiles({ root: folder });
  const held = new Set<string>();
  const refuse = (name: string) => {
    if (held.has(name)) throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
  };
  const files = {
    ...real,
    async move(from: string, to: string) {
      refuse(from);
      await real.move(from, to);
    },
    async remove(name: string) {
      refuse(name);
      await real.remove(name);
    },
  };
  return { files, held };
}

async function received(outbox: Awaited<ReturnType<Bench['open']>>) {
  const all = await deliverAll(bench, outbox);
  return { ids: all.map(({ record }) => record.id), numbers: all.map(({ envelope }) => envelope.sequence) };
}

describe('a damaged database', () => {
  test('for whose records there is no room is kept, and saved at the first start with room', async () => {
    const ids = await damagedOutbox(100);
    const small = { maxPages: 60 };
    for (let life = 0; life < 3; life++) {
      const outbox = await bench.open(folder, small);
      expect(bench.health.get('outbox.database')).toMatchObject({ code: 'damaged_waiting' });
      const { id } = await outbox.append(captureOf(bench.id(), 'critical'));
      expect((await received(outbox)).ids).toContain(id);
      await outbox.dispose();
      await bench.timers.advance(1_000);
    }
    const after = await received(await bench.open(folder));
    const saved = ids.filter((id) => after.ids.includes(id));
    expect(saved.length).toBeGreaterThan(90);
    expect(new Set(after.numbers).size).toBe(after.numbers.length);
    expect(bench.health.get('outbox.database')).toMatchObject({ code: 'damaged_replaced' });
    expect(bench.health.get('outbox.database')?.message).toContain(` ${saved.length} records were saved`);
    expect(databases()).toEqual([expect.stringContaining('outbox.damaged-')]);
  });

  test.each(['outbox.db', 'outbox.db-wal', 'outbox.db-shm'])(
    'that another program holds (%s) stops nothing, and is saved without being asked',
    async (name) => {
      const ids = await damagedOutbox(50);
      const { files, held } = heldFiles();
      held.add(name);
      const outbox = await bench.open(folder, {}, files);
      const appended = await outbox.append(captureOf(bench.id(), 'critical'));
      expect(appended).toMatchObject({ kind: 'held' });
      const told: string[] = [];
      outbox.onAppend((priority) => told.push(priority));
      held.clear();
      await bench.timers.advance(5_000);
      await outbox.nextBlob();
      expect(told).not.toEqual([]);
      expect(outbox.stats().held).toBe(0);
      const after = await received(outbox);
      expect(ids.filter((id) => after.ids.includes(id)).length).toBeGreaterThan(40);
      expect(after.ids).toContain(appended.id);
      expect(new Set(after.numbers).size).toBe(after.numbers.length);
      expect(databases()).toHaveLength(1);
    },
  );

  test('found while running, that another program holds: the record at hand is held, not refused', async () => {
    const { files, held } = heldFiles();
    const outbox = await bench.open(folder, {}, files);
    await Promise.all(
      Array.from({ length: 300 }, () => outbox.append(captureOf(bench.id(), 'medium', 'k'.repeat(1_500)))),
    );
    await outbox.dispose();
    const again = await bench.open(folder, {}, files);
    const path = join(folder, 'outbox.db');
    writeFileSync(path, readFileSync(path).fill(0x5a, 4_096));
    held.add('outbox.db');
    const { id, kind } = await again.append(captureOf(bench.id(), 'critical'));
    expect(kind).toBe('held');
    held.clear();
    await bench.timers.advance(5_000);
    const after = await received(again);
    expect(after.ids).toContain(id);
    expect(databases()).toHaveLength(1);
  });

  test('that is not done with is tried again after a minute', async () => {
    await damagedOutbox(20);
    const { files, held } = heldFiles();
    held.add(`outbox.unsaved-${bench.timers.now()}.db`);
    const outbox = await bench.open(folder, {}, files);
    expect(bench.health.get('outbox.database')).toMatchObject({ code: 'damaged_waiting' });
    held.clear();
    await bench.timers.advance(60_000);
    await outbox.nextBlob();
    expect(bench.health.get('outbox.database')).toMatchObject({ code: 'damaged_replaced' });
    expect(databases()).toEqual([expect.stringContaining('outbox.damaged-')]);
  });

  test("of another enrolment is set aside as that one's, and nothing of it is sent", async () => {
    await damagedOutbox(20);
    const deviceId = '019ab000-0000-7000-8000-00000000d002';
    const other = await bench.open(folder, { deviceId });
    expect(other.stats().records).toBeLessThanOrEqual(1);
    expect(bench.health.get('outbox.former')).toMatchObject({ code: 'former_enrolment' });
    expect(databases()).toEqual([]);
  });
});

describe('the rescue', () => {
  async function setAside(): Promise<
    ReturnType<typeof heldFiles> & { rescue: ReturnType<typeof createRescue> }
  > {
    await damagedOutbox(20);
    const { files, held } = heldFiles();
    const rescue = createRescue(files, { deviceId: DEVICE_ID });
    await rescue.setAside(bench.timers.now());
    return { files, held, rescue };
  }

  test('gives nothing up while a store has no room', async () => {
    const { rescue } = await setAside();
    const full = createMemoryStore();
    const refuse = () => {
      throw new StoreFailure('no_room', null);
    };
    expect(await rescue.save({ ...full, commit: refuse })).toMatchObject({ complete: false, records: 0 });
    expect(databases()).toEqual([expect.stringContaining('unsaved')]);
    const saved = await rescue.save(full);
    expect(saved).toMatchObject({ complete: true, found: true, highest: 20 });
    expect(full.totals()).toMatchObject({ records: saved.records, lastSequence: 20 });
    expect(databases()).toEqual([expect.stringContaining('damaged')]);
  });

  test('a name that cannot be changed yet: the records are not brought over twice', async () => {
    const { rescue, held } = await setAside();
    const [name = ''] = databases();
    held.add(name);
    const into = createMemoryStore();
    const { records, complete } = await rescue.save(into);
    expect(complete).toBe(false);
    into.commit({ remove: [1] });
    held.clear();
    expect(await rescue.save(into)).toMatchObject({ complete: true, records });
    expect(into.totals().records).toBe(records - 1);
    expect(databases()).toEqual([expect.stringContaining('damaged')]);
  });

  test('two databases set aside in one moment, or after the clock was set back, have two names', async () => {
    const { rescue } = await setAside();
    const now = bench.timers.now();
    for (const [index, atMs] of [now, now - 60_000].entries()) {
      writeFileSync(join(folder, 'outbox.db'), `broken ${index}`.repeat(1_000));
      await rescue.setAside(atMs);
    }
    expect(databases()).toHaveLength(3);
    const bytes = allBytes(folder);
    for (const index of [0, 1]) expect(bytes).toContain(`broken ${index}`);
  });

  test('a lower number never takes the place of a higher one', async () => {
    const { rescue } = await setAside();
    const into = createMemoryStore();
    into.commit({ lastSequence: 5_000 });
    await rescue.save(into);
    expect(into.totals().lastSequence).toBe(5_000);
  });
});
