import type { FastifyInstance } from 'fastify';

/** Nothing but our own files; no inline script or style element; nothing may frame us. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Puts the protective headers on every answer. `docsPrefix`: the API page brings a policy of its own. */
export function installSecurityHeaders(
  app: FastifyInstance,
  options: { docsPrefix: string; tls: boolean },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    if (options.tls) reply.header('strict-transport-security', 'max-age=31536000');
    const path = request.url.split('?', 1)[0] ?? '';
    const isDocs = path === options.docsPrefix || path.startsWith(`${options.docsPrefix}/`);
    if (!isDocs) reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  });
}
