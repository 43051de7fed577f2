import { describe, expect, test } from 'vitest';
import { BACKGROUND_HEADER, CSRF_HEADER } from '#contract';
import { createConsoleApi, explain } from '../../src/console/api/index.ts';
import { fakeReport } from '../fakes/consoleData.ts';

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

/** A client whose server answers as told; what it was asked is kept. */
function ask(...answers: (Response | Error)[]) {
  const asked: Asked[] = [];
  const api = createConsoleApi({
    fetch: async (path, init) => {
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      asked.push({
        method: init?.method ?? '',
        path: String(path),
        headers: init?.headers as Record<string, string>,
        body,
      });
      const answer = answers.shift() ?? new Error('no answer left');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  let signedOut = 0;
  api.onSignedOut(() => {
    signedOut += 1;
  });
  return { api, asked, signedOut: () => signedOut };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const page = (items: unknown[], unreadable = 0) => ({
  items,
  unreadable,
  nextCursor: null,
  counts: { open: items.length, critical: 0 },
  lastItemAt: null,
  devices: { total: 0, watching: 0 },
});

describe('the console’s client', () => {
  test('every request shows that the console made it; only unasked ones are marked as background', async () => {
    const { api, asked } = ask(json(200, page([])), json(200, page([])));
    await api.queue('open', null, 'person');
    await api.queue('open', 'c u', 'background');
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v1/queue?show=open&limit=200',
      '/api/v1/queue?show=open&limit=200&after=c+u',
    ]);
    expect(asked.every(({ headers }) => headers[CSRF_HEADER] === '1')).toBe(true);
    expect(asked.map(({ headers }) => headers[BACKGROUND_HEADER])).toEqual([undefined, '1']);
  });

  test('one item that cannot be read does not take the queue with it: it is counted', async () => {
    const { history: _, ...good } = fakeReport(Date.UTC(2026, 10, 3), { text: 'hello' });
    const { api } = ask(json(200, page([good, { kind: 'from the future' }])));
    const result = await api.queue('open', null, 'person');
    expect(result).toMatchObject({ ok: true, value: { unreadable: 1, items: [{ id: good.id }] } });
  });

  test('what the server could not open is counted with what the console could not read', async () => {
    const { api } = ask(json(200, page([{ kind: 'from the future' }], 2)));
    expect(await api.queue('open', null, 'person')).toMatchObject({ ok: true, value: { unreadable: 3 } });
  });

  test.each([
    [401, 'signed_out'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'state_changed'],
    [500, 'server'],
  ] as const)('status %i is %s', async (status, kind) => {
    const { api, signedOut } = ask(json(status, {}));
    expect(await api.devices()).toMatchObject({ ok: false, error: { kind } });
    expect(signedOut()).toBe(status === 401 ? 1 : 0);
  });

  test('a wrong password is not an ended session', async () => {
    const { api, signedOut } = ask(json(401, {}));
    expect(await api.signIn('priya', 'no')).toEqual({ ok: false, error: { kind: 'wrong_password' } });
    expect(signedOut()).toBe(0);
  });

  test('too many attempts say how long to wait', async () => {
    const { api } = ask(json(429, {}, { 'retry-after': '300' }));
    const result = await api.signIn('priya', 'no');
    expect(result).toEqual({ ok: false, error: { kind: 'rate_limited', retryAfterMs: 300_000 } });
    if (!result.ok) expect(explain(result.error)).toBe('Too many attempts. Wait 5 minutes and try again.');
  });

  test('no line is offline; an answer that is not the contract’s is unreadable', async () => {
    const { api } = ask(
      new Error('refused'),
      json(200, { nonsense: true }),
      new Response('<html>', { status: 200 }),
    );
    expect(await api.me()).toEqual({ ok: false, error: { kind: 'offline' } });
    expect(await api.me()).toEqual({ ok: false, error: { kind: 'unreadable' } });
    expect(await api.me()).toEqual({ ok: false, error: { kind: 'unreadable' } });
  });

  test('a decision answers the item as it then stands, looked at in the background', async () => {
    const { history, ...item } = fakeReport(Date.UTC(2026, 10, 3), { text: 'hello' });
    const response = {
      item: { ...item, state: 'no_concern' },
      history,
      screenshot: 'none',
      allowed: ['reopen'],
    };
    const { api, asked } = ask(new Response(null, { status: 204 }), json(200, response));
    const result = await api.decide(item.id, { decision: 'no_concern', note: 'fine', from: 'waiting' });
    expect(result).toMatchObject({ ok: true, value: { item: { state: 'no_concern' } } });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: { decision: 'no_concern', note: 'fine', from: 'waiting' },
    });
    expect(asked[1]?.headers[BACKGROUND_HEADER]).toBe('1');
  });
});
