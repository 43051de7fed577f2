import type { LinkOutcome, LinkRequest, ServerLink } from '../../src/main/ports/index.ts';

export type LinkAnswer = LinkOutcome | ((signal: AbortSignal) => Promise<LinkOutcome>);

/** A line to a server that a test plays. */
export interface FakeLink extends ServerLink {
  readonly requests: LinkRequest[];
  /** How each request is answered, until told otherwise. */
  answer(with_: (request: LinkRequest) => LinkAnswer): void;
  /** The open event stream, if any. */
  events(): { send(name: string, data: unknown): void; end(): void } | null;
  readonly streamsOpened: () => number;
}

export function okJson(value: unknown, etag: string | null = null): LinkOutcome {
  return { kind: 'ok', status: 200, etag, body: new TextEncoder().encode(JSON.stringify(value)) };
}

export const UNREACHABLE: LinkOutcome = { kind: 'unreachable', reason: 'ECONNREFUSED' };

export function createFakeLink(): FakeLink {
  const requests: LinkRequest[] = [];
  let respond: (request: LinkRequest) => LinkAnswer = () => UNREACHABLE;
  let stream: Parameters<ServerLink['openEvents']>[2] | null = null;
  let streams = 0;
  return {
    requests,
    answer(with_) {
      respond = with_;
    },
    async send(request) {
      requests.push(request);
      const answer = respond(request);
      return typeof answer === 'function' ? answer(request.signal) : answer;
    },
    openEvents(_path, signal, listener) {
      streams += 1;
      stream = listener;
      signal.addEventListener('abort', () => {
        if (stream === listener) stream = null;
        listener.onEnd('aborted');
      });
    },
    events: () =>
      stream && {
        send: (name, data) => stream?.onEvent(name, JSON.stringify(data)),
        end() {
          const ended = stream;
          stream = null;
          ended?.onEnd('closed');
        },
      },
    streamsOpened: () => streams,
  };
}
