import { describe, expect } from 'vitest';
import type { LinkOutcome, LinkRequest } from '../../../src/main/ports/index.ts';
import { okJson, UNREACHABLE } from '../../fakes/serverLink.ts';
import { ID, idsOf, storeAll, test, untilAborted, uuids } from './fixture.ts';

describe('delivery', () => {
  test('what waits at the start and what comes later is sent and let go', async ({
    delivery: { timers, link, outbox, health, start, addMany },
  }) => {
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

  test('an empty outbox sends nothing', async ({ delivery: { timers, link, start } }) => {
    start();
    await timers.advance(3_600_000);
    expect(link.requests).toEqual([]);
  });

  test('text goes before pictures, a picture is let go on 204 alone', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('one request at a time, and something critical is in the next one', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('a picture on its way gives way to something critical, and goes after it', async ({
    delivery: { timers, link, outbox, start },
  }) => {
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

describe('stopping', () => {
  test('ends the request on its way, begins no other, and leaves no timer', async ({
    delivery: { timers, link, outbox, start, addMany, stop },
  }) => {
    addMany('low', 5);
    link.answer(() => untilAborted);
    start({ maxRecords: 1 });
    await timers.advance(0);
    await stop();
    outbox.add('critical');
    await timers.advance(3_600_000);
    expect(link.requests).toHaveLength(1);
    expect(link.requests[0]?.signal.aborted).toBe(true);
    expect(outbox.records).toHaveLength(6);
  });

  test('during a backoff it is over at once', async ({ delivery: { timers, start, addMany, stop } }) => {
    addMany('low', 1);
    start();
    await timers.advance(0);
    expect(timers.pending()).toBe(1);
    await stop();
    expect(timers.pending()).toBe(0);
  });
});

test('ten thousand after a week offline: all arrive, and one critical among them is not starved', async ({
  delivery: { timers, link, outbox, start, addMany },
}) => {
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
});
