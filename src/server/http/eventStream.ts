import type { FastifyReply } from 'fastify';
import type { Disposable, Timers } from '#kernel';

/** A stream of server-sent events to one client. */
export interface EventStream {
  send<Event extends { readonly kind: string }>(event: Event): void;
  close(): void;
  /** Runs once, when either side has ended the stream; at once if it has ended already. */
  onClose(task: () => void): void;
}

/** All open streams, so that the server can end them when it stops. */
export interface EventStreams extends Disposable {
  /** Takes over the reply. `headers` are those the answer would have had. */
  open(reply: FastifyReply): EventStream;
  readonly size: number;
}

/** A comment so often keeps proxies from closing an idle stream, and shows the server a client that is gone. */
export const HEARTBEAT_MS = 15_000;
/** A client that reads this slowly is cut off; it comes back and reloads. */
const MAX_UNREAD_BYTES = 1_000_000;

export function createEventStreams({ timers }: { readonly timers: Pick<Timers, 'every'> }): EventStreams {
  const open = new Set<EventStream>();
  return {
    get size() {
      return open.size;
    },
    open(reply) {
      reply.hijack();
      const raw = reply.raw;
      const tasks: (() => void)[] = [];
      let ended = false;
      /** Once either side has ended it nothing is written any more: that would be an error of the response. */
      const finish = () => {
        if (ended) return;
        ended = true;
        open.delete(stream);
        void heartbeat.dispose();
        for (const task of tasks) task();
      };
      const write = (text: string) => {
        if (ended) return;
        raw.write(text);
        if (raw.writableLength <= MAX_UNREAD_BYTES) return;
        finish();
        raw.destroy();
      };
      const heartbeat = timers.every(HEARTBEAT_MS, () => write(':\n\n'));
      const stream: EventStream = {
        send: (event) => write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`),
        close() {
          finish();
          raw.end();
        },
        onClose(task) {
          if (ended) task();
          else tasks.push(task);
        },
      };
      open.add(stream);
      raw.on('close', finish);
      // The reply is ours now: an error nobody listens for would end the process.
      raw.on('error', finish);
      // A client that went while its request was being checked has had its 'close' already.
      if (raw.destroyed) {
        finish();
        return stream;
      }
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      // Something at once, so that the client knows the stream stands.
      write('retry: 2000\n:\n\n');
      return stream;
    },
    dispose() {
      for (const stream of open) stream.close();
    },
  };
}
