import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isLoopback } from '#kernel';
import type { Http, HttpOutcome } from '../../ports/index.ts';

/** An answer larger than this is cut off: the largest real one is a policy with the school's own packs. */
const MAX_ANSWER_BYTES = 30_000_000;

/** A stream that says nothing for this long is dead; the server sends a comment every 15 s. */
const EVENTS_SILENCE_MS = 65_000;

/** The longest line of an event stream; anything longer is not ours. */
const MAX_EVENT_LINE = 100_000;

function flatHeaders(answer: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function reasonOf(failure: unknown): string {
  if (failure instanceof Error && 'code' in failure && typeof failure.code === 'string') return failure.code;
  return failure instanceof Error ? failure.name : 'unknown';
}

/**
 * HTTP by Node's own client. TLS only, except loopback; redirects are answers like any other and never
 * followed; with `caPem` only that authority is trusted.
 */
export function createHttp(options: { readonly caPem: string | null }): Http {
  function open(
    url: string,
    init: Pick<RequestOptions, 'method' | 'headers' | 'signal' | 'timeout'>,
    onAnswer: (answer: IncomingMessage) => void,
  ): ClientRequest | null {
    const { protocol, hostname } = new URL(url);
    if (protocol === 'https:') {
      const trust = options.caPem === null ? {} : { ca: options.caPem };
      return requestSecure(url, { ...init, ...trust, minVersion: 'TLSv1.2' }, onAnswer);
    }
    return protocol === 'http:' && isLoopback(hostname) ? requestPlain(url, init, onAnswer) : null;
  }

  return {
    send(request) {
      const { promise, resolve } = Promise.withResolvers<HttpOutcome>();
      const fail = (failure: unknown) => resolve({ kind: 'unreachable', reason: reasonOf(failure) });
      // One deadline for the whole exchange, so that a server that drips bytes cannot hold it open.
      const deadline = AbortSignal.timeout(request.timeoutMs);
      try {
        const length = request.body === null ? {} : { 'content-length': String(request.body.byteLength) };
        const sent = open(
          request.url,
          {
            method: request.method,
            headers: { ...request.headers, ...length },
            signal: AbortSignal.any([request.signal, deadline]),
          },
          (answer) => {
            const parts: Buffer[] = [];
            let size = 0;
            answer.on('data', (part: Buffer) => {
              size += part.byteLength;
              if (size > MAX_ANSWER_BYTES) answer.destroy(new Error('answer too large'));
              else parts.push(part);
            });
            answer.on('end', () =>
              resolve({
                kind: 'answered',
                status: answer.statusCode ?? 0,
                headers: flatHeaders(answer),
                body: Buffer.concat(parts),
              }),
            );
            answer.on('error', fail);
            // `close` without `end`: the server cut the answer short.
            answer.on('close', () => resolve({ kind: 'unreachable', reason: 'cut_short' }));
          },
        );
        if (sent === null) return Promise.resolve({ kind: 'unreachable', reason: 'not_secure' });
        sent.on('error', fail);
        sent.end(request.body ?? undefined);
      } catch (failure) {
        fail(failure);
      }
      return promise;
    },

    openEvents(request, listener) {
      let ended = false;
      const end = (reason: string) => {
        if (ended) return;
        ended = true;
        listener.onEnd(reason);
      };
      try {
        const sent = open(
          request.url,
          {
            method: 'GET',
            headers: { ...request.headers, accept: 'text/event-stream' },
            signal: request.signal,
            timeout: EVENTS_SILENCE_MS,
          },
          (answer) => {
            if (answer.statusCode !== 200) {
              answer.destroy();
              end(`status_${answer.statusCode ?? 0}`);
              return;
            }
            const read = createEventReader(listener.onEvent);
            answer.setEncoding('utf8');
            answer.on('data', (text: string) => {
              if (!read(text)) answer.destroy(new Error('line too long'));
            });
            answer.on('error', (failure) => end(reasonOf(failure)));
            answer.on('close', () => end('closed'));
          },
        );
        if (sent === null) return end('not_secure');
        sent.on('timeout', () => sent.destroy(new Error('silent')));
        sent.on('error', (failure) => end(reasonOf(failure)));
        sent.end();
      } catch (failure) {
        end(reasonOf(failure));
      }
    },
  };
}

/** Reads `text/event-stream` (WHATWG HTML, section 9.2). The reader answers false when a line is too long. */
function createEventReader(onEvent: (name: string, data: string) => void): (text: string) => boolean {
  let rest = '';
  let name = 'message';
  let data: string[] = [];
  return (text) => {
    rest += text;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) onEvent(name, data.join('\n'));
        name = 'message';
        data = [];
      } else if (line.startsWith('event:')) name = line.slice(6).trimStart();
      else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    }
    return rest.length <= MAX_EVENT_LINE;
  };
}
