import { describe, expect, test } from 'vitest';
import type { ConsoleEvent } from '#contract';
import { type Connection, createLiveEvents, type EventStream } from '../../src/console/api/events.ts';
import { createFakeTimers } from '../fakes/timers.ts';

class FakeStream implements EventStream {
  readyState = 0;
  closed = false;
  readonly #listeners = new Map<string, ((event: { data?: unknown }) => void)[]>();
  addEventListener(name: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }
  close(): void {
    this.closed = true;
  }
  say(name: string, data?: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener({ data });
  }
}

function start() {
  const timers = createFakeTimers();
  const streams: FakeStream[] = [];
  const events: ConsoleEvent[] = [];
  const connections: Connection[] = [];
  const live = createLiveEvents({
    timers,
    open() {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
  });
  const watching = live.watch({
    onEvent: (event) => events.push(event),
    onConnection: (connection) => connections.push(connection),
  });
  return { timers, streams, events, connections, watching };
}

const item = {
  kind: 'item',
  id: '01a0b1c2-d3e4-7001-8000-000000000001',
  severity: 'critical',
  state: 'waiting',
};

describe('live events', () => {
  test('gives on what the contract knows and ignores the rest', async () => {
    const { streams, events, watching } = start();
    streams[0]?.say('item', JSON.stringify(item));
    streams[0]?.say('item', '{"kind":"item"}');
    streams[0]?.say('item', 'not json');
    expect(events).toEqual([item]);
    await watching.dispose();
  });

  test('a line the browser mends itself is lost and live again, on the same stream', async () => {
    const { streams, connections, watching } = start();
    streams[0]?.say('open');
    streams[0]?.say('error');
    streams[0]?.say('open');
    expect(connections).toEqual(['connecting', 'live', 'lost', 'live']);
    expect(streams).toHaveLength(1);
    await watching.dispose();
  });

  test('after an error status it opens a new stream, waiting longer each time, and soon again after success', async () => {
    const { timers, streams, watching } = start();
    const giveUp = () => {
      const stream = streams.at(-1);
      if (stream === undefined) return;
      stream.readyState = 2;
      stream.say('error');
    };
    giveUp();
    await timers.advance(1_999);
    expect(streams).toHaveLength(1);
    await timers.advance(1);
    expect(streams).toHaveLength(2);
    giveUp();
    await timers.advance(3_999);
    expect(streams).toHaveLength(2);
    await timers.advance(1);
    expect(streams).toHaveLength(3);
    streams.at(-1)?.say('open');
    giveUp();
    await timers.advance(2_000);
    expect(streams).toHaveLength(4);
    await watching.dispose();
  });

  test('stopping closes the stream and leaves no timer', async () => {
    const { timers, streams, watching } = start();
    await watching.dispose();
    expect(streams[0]?.closed).toBe(true);
    const other = start();
    const first = other.streams[0];
    if (first !== undefined) first.readyState = 2;
    first?.say('error');
    await other.watching.dispose();
    expect(other.timers.pending()).toBe(0);
    expect(timers.pending()).toBe(0);
  });
});
