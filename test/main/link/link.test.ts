import { beforeEach, describe, expect, test } from 'vitest';
import { createSigningKey, importVerifyingKey, type VerifyingKey, verifyRequestToken } from '#seal';
import { createServerLink } from '../../../src/main/link/index.ts';
import type { Http, HttpOutcome, HttpRequest, ServerLink } from '../../../src/main/ports/index.ts';
import { createFakeRandom } from '../../fakes/ports.ts';
import { createFakeTimers, type FakeTimers } from '../../fakes/timers.ts';

const DEVICE_ID = '019ab000-0000-7000-8000-00000000d001';
const SERVER_URL = 'https://lapwing.school.example/';

let timers: FakeTimers;
let link: ServerLink;
let key: VerifyingKey;
let requests: HttpRequest[];
let answers: HttpOutcome[];
/** How far ahead of the machine the server's clock is. */
let skewMs: number;

function answered(status: number, body: unknown = null, headers: Record<string, string> = {}): HttpOutcome {
  return { kind: 'answered', status, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
}

beforeEach(async () => {
  timers = createFakeTimers();
  requests = [];
  answers = [];
  skewMs = 0;
  const deviceKey = await createSigningKey();
  const imported = await importVerifyingKey(deviceKey.publicKey);
  if (imported === null) throw new Error('a fresh key must import');
  key = imported;
  const http: Http = {
    async send(request) {
      requests.push(request);
      return answers.shift() ?? (await guard(request));
    },
    openEvents(request, listener) {
      requests.push({ ...request, method: 'GET', body: null, timeoutMs: 0 });
      listener.onEvent('policy', '{}');
    },
  };
  link = createServerLink(
    { http, timers, random: createFakeRandom() },
    { deviceId: DEVICE_ID, deviceKey, serverUrl: SERVER_URL },
  );
});

/** As the server does it: the token is checked by the server's clock, and the answer tells the time. */
async function guard(request: HttpRequest): Promise<HttpOutcome> {
  const serverTime = timers.now() + skewMs;
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  const { pathname, search } = new URL(request.url);
  const claims = await verifyRequestToken(token, key, { ...request, path: pathname + search }, serverTime);
  if (claims.ok) return answered(200, { serverTime }, { etag: '"7"' });
  const code = claims.error.kind === 'clock' ? 'clock_skew' : 'bad_request_token';
  return answered(401, { error: { code, message: '', serverTime } });
}

function send(over: Partial<Parameters<ServerLink['send']>[0]> = {}) {
  const body = new TextEncoder().encode('{}');
  const signal = new AbortController().signal;
  return link.send({ method: 'POST', path: '/agent/v1/heartbeat', body, timeoutMs: 1_000, signal, ...over });
}

describe('the signed line', () => {
  test('signs each request anew, to the right address, with what it carries', async () => {
    expect(await send({ ifNoneMatch: '"6"' })).toMatchObject({ kind: 'ok', etag: '"7"' });
    await send({ method: 'GET', path: '/agent/v1/policy', body: null });
    expect(requests.map(({ url }) => url)).toEqual([
      'https://lapwing.school.example/agent/v1/heartbeat',
      'https://lapwing.school.example/agent/v1/policy',
    ]);
    expect(requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'if-none-match': '"6"',
    });
    expect(requests[1]?.headers['content-type']).toBeUndefined();
    expect(requests[0]?.headers.authorization).not.toBe(requests[1]?.headers.authorization);
  });

  test.each([
    ['an hour behind', 3_600_000],
    ['a year ahead', -31_536_000_000],
  ])('a machine whose clock is %s is heard all the same, at the second try', async (_name, skew) => {
    skewMs = skew;
    expect(await send()).toMatchObject({ kind: 'ok' });
    expect(requests).toHaveLength(2);
    await send();
    expect(requests).toHaveLength(3);
  });

  test('once the server was heard, a jump of the wall clock changes nothing', async () => {
    await send();
    timers.jumpWallClock(10 * 3_600_000);
    skewMs = -10 * 3_600_000;
    await timers.advance(60_000);
    expect(await send()).toMatchObject({ kind: 'ok' });
    expect(requests).toHaveLength(2);
  });

  test('the time is learned from the Date header too', async () => {
    skewMs = 3_600_000;
    const date = new Date(timers.now() + skewMs).toUTCString();
    answers.push(answered(503, null, { date, 'retry-after': '7' }));
    expect(await send()).toEqual({ kind: 'busy', status: 503, retryAfterMs: 7_000 });
    expect(await send()).toMatchObject({ kind: 'ok' });
    expect(requests).toHaveLength(2);
  });

  test('a request that a proxy sent twice is signed again, once', async () => {
    answers.push(answered(401, { error: { code: 'replayed', message: '' } }));
    expect(await send()).toMatchObject({ kind: 'ok' });
    answers.push(
      answered(401, { error: { code: 'replayed', message: '' } }),
      answered(401, { error: { code: 'replayed', message: '' } }),
    );
    expect(await send()).toEqual({ kind: 'busy', status: 401, retryAfterMs: null });
  });

  test('a server whose clock jumps between two tries is tried again later, and is no refusal', async () => {
    const skewed = (ms: number) =>
      answered(401, { error: { code: 'clock_skew', message: '', serverTime: timers.now() + ms } });
    answers.push(skewed(3_600_000), skewed(-86_400_000));
    expect(await send()).toEqual({ kind: 'busy', status: 401, retryAfterMs: null });
    expect(await send()).toMatchObject({ kind: 'ok' });
    answers.push(answered(401, { error: { code: 'unknown_device', message: '' } }));
    expect(await send()).toEqual({ kind: 'refused', why: 'unauthorized' });
  });

  test.each<[string, HttpOutcome, object]>([
    ['304', answered(304), { kind: 'not_modified' }],
    ['429', answered(429, null, { 'retry-after': '3' }), { kind: 'busy', retryAfterMs: 3_000 }],
    ['500 without Retry-After', answered(500), { kind: 'busy', status: 500, retryAfterMs: null }],
    [
      'an absurd Retry-After',
      answered(503, null, { 'retry-after': '999999999' }),
      { retryAfterMs: 3_600_000 },
    ],
    [
      'a Retry-After that is no number',
      answered(503, null, { 'retry-after': 'soon' }),
      { retryAfterMs: null },
    ],
    [
      '400 of our server',
      answered(400, { error: { code: 'invalid_input', message: '' } }),
      { kind: 'invalid', code: 'invalid_input' },
    ],
    ['400 of a proxy', answered(400, 'Bad Request'), { kind: 'invalid', code: null }],
    [
      'revoked',
      answered(403, { error: { code: 'device_revoked', message: '' } }),
      { kind: 'refused', why: 'revoked' },
    ],
    [
      'superseded',
      answered(403, { error: { code: 'device_superseded', message: '' } }),
      { kind: 'refused', why: 'revoked' },
    ],
    [
      'unknown',
      answered(401, { error: { code: 'unknown_device', message: '' } }),
      { kind: 'refused', why: 'unauthorized' },
    ],
    ['403 of a filter', answered(403, '<html>blocked</html>'), { kind: 'invalid', status: 403, code: null }],
    ['401 of a proxy', answered(401, '<html>log in</html>'), { kind: 'invalid', status: 401, code: null }],
    [
      'no answer',
      { kind: 'unreachable', reason: 'ECONNRESET' },
      { kind: 'unreachable', reason: 'ECONNRESET' },
    ],
  ])('%s', async (_name, outcome, expected) => {
    answers.push(outcome);
    expect(await send()).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });

  test('the event stream is signed as well', async () => {
    const heard = await new Promise<string>((resolve) =>
      link.openEvents('/agent/v1/events', new AbortController().signal, { onEvent: resolve, onEnd: resolve }),
    );
    expect(heard).toBe('policy');
    const [request] = requests;
    if (request === undefined) throw new Error('it was opened');
    expect(await guard(request)).toMatchObject({ status: 200 });
  });
});
