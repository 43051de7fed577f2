import { decodePercent } from '../text/percent.ts';

/**
 * The character of a path at `at`, as rules and URLs are compared: escapes (`%20`) read, in lower case. Gives
 * `codePoint << 8 | width`, the width in code units of the text.
 */
export function pathLetter(text: string, at: number, to: number): number {
  const code = text.charCodeAt(at);
  if (code !== 37 && code < 128) return (lowered(code) << 8) | 1;
  const read = code === 37 ? decodePercent(text, at, to) : wholeCharacter(text, at);
  return (lowered(read >>> 8) << 8) | (read & 255);
}

function wholeCharacter(text: string, at: number): number {
  const codePoint = text.codePointAt(at) ?? 0;
  return (codePoint << 8) | (codePoint > 0xffff ? 2 : 1);
}

function lowered(codePoint: number): number {
  if (codePoint < 128) return codePoint >= 65 && codePoint < 91 ? codePoint + 32 : codePoint;
  return String.fromCodePoint(codePoint).toLowerCase().codePointAt(0) ?? codePoint;
}
