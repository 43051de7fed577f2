import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EnvelopeAnswer, Priority } from '#contract';
import { type Delivery, startDelivery } from '../../../src/main/deliver/index.ts';
import type { LinkOutcome, LinkRequest, SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog, createFakeRandom } from '../../fakes/ports.ts';
import {
  createFakeLink,
  type FakeLink,
  type LinkAnswer,
  okJson,
  UNREACHABLE,
} from '../../fakes/serverLink.ts';
import { createFakeTimers, type FakeTimers } from '../../fakes/timers.ts';

const RANKS: readonly Priority[] = ['critical', 'report', 'high', 'medium', 'low', 'health'];

/** An outbox as simple as can be, with what delivery did to it. */
function createFakeOutbox() {
  const records: { id: string; sequence: number; priority: Priority }[] = [];
  const blobs: { sha256: string; bytes: Uint8Array }[] = [];
  const listeners = new Set<(priority: Priority) => void>();
  const quarantined: string[] = [];
  let count = 0;
  return {
    records,
    blobs,
    quarantined,
    listening: () => listeners.size,
    add(priority: Priority, name = `${priority}-${count + 1}`) {
      count += 1;
      records.push({ id: name, sequence: count, priority });
      for (const listener of listeners) listener(priority);
    },
    async nextBatch({ maxRecords, skip = new Set() }: { maxRecords: number; skip?: ReadonlySet<number> }) {
      const chosen = records
        .filter(({ sequence }) => !skip.has(sequence))
        .sort(
          (one, other) =>
            RANKS.indexOf(one.priority) - RANKS.indexOf(other.priority) || one.sequence - other.sequence,
        )
        .slice(0, maxRecords)
        .map(({ id, sequence }) => ({ id, sequence }));
      return chosen.length === 0
        ? null
        : { records: chosen, body: JSON.stringify(chosen.map(({ id }) => id)) };
    },
    async acknowledge(_batch: unknown, answers: readonly EnvelopeAnswer[]) {
      for (const answer of answers) {
        const at = records.findIndex(({ id }) => id === answer.id);
        if (at >= 0) records.splice(at, 1);
        if (answer.status === 'rejected') quarantined.push(`${answer.id}: ${answer.reason}`);
      }
    },
    nextBlob: async (skip: ReadonlySet<string> = new Set()) =>
      blobs.find(({ sha256 }) => !skip.has(sha256)) ?? null,
    async acknowledgeBlob(sha256: string) {
      blobs.splice(
        blobs.findIndex((blob) => blob.sha256 === sha256),
        1,
      );
    },
    async quarantineBlob(sha256: string, reason: string) {
      blobs.splice(
        blobs.findIndex((blob) => blob.sha256 === sha256),
        1,
      );
      quarantined.push(`${sha256}: ${reason}`);
    },
    onAppend(listener: (priority: Priority) => void) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}

let timers: FakeTimers;
let link: FakeLink;
let outbox: ReturnType<typeof createFakeOutbox>;
let health: Map<string, SourceHealth>;
let delivery: Delivery | null;

beforeEach(() => {
  timers = createFakeTimers();
  link = createFakeLink();
  outbox = createFakeOutbox();
  health = new Map();
  delivery = null;
});
afterEach(async () => {
  await delivery?.dispose();
  expect(timers.pending()).toBe(0);
  expect(outbox.listening()).toBe(0);
});

function start(options: Parameters<typeof startDelivery>[1] = {}): void {
  const report = (part: string, state: SourceHealth) => void health.set(part, state);
  delivery = startDelivery(
    { outbox, link, timers, random: createFakeRandom(), health: { report }, log: createFakeLog() },
    options,
  );
}

function idsOf(request: LinkRequest): string[] {
  return request.method === 'POST'
    ? JSON.parse(new TextDecoder().decode(request.body ?? new Uint8Array()))
    : [];
}

const ID = '019ab000-0000-7000-8000-000000000001';

/** The server's answer to a batch; the fake outbox knows its records by plain names, so ids are put back in place. */
function storeAll(request: LinkRequest): LinkAnswer {
  if (request.method === 'PUT') return { kind: 'ok', status: 204, etag: null, body: new Uint8Array() };
  return okJson({
    answers: idsOf(request).map((id) => ({ id, status: 'stored' })),
    wants: [],
    serverTime: 1,
  });
}

function uuids(count: number): string[] {
  return Array.from({ length: count }, (_, at) => ID.slice(0, -6) + (at + 1).toString(16).padStart(6, '0'));
}

function addMany(priority: Priority, count: number): string[] {
  const names = uuids(count);
  for (const name of names) outbox.add(priority, name);
  return names;
}

describe('delivery', () => {
  test('what waits at the start and what comes later is sent and let go', async () => {
    link.answer(storeAll);
    addMany('high', 3);
    start();
    await timers.advance(0);
    expect(outbox.records).toEqual([]);
    outbox.add('low', uuids(9)[8]);
    await timers.advance(0);
    expect(outbox.records).toEqual([]);
    expect(link.requests).toHaveLength(2);
    expect(health.get('deliver')).toMatchObject({ state: 'ok' });
  });

  test('an empty outbox sends nothing', async () => {
    start();
    await timers.advance(3_600_000);
    expect(link.requests).toEqual([]);
  });

  test('text goes before pictures, a picture is let go on 204 alone', async () => {
    link.answer(storeAll);
    outbox.blobs.push({ sha256: 'a', bytes: new Uint8Array(3) });
    addMany('low', 2);
    start({ maxRecords: 1 });
    await timers.advance(0);
    expect(link.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'PUT']);
    expect(link.requests[2]?.path).toBe('/agent/v1/blobs/a');
    expect(outbox.blobs).toEqual([]);
    outbox.blobs.push({ sha256: 'b', bytes: new Uint8Array(3) });
    link.answer(() => okJson({ hello: 'from a hotel' }));
    outbox.add('low', ID);
    await timers.advance(0);
    expect(outbox.blobs).toHaveLength(1);
    expect(outbox.records).toHaveLength(1);
  });

  test('one request at a time, and something critical is in the next one', async () => {
    const answers: ((outcome: LinkOutcome) => void)[] = [];
    link.answer(() => () => new Promise((resolve) => answers.push(resolve)));
    const names = addMany('low', 4);
    start({ maxRecords: 2 });
    await timers.advance(1_000);
    expect(link.requests).toHaveLength(1);
    outbox.add('critical', uuids(20)[19]);
    await timers.advance(1_000);
    expect(link.requests).toHaveLength(1);
    const [first] = link.requests;
    if (first === undefined) throw new Error('it is on its way');
    expect(first.signal.aborted).toBe(false);
    answers.shift()?.(storeAll(first) as LinkOutcome);
    await timers.advance(0);
    expect(idsOf(link.requests[1] as LinkRequest)).toEqual([uuids(20)[19], names[2]]);
    link.answer(storeAll);
    answers.shift()?.(UNREACHABLE);
    await timers.advance(2_000);
    expect(outbox.records).toEqual([]);
  });

  test('a picture on its way gives way to something critical, and goes after it', async () => {
    outbox.blobs.push({ sha256: 'a', bytes: new Uint8Array(3) });
    link.answer((request) => (request.method === 'PUT' ? untilAborted : storeAll(request)));
    start();
    await timers.advance(10);
    expect(link.requests.map(({ method }) => method)).toEqual(['PUT']);
    outbox.add('low', ID);
    await timers.advance(10);
    expect(link.requests).toHaveLength(1);
    link.answer(storeAll);
    outbox.add('critical', uuids(5)[4]);
    await timers.advance(0);
    expect(link.requests.map(({ method }) => method)).toEqual(['PUT', 'POST', 'PUT']);
    expect(outbox.blobs).toEqual([]);
  });
});

