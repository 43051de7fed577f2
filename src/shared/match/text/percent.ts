/**
 * Reads `%XX` escapes of one UTF-8 character at `index`, not looking beyond `to`. Gives `codePoint << 8 | width`, so
 * that nothing is allocated. A byte that is no UTF-8 is read as Latin-1, as old sites write; a broken escape is the
 * sign `%` by itself.
 */
export function decodePercent(text: string, index: number, to: number): number {
  const first = escapedByte(text, index, to);
  if (first < 0) return (37 << 8) | 1;
  const single = (first << 8) | 3;
  if (first < 0xc2 || first >= 0xf5) return single;
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  let codePoint = first & (0x3f >> more);
  for (let at = 1; at <= more; at += 1) {
    const next = escapedByte(text, index + at * 3, to);
    if (next < 0x80 || next >= 0xc0) return single;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  return codePoint > 0x10ffff ? single : (codePoint << 8) | (3 + more * 3);
}

function escapedByte(text: string, index: number, to: number): number {
  if (index + 2 >= to || text.charCodeAt(index) !== 37) return -1;
  const high = hexValue(text.charCodeAt(index + 1));
  const low = hexValue(text.charCodeAt(index + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexValue(code: number): number {
  if (code >= 48 && code < 58) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower < 103 ? lower - 87 : -1;
}

/** The text of a query value: escapes decoded, `+` read as a space. */
export function decodeQuery(url: string, from: number, to: number): string {
  const raw = url.slice(from, to);
  if (!/[%+]/.test(raw)) return raw;
  let text = '';
  for (let at = from; at < to; ) {
    const code = url.charCodeAt(at);
    if (code === 37) {
      const decoded = decodePercent(url, at, to);
      text += String.fromCodePoint(decoded >>> 8);
      at += decoded & 255;
    } else {
      text += code === 43 ? ' ' : url[at];
      at += 1;
    }
  }
  return text;
}
