import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/main/outbox/memoryStore.ts';
import { openDatabase } from '../../../src/main/outbox/openDatabase.ts';
import type { Change, OutboxStore, StoredBlob, StoredRecord } from '../../../src/main/outbox/store.ts';
import { DEVICE_ID } from './fixture.ts';

let folder: string;
const opened: OutboxStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lapwing-store-'));
});
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openReal(name = 'outbox.db'): OutboxStore {
  const result = openDatabase(join(folder, name), DEVICE_ID);
  if (result.kind !== 'open') throw new Error(result.kind);
  opened.push(result.store);
  return result.store;
}

function record(sequence: number, over: Partial<StoredRecord> = {}): StoredRecord {
  return {
    sequence,
    id: `id-${sequence}`,
    kind: 'capture',
    rank: 2,
    createdAt: 1_000 + sequence,
    about: null,
    counting: false,
    envelope: `{"sequence":${sequence},"text":"${'x'.repeat(sequence % 50)}"}`,
    ...over,
  };
}

function blob(sha256: string, over: Partial<StoredBlob> = {}): StoredBlob {
  return {
    sha256,
    recordId: `id-${sha256}`,
    rank: 2,
    sequence: 1,
    bytes: new Uint8Array([1, 2, 3]),
    ...over,
  };
}

const NO_SKIP = { maxRecords: 100, maxBytes: 1_000_000, skip: new Set<number>() };