function untilAborted(signal: AbortSignal): Promise<LinkOutcome> {
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve({ kind: 'unreachable', reason: 'aborted' })),
  );
}

describe('failures', () => {
  test('the waits grow, have jitter, and end at the longest; success makes them short again', async () => {
    addMany('low', 1);
    const times: number[] = [];
    link.answer(() => {
      times.push(timers.monotonic());
      return UNREACHABLE;
    });
    start({ firstBackoffMs: 1_000, maxBackoffMs: 8_000 });
    await timers.advance(20_000);
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 6_000]);
    expect(health.get('deliver')).toMatchObject({ state: 'degraded', code: 'server_unreachable' });
    link.answer(storeAll);
    await timers.advance(8_000);
    expect(outbox.records).toEqual([]);
    expect(health.get('deliver')).toMatchObject({ state: 'ok' });
  });

  test('Retry-After is kept to exactly, even for something critical', async () => {
    link.answer(() => ({ kind: 'busy', status: 503, retryAfterMs: 7_000 }));
    addMany('low', 1);
    start();
    await timers.advance(0);
    outbox.add('critical', uuids(3)[2]);
    await timers.advance(6_999);
    expect(link.requests).toHaveLength(1);
    link.answer(storeAll);
    await timers.advance(1);
    expect(link.requests).toHaveLength(2);
    expect(outbox.records).toEqual([]);
  });

  test('something critical does not wait for a backoff, but does not hammer either', async () => {
    addMany('low', 1);
    start({ firstBackoffMs: 60_000, maxBackoffMs: 60_000 });
    await timers.advance(5_000);
    expect(link.requests).toHaveLength(1);
    for (let time = 0; time < 50; time++) outbox.add('critical', uuids(100)[time + 10]);
    await timers.advance(0);
    expect(link.requests).toHaveLength(2);
    for (let time = 0; time < 20; time++) {
      outbox.add('critical', uuids(100)[time + 70]);
      await timers.advance(100);
    }
    expect(link.requests.length).toBeLessThanOrEqual(5);
    link.answer(storeAll);
    outbox.add('critical', uuids(100)[99]);
    await timers.advance(1_000);
    expect(outbox.records).toEqual([]);
  });

  test('something critical that came during a flight that fails does not wait for the backoff, once', async () => {
    const held: ((outcome: LinkOutcome) => void)[] = [];
    link.answer(() => () => new Promise((resolve) => held.push(resolve)));
    addMany('low', 1);
    start({ firstBackoffMs: 200_000, maxBackoffMs: 200_000 });
    await timers.advance(5_000);
    outbox.add('critical', uuids(9)[8]);
    link.answer(() => UNREACHABLE);
    held.shift()?.(UNREACHABLE);
    await timers.advance(1_000);
    expect(idsOf(link.requests[1] as LinkRequest)[0]).toBe(uuids(9)[8]);
    await timers.advance(100_000);
    expect(link.requests).toHaveLength(2);
  });

  test('but it waits for a Retry-After that came meanwhile', async () => {
    const held: ((outcome: LinkOutcome) => void)[] = [];
    link.answer(() => () => new Promise((resolve) => held.push(resolve)));
    addMany('low', 1);
    start();
    await timers.advance(5_000);
    outbox.add('critical', uuids(9)[8]);
    link.answer(storeAll);
    held.shift()?.({ kind: 'busy', status: 503, retryAfterMs: 60_000 });
    await timers.advance(59_999);
    expect(link.requests).toHaveLength(1);
    await timers.advance(1);
    expect(outbox.records).toEqual([]);
  });

  test('one poisonous record is found, quarantined with the reason, and all others arrive', async () => {
    const names = addMany('medium', 64);
    const poison = names[37] ?? '';
    link.answer((request) =>
      idsOf(request).includes(poison)
        ? { kind: 'invalid', status: 400, code: 'invalid_input' }
        : storeAll(request),
    );
    start();
    await timers.advance(0);
    expect(outbox.records).toEqual([]);
    expect(outbox.quarantined).toEqual([`${poison}: invalid_input`]);
    expect(link.requests.length).toBeLessThan(30);
  });

  test("a proxy's error page makes no poison", async () => {
    addMany('medium', 3);
    link.answer(() => ({ kind: 'invalid', status: 400, code: null }));
    start();
    await timers.advance(600_000);
    expect(outbox.records).toHaveLength(3);
    expect(outbox.quarantined).toEqual([]);
  });

  test('a record that makes the server fail lets the others pass, and is not lost', async () => {
    const names = addMany('medium', 10);
    const bad = names[0] ?? '';
    link.answer((request) =>
      idsOf(request).includes(bad) ? { kind: 'busy', status: 500, retryAfterMs: null } : storeAll(request),
    );
    start({ firstBackoffMs: 100, maxBackoffMs: 1_000 });
    await timers.advance(60_000);
    expect(outbox.records.map(({ id }) => id)).toEqual([bad]);
    link.answer(storeAll);
    await timers.advance(5_000);
    expect(outbox.records).toEqual([]);
    expect(outbox.quarantined).toEqual([]);
  });

  test('a picture the server refuses is quarantined; one it fails on is tried after the others', async () => {
    for (const sha256 of ['refused', 'failing', 'good'])
      outbox.blobs.push({ sha256, bytes: new Uint8Array(1) });
    link.answer((request) => {
      if (request.path.endsWith('refused')) return { kind: 'invalid', status: 409, code: 'blob_not_wanted' };
      if (request.path.endsWith('failing')) return { kind: 'busy', status: 500, retryAfterMs: null };
      return storeAll(request);
    });
    start({ firstBackoffMs: 100, maxBackoffMs: 100 });
    await timers.advance(1_000);
    expect(outbox.quarantined).toEqual(['refused: blob_not_wanted']);
    expect(outbox.blobs.map(({ sha256 }) => sha256)).toEqual(['failing']);
    link.answer(storeAll);
    outbox.add('low', ID);
    await timers.advance(1_000);
    expect(outbox.blobs).toEqual([]);
  });

  test('a revoked device sends nothing for an hour, keeps all, and says so', async () => {
    link.answer(() => ({ kind: 'refused', why: 'revoked' }));
    addMany('high', 2);
    start();
    await timers.advance(0);
    outbox.add('critical', uuids(7)[6]);
    await timers.advance(3_599_000);
    expect(link.requests).toHaveLength(1);
    expect(outbox.records).toHaveLength(3);
    expect(health.get('deliver')).toMatchObject({ state: 'failed', code: 'revoked' });
    link.answer(storeAll);
    await timers.advance(1_000);
    expect(outbox.records).toEqual([]);
  });

  test('a device the server does not know keeps all and asks again', async () => {
    link.answer(() => ({ kind: 'refused', why: 'unauthorized' }));
    addMany('high', 2);
    start();
    await timers.advance(599_000);
    expect(link.requests).toHaveLength(1);
    expect(health.get('deliver')).toMatchObject({ state: 'failed', code: 'unauthorized' });
    await timers.advance(1_000);
    expect(link.requests).toHaveLength(2);
  });
});

