import { beforeEach, describe, expect, test } from 'vitest';
import { encodeEnrolmentToken } from '#seal';
import { type TokenSource, untilEnrolled } from '../../../src/main/enrolment/index.ts';
import type { HttpOutcome, SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog, createFakeRandom } from '../../fakes/ports.ts';
import { until } from '../../fakes/until.ts';
import { accepted, createEnrolmentBench, DEVICE_ID, type EnrolmentBench, refusal } from './fixture.ts';

let bench: EnrolmentBench;
beforeEach(async () => {
  bench = await createEnrolmentBench();
});

describe('until enrolled', () => {
  const health = new Map<string, SourceHealth>();

  function wait(sources: readonly TokenSource[], signal: AbortSignal) {
    return untilEnrolled(
      {
        enrolment: bench.create(),
        sources,
        timers: bench.timers,
        random: createFakeRandom(),
        health: { report: (part, state) => void health.set(part, state) },
        log: createFakeLog(),
      },
      signal,
    );
  }

  test('takes the first source that has a token, and says when there is none', async () => {
    let file: string | null = null;
    const waiting = wait(
      [
        { name: 'argument', read: async () => null },
        { name: 'file', read: async () => file },
      ],
      new AbortController().signal,
    );
    await until(() => bench.timers.pending() === 1);
    expect(health.get('enrolment')).toMatchObject({ state: 'failed', code: 'no_token' });
    file = `${bench.line}\n`;
    await bench.timers.advance(45_000);
    expect(await waiting).toMatchObject({ deviceId: DEVICE_ID });
    expect(health.get('enrolment')).toMatchObject({ state: 'ok' });
  });

  test('needs no token once enrolled', async () => {
    await bench.create().enrol(bench.line);
    expect(await wait([], new AbortController().signal)).toMatchObject({ deviceId: DEVICE_ID });
    expect(bench.requests).toHaveLength(1);
  });

  describe('with another token', () => {
    const ANEW = '019ab000-0000-7000-8000-00000000d002';
    const signal = new AbortController().signal;
    let another: string;
    const from = (...texts: string[]) => texts.map((text, at) => ({ name: `${at}`, read: async () => text }));

    beforeEach(async () => {
      await bench.create().enrol(bench.line);
      another = await encodeEnrolmentToken({ ...bench.token, tokenId: 't2' });
      bench.answerWith(() => accepted(ANEW));
    });

    test('a device enrols anew, as one that was revoked must be able to', async () => {
      expect(await wait(from(another), signal)).toMatchObject({ deviceId: ANEW, tokenId: 't2' });
      expect(bench.sent(1).publicKey).not.toBe(bench.sent(0).publicKey);
      expect(health.get('enrolment')).toMatchObject({ state: 'ok' });
      expect(await bench.create().load()).toMatchObject({ ok: true, value: { deviceId: ANEW } });
    });

    test('a token it has spent already, now or earlier, is not spent again', async () => {
      expect(await wait(from(bench.line), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(bench.requests).toHaveLength(1);
      expect(await wait(from(bench.line, another), signal)).toMatchObject({ deviceId: ANEW });
      expect(await wait(from(bench.line, another), signal)).toMatchObject({ deviceId: ANEW });
      expect(bench.requests).toHaveLength(2);
    });

    test.each([
      ['server_unreachable', (): HttpOutcome => ({ kind: 'unreachable', reason: 'ECONNREFUSED' })],
      ['enrolment_expired', () => refusal('enrolment_expired')],
    ])('that fails as %s the device stays who it was, and says so', async (code, failing) => {
      bench.answerWith(failing);
      expect(await wait(from(another), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(health.get('enrolment')).toMatchObject({ state: 'degraded', code });
      expect(health.get('enrolment')?.message).toContain('stays enrolled as before');
      expect(await bench.create().load()).toMatchObject({ ok: true, value: { deviceId: DEVICE_ID } });
      expect(bench.timers.pending()).toBe(0);
    });

    test('that is damaged is told and changes nothing', async () => {
      expect(await wait(from(another.slice(0, -4)), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(health.get('enrolment')).toMatchObject({ state: 'degraded', code: 'token_damaged' });
      expect(bench.requests).toHaveLength(1);
    });
  });

  test.each([
    ['no token', null],
    ['a refused token', 'refused'],
    ['a token that is taken', 'taken'],
  ])('stopped in the middle of an attempt with %s it ends at once', async (_what, text) => {
    if (text === 'refused') bench.answerWith(() => refusal('enrolment_expired'));
    const stop = new AbortController();
    const source = {
      name: 'file',
      async read() {
        stop.abort();
        return text === null ? null : bench.line;
      },
    };
    expect(await wait([source], stop.signal)).toBeNull();
    expect(bench.timers.pending()).toBe(0);
  });

  test('a server that is down is tried again soon, a refused token seldom', async () => {
    bench.answerWith(() => ({ kind: 'unreachable', reason: 'ECONNREFUSED' }));
    const stop = new AbortController();
    const waiting = wait([{ name: 'file', read: async () => bench.line }], stop.signal);
    for (let tries = 1; tries <= 3; tries++) {
      await until(() => bench.requests.length === tries && bench.timers.pending() === 1);
      await bench.timers.advance(45_000);
    }
    await until(() => bench.requests.length === 4 && bench.timers.pending() === 1);
    bench.answerWith(() => refusal('enrolment_expired'));
    await bench.timers.advance(45_000);
    await until(() => bench.requests.length === 5 && bench.timers.pending() === 1);
    await bench.timers.advance(599_000);
    expect(bench.requests).toHaveLength(5);
    stop.abort();
    expect(await waiting).toBeNull();
    expect(bench.timers.pending()).toBe(0);
  });
});
