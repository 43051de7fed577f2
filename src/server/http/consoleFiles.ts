import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { exists } from '../platform/files.ts';
import { sendError } from './errors.ts';
import type { App } from './types.ts';

/** Paths that are never a page of the console. */
const NOT_PAGES = /^\/(api|agent|docs|health)(\/|$|\?)/;

/**
 * Serves the built console. Its pages are one document, so a page's address that is no file gives that document.
 * Without a build (a server started straight from its sources) the server says so instead.
 */
export async function serveConsole(app: App, folder: string | null): Promise<void> {
  const built = folder !== null && (await exists(join(folder, 'index.html')));
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: true,
      cacheControl: false,
      etag: true,
      logLevel: 'silent',
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && !NOT_PAGES.test(request.url) && !/\.\w+$/.test(request.url);
    if (!wantsPage) return sendError(reply, 'not_found');
    if (built) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return reply
      .code(404)
      .type('text/plain; charset=utf-8')
      .send('The console has not been built (npm run build).\n');
  });
}