describe('stopping', () => {
  test('ends the request on its way, begins no other, and leaves no timer', async () => {
    addMany('low', 5);
    link.answer(() => untilAborted);
    start({ maxRecords: 1 });
    await timers.advance(0);
    await delivery?.dispose();
    outbox.add('critical');
    await timers.advance(3_600_000);
    expect(link.requests).toHaveLength(1);
    expect(link.requests[0]?.signal.aborted).toBe(true);
    expect(outbox.records).toHaveLength(6);
  });

  test('during a backoff it is over at once', async () => {
    addMany('low', 1);
    start();
    await timers.advance(0);
    expect(timers.pending()).toBe(1);
    await delivery?.dispose();
    expect(timers.pending()).toBe(0);
  });
});

test('ten thousand after a week offline: all arrive, and one critical among them is not starved', async () => {
  link.answer(storeAll);
  addMany('low', 10_000);
  let first = true;
  link.answer((request) => {
    if (first) outbox.add('critical', uuids(20_000)[19_999]);
    first = false;
    return storeAll(request);
  });
  start();
  await timers.advance(0);
  expect(outbox.records).toEqual([]);
  expect(idsOf(link.requests[1] as LinkRequest)[0]).toBe(uuids(20_000)[19_999]);
  expect(link.requests.length).toBeLessThanOrEqual(102);
}, 60_000);
