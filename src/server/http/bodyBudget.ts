import { sendError } from './errors.ts';
import type { App } from './types.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * Bounds the bytes of requests that are being received and worked on, whoever sent them: beyond it a request is
 * told to come back before its body is read. A body of unknown length counts as `unknownBytes`.
 */
export function limitBodiesInFlight(
  scope: App,
  options: { readonly maxBytes: number; readonly unknownBytes: number },
): void {
  const held = new WeakMap<object, number>();
  let inFlightBytes = 0;
  const release = (request: object) => {
    inFlightBytes -= held.get(request) ?? 0;
    held.delete(request);
  };
  scope.addHook('onRequest', async (request, reply) => {
    const { headers } = request;
    const declared = Number(headers['content-length'] ?? 0);
    const bytes = headers['transfer-encoding'] === undefined ? declared : options.unknownBytes;
    // What is larger than any route takes is refused by the route, and holds nothing.
    if (bytes > options.unknownBytes) return;
    if (inFlightBytes + bytes > options.maxBytes) {
      await sendError(reply, 'overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      return;
    }
    inFlightBytes += bytes;
    held.set(request, bytes);
  });
  scope.addHook('onResponse', async (request) => release(request));
  scope.addHook('onRequestAbort', async (request) => release(request));
}
