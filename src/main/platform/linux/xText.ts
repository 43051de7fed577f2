import type { XProperty } from 'x11';

/** Predefined atom: Latin-1 text (X protocol, appendix B). */
const STRING = 31;
/** The ISO 2022 switch into UTF-8 and back, as COMPOUND_TEXT uses it (X Consortium, "Compound Text Encoding"). */
const UTF8_SEGMENT = /\x1b%G([\s\S]*?)(?:\x1b%@|$)/g;

/**
 * The text of a window property, exactly as the program set it. UTF-8 cut in the middle of a character by the
 * length limit loses that character only; invalid bytes become U+FFFD.
 */
export function decodeTextProperty(property: XProperty, utf8Atom: number): string {
  if (property.format !== 8) return '';
  const bytes = withoutTrailingNul(property.data);
  if (property.type === utf8Atom) return decodeUtf8(bytes, property.bytesAfter > 0);
  if (property.type === STRING) return bytes.toString('latin1');
  return decodeCompoundText(bytes.toString('latin1'));
}

/** `WM_CLASS` holds two NUL-ended strings: the instance, then the class, which names the program. */
export function decodeWindowClass(property: XProperty): string | null {
  if (property.format !== 8) return null;
  const [instance = '', name = ''] = property.data.toString('utf8').split('\0');
  return name || instance || null;
}

/** One 32-bit number: a window id, a process id. */
export function decodeNumber(property: XProperty | null): number | null {
  return property !== null && property.format === 32 && property.data.length >= 4
    ? property.data.readUInt32LE(0)
    : null;
}

function decodeUtf8(bytes: Uint8Array, cut: boolean): string {
  // With `stream`, an unfinished character at the end is held back instead of becoming U+FFFD.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: cut });
}

function decodeCompoundText(latin1: string): string {
  return latin1.replace(UTF8_SEGMENT, (_whole, segment: string) =>
    Buffer.from(segment, 'latin1').toString('utf8'),
  );
}

function withoutTrailingNul(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
