import type { App } from '../../../src/server/http/index.ts';

/** One end of a stream of server-sent events, read over a real connection. */
export interface OpenedStream {
  readonly status: number;
  /** The next event, comments left out; null when the stream has ended. */
  next(): Promise<{ readonly kind: string; readonly data: unknown } | null>;
  close(): void;
}

/** Makes the application listen on loopback and gives its address. */
export async function listen(app: App): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}

export async function openStream(url: string, headers: Record<string, string>): Promise<OpenedStream> {
  const controller = new AbortController();
  const response = await fetch(url, { headers, signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  return {
    status: response.status,
    async next() {
      for (;;) {
        const end = buffered.indexOf('\n\n');
        if (end >= 0) {
          const block = buffered.slice(0, end);
          buffered = buffered.slice(end + 2);
          const kind = /^event: (.*)$/m.exec(block)?.[1];
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (kind === undefined || data === undefined) continue;
          return { kind, data: JSON.parse(data) };
        }
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        buffered += chunk.value;
      }
    },
    close: () => controller.abort(),
  };
}
