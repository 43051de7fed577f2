import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, limitBodiesInFlight } from '../../../src/server/http/index.ts';

/** Room for one of these at a time. */
const BODY = 'x'.repeat(300);
const MAX_BYTES = 500;

let app: App;
/** Told of every request that was let in, when the server has heard that its connection is gone. */
let letIn: (request: { gone: Promise<unknown> }) => void;
let finish: () => void;

beforeEach(async () => {
  app = Fastify() as unknown as App;
  limitBodiesInFlight(app, { maxBytes: MAX_BYTES, unknownBytes: MAX_BYTES });
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  app.post('/', async (_request, reply) => {
    letIn({ gone: once(reply.raw, 'close') });
    await finished;
    return {};
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  finish();
  await app.close();
});

const post = () =>
  app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'text/plain' }, body: BODY });

test('has its room again when a client goes after its body and before the answer', async () => {
  const { port } = app.server.address() as { port: number };
  const entered = new Promise<{ gone: Promise<unknown> }>((resolve) => {
    letIn = resolve;
  });
  const client = connect(port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write(
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 300\r\n\r\n${BODY}`,
  );
  const { gone } = await entered;
  expect((await post()).statusCode).toBe(503);
  client.destroy();
  await gone;
  letIn = () => undefined;
  finish();
  expect((await post()).statusCode).toBe(200);
});
