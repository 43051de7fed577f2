import type { UrlParts } from '../sites/url.ts';
import { empty } from '../text/empty.ts';

/**
 * Which stretches of a URL hold words, from its host to `end`. Left out are identifiers such as `dQw4w9WgXcQ` or
 * `eyJhbGci3k`, whose letters are chance. Fills `stretches` with pairs of offsets.
 */
export function wordStretches(url: string, parts: UrlParts, end: number, stretches: number[]): void {
  if (!/[A-Z]/.test(url)) {
    // As most are: written in place, because emptying and filling a list is dear.
    if (stretches.length !== 2) stretches.length = 2;
    stretches[0] = parts.hostStart;
    stretches[1] = end;
    return;
  }
  empty(stretches);
  let from = parts.hostStart;
  let start = parts.hostStart;
  let upper = false;
  let lower = false;
  let mixed = false;
  let before = 0;
  for (let at = parts.hostStart; at <= end; at += 1) {
    const kind = at < end ? kindOf(url.charCodeAt(at)) : END;
    if (kind !== END) {
      if (kind === ESCAPE) {
        at += 2;
        before = 0;
        continue;
      }
      upper ||= kind === UPPER;
      lower ||= kind === LOWER;
      mixed ||=
        (kind === DIGIT && (before === UPPER || before === LOWER)) ||
        (before === DIGIT && kind !== DIGIT && kind !== 0);
      before = kind;
      continue;
    }
    if (upper && lower && mixed) {
      if (start > from) stretches.push(from, start);
      from = at;
    }
    start = at + 1;
    upper = false;
    lower = false;
    mixed = false;
    before = 0;
  }
  if (end > from) stretches.push(from, end);
}

const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const ESCAPE = 4;
const END = 5;

function kindOf(code: number): number {
  if (code >= 97 && code < 123) return LOWER;
  if (code >= 65 && code < 91) return UPPER;
  if (code >= 48 && code < 58) return DIGIT;
  if (code === 37) return ESCAPE;
  return code === 47 || code === 63 || code === 38 || code === 61 || code === 35 || code === 59 ? END : 0;
}
