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
  let inFlightBytes = 0;
  scope.addHook('onRequest', async (request, reply) => {
    const { headers } = request;
    const declared = Number(headers['content-length'] ?? 0);
    const bytes = headers['transfer-encoding'] === undefined ? declared : options.unknownBytes;
    // What is larger than any route takes is refused by the route, and holds nothing. Nor does a client that has
    // gone already: its 'close' has been.
    if (bytes > options.unknownBytes || reply.raw.destroyed) return;
    if (inFlightBytes + bytes > options.maxBytes) {
      await sendError(reply, 'overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      return;
    }
    inFlightBytes += bytes;
    // However it ends: no hook of Fastify tells of a client that goes after its body and before the answer.
    reply.raw.once('close', () => {
      inFlightBytes -= bytes;
    });
  });
}
