import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../../src/main/platform/node/index.ts';

const certificate = (name: string) =>
  readFileSync(new URL(`../../../fakes/certificates/${name}`, import.meta.url), 'utf8');
const running: Server[] = [];

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: Server): Promise<number> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const plain = async (handler: Handler) => `http://127.0.0.1:${await listen(createServer(handler))}`;

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function get(url: string, over: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  return {
    method: 'GET',
    url,
    headers: {},
    body: null,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...over,
  } as const;
}

describe('requests', () => {
  test('carry method, headers and body, and bring back status, headers and bytes', async () => {
    const url = await plain((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        const { method, headers } = request;
        response.writeHead(201, { 'x-answer': 'yes' });
        response.end(`${method} ${headers['x-asked']} ${headers['content-length']} ${body}`);
      });
    });
    const body = new TextEncoder().encode('hello');
    const answer = await createHttp({ caPem: null }).send({
      ...get(url),
      method: 'PUT',
      headers: { 'x-asked': '1' },
      body,
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 201, headers: { 'x-answer': 'yes' } });
    expect(answer.kind === 'answered' && new TextDecoder().decode(answer.body)).toBe('PUT 1 5 hello');
  });

  test('never follow a redirect', async () => {
    const url = await plain((_request, response) => response.writeHead(302, { location: '/other' }).end());
    expect(await createHttp({ caPem: null }).send(get(url))).toMatchObject({ kind: 'answered', status: 302 });
  });

  test.each<[string, Handler]>([
    ['a connection that is reset', (request) => void request.socket.destroy()],
    ['a server that never answers', () => undefined],
    [
      'a server that drips',
      (request, response) => {
        const drip = () => request.socket.destroyed || response.write('x', () => setImmediate(drip));
        drip();
      },
    ],
    [
      'an answer cut short',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('x');
        setImmediate(() => response.destroy());
      },
    ],
  ])('%s is unreachable', async (_what, handler) => {
    const url = await plain(handler);
    const answer = await createHttp({ caPem: null }).send(get(url, { timeoutMs: 150 }));
    expect(answer.kind).toBe('unreachable');
  });

  test('can be given up', async () => {
    const url = await plain(() => undefined);
    const controller = new AbortController();
    const sent = createHttp({ caPem: null }).send(get(url, { signal: controller.signal }));
    controller.abort();
    expect(await sent).toEqual({ kind: 'unreachable', reason: 'ABORT_ERR' });
  });

  test('a port where nobody listens, and nonsense, are values', async () => {
    const http = createHttp({ caPem: null });
    expect(await http.send(get('http://127.0.0.1:1/'))).toEqual({
      kind: 'unreachable',
      reason: 'ECONNREFUSED',
    });
    expect(await http.send(get('nonsense'))).toEqual({ kind: 'unreachable', reason: 'ERR_INVALID_URL' });
  });

  test('without TLS only to loopback', async () => {
    for (const url of [
      'http://school.invalid/',
      'http://127.0.0.1.evil.invalid/',
      'http://10.0.0.1/',
      'ftp://x/',
    ]) {
      expect(await createHttp({ caPem: null }).send(get(url))).toEqual({
        kind: 'unreachable',
        reason: 'not_secure',
      });
    }
  });

  test("over TLS only with the school's own authority where it is pinned", async () => {
    const secure = createSecureServer(
      { key: certificate('localhost.key'), cert: certificate('localhost.pem') },
      (_request, response) => response.end('ok'),
    );
    const url = `https://127.0.0.1:${await listen(secure as unknown as Server)}/`;
    const pinned = await createHttp({ caPem: certificate('ca.pem') }).send(get(url));
    expect(pinned).toMatchObject({ kind: 'answered', status: 200 });
    const unpinned = await createHttp({ caPem: null }).send(get(url));
    expect(unpinned).toMatchObject({ kind: 'unreachable', reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const other = await createHttp({ caPem: certificate('localhost.pem') }).send(get(url));
    expect(other.kind).toBe('unreachable');
  });
});

describe('event streams', () => {
  function events(url: string, signal = new AbortController().signal) {
    const seen: string[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    createHttp({ caPem: null }).openEvents(
      { url, headers: {}, signal },
      { onEvent: (name, data) => seen.push(`${name}=${data}`), onEnd: resolve },
    );
    return { seen, ended };
  }

  test('are read event by event, however the bytes are cut', async () => {
    const text = ': hello\n\nevent: policy\ndata: one\ndata: two\r\n\r\ndata:\u00e9\n\nevent: lost\ndata: x';
    const url = await plain((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
      response.end();
    });
    const { seen, ended } = events(url);
    expect(await ended).toBe('closed');
    expect(seen).toEqual(['policy=one\ntwo', 'message=\u00e9']);
  });

  test('end with the reason, once', async () => {
    const refused = await plain((_request, response) => response.writeHead(401).end());
    expect(await events(refused).ended).toBe('status_401');
    expect(await events('http://127.0.0.1:1/').ended).toBe('ECONNREFUSED');
    expect(await events('http://school.invalid/').ended).toBe('not_secure');
    const flood = await plain((_request, response) => {
      response.writeHead(200);
      response.end('x'.repeat(200_000));
    });
    expect(await events(flood).ended).not.toBe('closed');
  });

  test('can be given up', async () => {
    const url = await plain((_request, response) => void response.writeHead(200).write(': hello\n\n'));
    const controller = new AbortController();
    const { ended } = events(url, controller.signal);
    controller.abort();
    expect(await ended).toBe('ABORT_ERR');
  });
});