describe.each([
  ['in memory', () => createMemoryStore()],
  ['SQLite', () => openReal()],
])('the contract of a store: %s', (_name, open) => {
  test('records leave by rank, then by number', () => {
    const store = open();
    store.commit({ put: [record(3, { rank: 0 }), record(1, { rank: 4 }), record(2, { rank: 4 })] });
    expect(store.nextRecords(NO_SKIP).map(({ sequence }) => sequence)).toEqual([3, 1, 2]);
    expect(store.nextRecords({ ...NO_SKIP, skip: new Set([3]) }).map(({ sequence }) => sequence)).toEqual([
      1, 2,
    ]);
    expect(store.topRank()).toBe(0);
    expect(store.oldestAt()).toBe(1_001);
  });

  test('a record put again under its number takes the place of the first, and is counted once', () => {
    const store = open();
    store.commit({ put: [record(1)] });
    store.commit({ put: [record(1, { envelope: '{}' })] });
    expect(store.totals()).toMatchObject({ records: 1, bytes: 2 });
  });

  test('a counting repeat is found and does not leave, until it stops counting', () => {
    const store = open();
    store.commit({ put: [record(1, { kind: 'repeat', about: 'capture-1', counting: true })] });
    expect(store.nextRecords(NO_SKIP)).toEqual([]);
    expect(store.countingRepeat('capture-1')?.sequence).toBe(1);
    expect(store.countingSequences()).toEqual([1]);
    store.commit({ stopCounting: [1] });
    expect(store.countingRepeat('capture-1')).toBeNull();
    expect(store.nextRecords(NO_SKIP)).toHaveLength(1);
  });

  test('a quarantined record does not leave, keeps its bytes, and is among all records', () => {
    const store = open();
    store.commit({ put: [record(1), record(2)] });
    const { bytes } = store.totals();
    store.commit({ quarantine: [{ sequence: 1, reason: 'no', at: 5 }] });
    expect(store.nextRecords(NO_SKIP).map(({ sequence }) => sequence)).toEqual([2]);
    expect(store.totals()).toMatchObject({ records: 1, quarantined: 1, bytes });
    expect(store.allRecords().map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('a blob leaves only when wanted, the most urgent first', () => {
    const store = open();
    store.commit({ putBlobs: [blob('a', { rank: 4 }), blob('b', { rank: 0, sequence: 9 }), blob('c')] });
    expect(store.nextBlob(new Set())).toBeNull();
    store.commit({ wantBlobs: ['a', 'b'] });
    expect(store.nextBlob(new Set())?.sha256).toBe('b');
    expect(store.nextBlob(new Set(['b']))?.sha256).toBe('a');
    expect(Array.from(store.nextBlob(new Set())?.bytes ?? [])).toEqual([1, 2, 3]);
    store.commit({ quarantineBlobs: [{ sha256: 'b', reason: 'no' }], removeBlobs: ['a'] });
    expect(store.nextBlob(new Set())).toBeNull();
    expect(store.totals()).toMatchObject({ blobs: 2, quarantined: 1, bytes: 6 });
  });

  test('promises are kept until they are settled', () => {
    const store = open();
    store.commit({ promise: [{ recordId: 'r', rank: 2 }] });
    expect(store.promised()).toEqual([{ recordId: 'r', rank: 2 }]);
    expect(store.promisedRank('r')).toBe(2);
    store.commit({ settle: ['r'] });
    expect(store.promisedRank('r')).toBeNull();
  });

  test('victims are of one rank, oldest first; admissions are never among them', () => {
    const store = open();
    store.commit({
      put: [
        record(1, { rank: 5, kind: 'dropped' }),
        record(2, { rank: 5, kind: 'health' }),
        record(3, { rank: 5, kind: 'screenshot', about: 'r' }),
      ],
      putBlobs: [blob('a', { rank: 4, recordId: 'r' })],
    });
    expect(store.victims('record', 5, 10)).toMatchObject([
      { sequence: 2, screenshotOf: null },
      { sequence: 3, screenshotOf: 'r' },
    ]);
    expect(store.victims('record', 5, 1)).toHaveLength(1);
    expect(store.victims('blob', 4, 10)).toMatchObject([{ sha256: 'a', bytes: 3, screenshotOf: 'r' }]);
    expect(store.victims('blob', 5, 10)).toEqual([]);
  });
});

describe('a commit is all or nothing', () => {
  test('a change that fails in its middle leaves nothing behind, not in the totals either', () => {
    const store = openReal();
    store.commit({ put: [record(1)], lastSequence: 1 });
    const before = store.totals();
    const broken = record(2, { envelope: null as unknown as string });
    expect(() => store.commit({ put: [record(3), broken], remove: [1], lastSequence: 3 })).toThrow();
    expect(store.totals()).toEqual(before);
    expect(store.allRecords().map(({ sequence }) => sequence)).toEqual([1]);
  });
});

/** Random changes over a few records and blobs, so that they meet. */
const sequenceArbitrary = fc.integer({ min: 1, max: 12 });
const shaArbitrary = fc.constantFrom('a', 'b', 'c', 'd');
const changeArbitrary: fc.Arbitrary<Change> = fc.record(
  {
    put: fc.uniqueArray(
      fc
        .record({
          sequence: sequenceArbitrary,
          rank: fc.integer({ min: 0, max: 5 }),
          kind: fc.constantFrom('capture', 'repeat', 'screenshot', 'dropped', 'health'),
          about: fc.option(fc.constantFrom('p', 'q')),
        })
        .map((over) => record(over.sequence, { ...over, counting: over.kind === 'repeat' })),
      { maxLength: 5, selector: ({ sequence }) => sequence },
    ),
    stopCounting: fc.array(sequenceArbitrary, { maxLength: 3 }),
    quarantine: fc.uniqueArray(
      sequenceArbitrary.map((sequence) => ({ sequence, reason: 'no', at: 1 })),
      { maxLength: 2, selector: ({ sequence }) => sequence },
    ),
    remove: fc.array(sequenceArbitrary, { maxLength: 3 }),
    promise: fc.constantFrom([], [{ recordId: 'p', rank: 2 }], [{ recordId: 'q', rank: 0 }]),
    settle: fc.constantFrom([], ['p'], ['p', 'q']),
    putBlobs: fc.uniqueArray(
      fc
        .record({ sha256: shaArbitrary, rank: fc.integer({ min: 0, max: 5 }), sequence: sequenceArbitrary })
        .map((over) => blob(over.sha256, over)),
      { maxLength: 2, selector: ({ sha256 }) => sha256 },
    ),
    wantBlobs: fc.array(shaArbitrary, { maxLength: 2 }),
    removeBlobs: fc.array(shaArbitrary, { maxLength: 2 }),
    lastSequence: fc.integer({ min: 1, max: 100 }),
    dropped: fc.integer({ min: 0, max: 100 }),
  },
  { requiredKeys: [] },
);

function everythingSeen(store: OutboxStore) {
  return {
    totals: store.totals(),
    next: store.nextRecords(NO_SKIP).map(({ sequence, rank }) => ({ sequence, rank })),
    few: store
      .nextRecords({ maxRecords: 2, maxBytes: 90, skip: new Set([3]) })
      .map(({ sequence }) => sequence),
    counting: store.countingSequences(),
    promised: store.promised().toSorted((one, other) => one.recordId.localeCompare(other.recordId)),
    victims: [0, 2, 4, 5].map((rank) => store.victims('record', rank, 4)),
    blobVictims: [0, 2, 4, 5].map((rank) => store.victims('blob', rank, 4).length),
    oldestAt: store.oldestAt(),
    topRank: store.topRank(),
    all: store.allRecords().map(({ sequence }) => sequence),
  };
}

test('after any changes SQLite says what the simple store in memory says, also when opened again', () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(changeArbitrary, { maxLength: 12 }), (changes) => {
      run += 1;
      const name = `run-${run}.db`;
      const memory = createMemoryStore();
      const real = openReal(name);
      for (const change of changes) {
        memory.commit(change);
        real.commit(change);
        expect(everythingSeen(real)).toEqual(everythingSeen(memory));
      }
      real.close();
      const again = openReal(name);
      expect(everythingSeen(again)).toEqual(everythingSeen(memory));
      again.close();
    }),
    { numRuns: 60 },
  );
});
