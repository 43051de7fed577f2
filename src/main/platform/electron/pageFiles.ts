import { extname, join, relative, resolve, sep } from 'node:path';

/** The scheme of the pupils' pages, which exists inside the agent only. */
export const PAGE_SCHEME = 'lapwing';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://pages`;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** Sent with every page file. Nothing remote, nothing inline, no connection anywhere. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export interface PageFile {
  readonly path: string;
  readonly mediaType: string;
}

/** The file that a page's URL means, below `root`; null for anything that is not a page's file. */
export function resolvePageFile(root: string, url: string): PageFile | null {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== `${PAGE_SCHEME}:` || parsed.host !== 'pages') return null;
  let path: string;
  try {
    path = decodeURIComponent(parsed.pathname);
  } catch {
    return null;
  }
  const full = resolve(root, join('.', path));
  const inside = relative(root, full);
  if (inside === '' || inside.startsWith(`..${sep}`) || inside === '..' || path.includes('\0')) return null;
  const mediaType = MEDIA_TYPES[extname(full)];
  return mediaType === undefined ? null : { path: full, mediaType };
}
