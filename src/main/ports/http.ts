/** One request. The body is bytes; JSON is the caller's business. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type HttpOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  /** No answer: refused, reset, timed out, aborted, bad certificate. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** HTTP as a port. Follows no redirects; pins the school's CA when it was given one. */
export interface Http {
  send(request: HttpRequest): Promise<HttpOutcome>;
  /** Opens a stream of server-sent events; `onEnd` says why it ended. The caller reconnects. */
  openEvents(
    request: Pick<HttpRequest, 'url' | 'headers' | 'signal'>,
    listener: { onEvent(name: string, data: string): void; onEnd(reason: string): void },
  ): void;
}
