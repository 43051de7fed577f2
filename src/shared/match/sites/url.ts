/** The parts of a URL as offsets into it, so that spans stay exact. Offsets are UTF-16 code units. */
export interface UrlParts {
  hostStart: number;
  hostEnd: number;
  /** Where the path begins: at its `/`, or at the end. */
  pathStart: number;
  /** Where the path ends: at `?` or `#`, or at the end. */
  pathEnd: number;
  end: number;
}

/**
 * Splits a URL with an authority (`scheme://user@host:port/path?query#fragment`); without a scheme the text is read
 * as host and path. False where there is no host, as in `about:blank` or a file's address.
 */
export function splitUrl(url: string, parts: UrlParts): boolean {
  const end = url.length;
  const slash = url.indexOf('/');
  let start = 0;
  // The first slash of all is the scheme's: an address in a query has none of its own.
  if (slash > 1 && slash < 20 && url.charCodeAt(slash - 1) === 58 && url.charCodeAt(slash + 1) === 47)
    start = slash + 2;
  else if (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(url)) return false;
  let hostEnd = end;
  let port = -1;
  for (let at = start; at < end; at += 1) {
    const code = url.charCodeAt(at);
    if (code === 47 || code === 63 || code === 35) {
      hostEnd = at;
      break;
    }
    if (code === 64) {
      start = at + 1;
      port = -1;
    } else if (code === 58 && port < 0) port = at;
  }
  parts.hostStart = start;
  parts.pathStart = hostEnd;
  parts.hostEnd = port >= 0 && url.charCodeAt(start) !== 91 ? port : hostEnd;
  let pathEnd = end;
  for (let at = hostEnd; at < end; at += 1) {
    const code = url.charCodeAt(at);
    if (code === 63 || code === 35) {
      pathEnd = at;
      break;
    }
  }
  parts.pathEnd = pathEnd;
  parts.end = end;
  return parts.hostEnd > start;
}
