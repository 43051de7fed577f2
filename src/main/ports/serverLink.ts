import type { ErrorCode } from '#contract';

/** One request to the school's server, signed by the device. JSON is the caller's business. */
export interface LinkRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query, such as `/agent/v1/heartbeat`. */
  readonly path: string;
  readonly body: Uint8Array | null;
  readonly contentType?: string;
  /** The ETag of what is had already. */
  readonly ifNoneMatch?: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What became of a request, in the terms a stage decides by. */
export type LinkOutcome =
  /** 2xx. */
  | { readonly kind: 'ok'; readonly status: number; readonly body: Uint8Array; readonly etag: string | null }
  /** 304. */
  | { readonly kind: 'not_modified' }
  /**
   * 429, 5xx, and a 401 that is about clocks or a repeated request: try again later; `retryAfterMs` is the server's own
   * word, where it gave one.
   */
  | { readonly kind: 'busy'; readonly status: number; readonly retryAfterMs: number | null }
  /** Other 4xx: this request will not do. `code` is null where it is not our server's own word, but some proxy's. */
  | { readonly kind: 'invalid'; readonly status: number; readonly code: ErrorCode | null }
  /** 401 and 403: the server does not know the device, or it was revoked. */
  | { readonly kind: 'refused'; readonly why: 'revoked' | 'unauthorized' }
  /** No answer at all. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** The line to the school's server: signs each request by the server's time, gives answers as outcomes. */
export interface ServerLink {
  send(request: LinkRequest): Promise<LinkOutcome>;
  /** Opens a signed stream of server-sent events; `onEnd` says why it ended. The caller reconnects. */
  openEvents(
    path: string,
    signal: AbortSignal,
    listener: { onEvent(name: string, data: string): void; onEnd(reason: string): void },
  ): void;
}
