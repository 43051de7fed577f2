import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** A request handler for a folder's files, each with the given headers. Paths without an extension are `index.html`. */
export function serveFolder(folder: string, headers: Record<string, string> = {}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = extname(pathname) === '' ? '/index.html' : normalize(pathname);
    const body = await readFile(join(folder, name)).catch(() => null);
    if (body === null) {
      response.writeHead(404).end();
      return;
    }
    const mediaType = MEDIA_TYPES[extname(name)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, 'content-type': mediaType }).end(body);
  };
}
