import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendError } from './errors.ts';
import type { App } from './types.ts';

/**
 * Keeps the body's bytes as they came, because a request token is bound to them; they are only read as JSON
 * (`parseJsonBody`) after whoever sent them has been checked.
 */
export function keepRawBodies(app: App): void {
  app.removeAllContentTypeParsers();
  const types = ['application/json', 'application/octet-stream'];
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body as Buffer;
    done(null, body);
  });
}

/** Reads the kept bytes as JSON; to be put after the guard. */
export async function parseJsonBody(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    if (request.rawBody === null) throw new SyntaxError('no body');
    request.body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.rawBody));
  } catch {
    await sendError(reply, 'invalid_input', { issues: [{ path: '', message: 'is not JSON in UTF-8' }] });
  }
}
