import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type App,
  createEventStreams,
  type EventStream,
  type EventStreams,
  HEARTBEAT_MS,
} from '../../../src/server/http/index.ts';
import { listen } from '../../fakes/server/eventStream.ts';
import { createFakeTimers, type FakeTimers } from '../../fakes/timers.ts';

let app: App;
let timers: FakeTimers;
let streams: EventStreams;
let asked: Promise<{ readonly raw: ServerResponse }>;
let open: () => void;
let opened: Promise<EventStream>;

/** A server whose guard lets a request through when the test says `open`. */
beforeEach(async () => {
  timers = createFakeTimers();
  streams = createEventStreams({ timers });
  app = Fastify() as unknown as App;
  const [arrival, gate, stream] = [
    Promise.withResolvers<{ readonly raw: ServerResponse }>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<EventStream>(),
  ];
  asked = arrival.promise;
  open = gate.resolve;
  opened = stream.promise;
  app.get('/', async (_request, reply) => {
    arrival.resolve({ raw: reply.raw });
    await gate.promise;
    stream.resolve(streams.open(reply));
  });
});
afterEach(async () => {
  open();
  app.server.closeAllConnections();
  await app.close();
});

/** Everything the response complains of. */
function errorsOf(raw: ServerResponse): unknown[] {
  const errors: unknown[] = [];
  raw.on('error', (failure) => errors.push(failure));
  return errors;
}

test('a stream that was closed takes no more events and has no heartbeat', async () => {
  const response = fetch(await listen(app));
  const { raw } = await asked;
  const errors = errorsOf(raw);
  open();
  const stream = await opened;
  let closes = 0;
  stream.onClose(() => closes++);
  const gone = once(raw, 'close');
  stream.close();
  stream.send({ kind: 'item' });
  expect([closes, streams.size, timers.pending()]).toEqual([1, 0, 0]);
  await timers.advance(HEARTBEAT_MS);
  stream.close();
  await gone;
  expect(await (await response).text()).not.toContain('item');
  expect([closes, errors]).toEqual([1, []]);
});

test('a client that does not read is cut off, and what comes after is not written', async () => {
  const controller = new AbortController();
  const response = fetch(await listen(app), { signal: controller.signal }).catch(() => null);
  const { raw } = await asked;
  const errors = errorsOf(raw);
  open();
  const stream = await opened;
  const gone = once(raw, 'close');
  // One write alone is more than a socket takes at once.
  stream.send({ kind: 'item', id: 'x'.repeat(64_000_000) });
  expect([streams.size, timers.pending()]).toEqual([0, 0]);
  stream.send({ kind: 'item' });
  stream.close();
  await gone;
  expect(errors).toEqual([]);
  controller.abort();
  await response;
});

test('an error of the connection ends the stream and not the process', async () => {
  const controller = new AbortController();
  const response = fetch(await listen(app), { signal: controller.signal });
  const { raw } = await asked;
  open();
  await opened;
  raw.emit('error', new Error('reset'));
  expect([streams.size, timers.pending()]).toEqual([0, 0]);
  await response;
  controller.abort();
});

test('a client that has gone before its stream opens leaves nothing behind', async () => {
  const controller = new AbortController();
  const response = fetch(await listen(app), { signal: controller.signal }).catch(() => null);
  const { raw } = await asked;
  const gone = once(raw, 'close');
  controller.abort();
  await gone;
  await response;
  open();
  const stream = await opened;
  let closes = 0;
  stream.onClose(() => closes++);
  expect([closes, streams.size, timers.pending()]).toEqual([1, 0, 0]);
});
