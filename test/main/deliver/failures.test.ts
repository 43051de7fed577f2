import { describe, expect } from 'vitest';
import type { LinkOutcome, LinkRequest } from '../../../src/main/ports/index.ts';
import { UNREACHABLE } from '../../fakes/serverLink.ts';
import { ID, idsOf, storeAll, test, uuids } from './fixture.ts';

describe('failures', () => {
  test('the waits grow, have jitter, and end at the longest; success makes them short again', async ({
    delivery: { timers, link, outbox, health, start, addMany },
  }) => {
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

  test('Retry-After is kept to exactly, even for something critical', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('something critical does not wait for a backoff, but does not hammer either', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('something critical that came during a flight that fails does not wait for the backoff, once', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('but it waits for a Retry-After that came meanwhile', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('one poisonous record is found, quarantined with the reason, and all others arrive', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test("a proxy's error page makes no poison", async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
    addMany('medium', 3);
    link.answer(() => ({ kind: 'invalid', status: 400, code: null }));
    start();
    await timers.advance(600_000);
    expect(outbox.records).toHaveLength(3);
    expect(outbox.quarantined).toEqual([]);
  });

  test('a record that makes the server fail lets the others pass, and is not lost', async ({
    delivery: { timers, link, outbox, start, addMany },
  }) => {
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

  test('after a server that failed on everything the most urgent record does not wait behind the others', async ({
    delivery: { timers, link, outbox, start },
  }) => {
    const [urgent = '', ...others] = uuids(41);
    outbox.add('critical', urgent);
    for (const name of others) outbox.add('low', name);
    link.answer(() => ({ kind: 'busy', status: 500, retryAfterMs: null }));
    start({ firstBackoffMs: 100, maxBackoffMs: 1_000, maxRecords: 4 });
    await timers.advance(60_000);
    expect(outbox.records).toHaveLength(41);
    const arrived: string[] = [];
    link.answer((request) => {
      arrived.push(...idsOf(request));
      return storeAll(request);
    });
    await timers.advance(1_000);
    expect(outbox.records).toEqual([]);
    expect(arrived.indexOf(urgent)).toBeLessThanOrEqual(4);
  });

  test('a record that makes the server fail each time is tried once more, alone, not with every batch', async ({
    delivery: { timers, link, outbox, start },
  }) => {
    const [bad = '', ...others] = uuids(41);
    outbox.add('critical', bad);
    for (const name of others) outbox.add('low', name);
    const sizes: number[] = [];
    link.answer((request) => {
      if (!idsOf(request).includes(bad)) return storeAll(request);
      sizes.push(idsOf(request).length);
      return { kind: 'busy', status: 500, retryAfterMs: null };
    });
    start({ firstBackoffMs: 1_000, maxBackoffMs: 1_000, maxRecords: 4 });
    await timers.advance(9_000);
    expect(outbox.records.map(({ id }) => id)).toEqual([bad]);
    expect(sizes.slice(0, 8)).toEqual([4, 2, 1, 1, 1, 1, 1, 1]);
  });

  test('a picture the server refuses is quarantined; one it fails on is tried after the others', async ({
    delivery: { timers, link, outbox, start },
  }) => {
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

  test('a revoked device sends nothing for an hour, keeps all, and says so', async ({
    delivery: { timers, link, outbox, health, start, addMany },
  }) => {
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

  test('a device the server does not know keeps all and asks again', async ({
    delivery: { timers, link, health, start, addMany },
  }) => {
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
