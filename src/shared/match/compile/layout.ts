/** Columns of the compiled form's tables. One place, so that writer and reader cannot disagree. */

export const PACK = {
  idStart: 0,
  idLength: 1,
  category: 2,
  threshold: 3,
  cancel: 4,
  context: 5,
  isList: 6,
  columns: 7,
} as const;

export const RULE = {
  idStart: 0,
  idLength: 1,
  pack: 2,
  /** 1 low to 4 critical. */
  severity: 3,
  /** A bit for each of title, url, search. */
  where: 4,
  /** A bit for each audience. */
  audiences: 5,
  /** Thousandths; 0: counts by itself. */
  weight: 6,
  /** Sets of cancelling phrases, -1 for none: for an overlap, and for anywhere in the observation. */
  cancel: 7,
  context: 8,
  columns: 9,
} as const;

export const NEAR = { rule: 0, parts: 1, within: 2, columns: 3 } as const;

/** `within: anywhere` */
export const NO_LIMIT = 0x7fffffff;

export const OWNER = { kind: 0, index: 1, columns: 2 } as const;
export const OWNER_KIND = { rule: 0, allow: 1, engine: 2, hasPaths: 3 } as const;

export const ENGINE = {
  namesStart: 0,
  namesLength: 1,
  pathStart: 2,
  pathLength: 3,
  inPath: 4,
  columns: 5,
} as const;

export const STEM = { hash: 0, length: 1, anchors: 2, text: 3, columns: 4 } as const;

/** What a phrase is for: the two highest bits of its owner. */
export const PATTERN_KIND = { rule: 0, nearPart: 1, cancel: 2 } as const;

/**
 * When the phrases of a word are looked at: with every text; once the rarest part of their near rule was found; once a
 * rule was found that they may cancel. Most texts come no further than the first.
 */
export const STAGE = { first: 0, nearRest: 1, cancel: 2, count: 3 } as const;

/** A near rule's parts share one number: near index times this, plus the part. */
export const MAX_NEAR_PARTS = 8;

export function ownerOf(kind: number, index: number): number {
  return (kind << 28) | index;
}
export function ownerKind(owner: number): number {
  return owner >>> 28;
}
export function ownerIndex(owner: number): number {
  return owner & 0x0fffffff;
}

/** Where a text lies among the strings: start and length (at most 127) in one number, never 0. */
export function textRef(start: number, length: number): number {
  return (start << 7) | length;
}
export function textStart(ref: number): number {
  return ref >>> 7;
}
export function textLength(ref: number): number {
  return ref & 127;
}

/** One way through a slot: how many words, and a bit for each that is a stem. */
export const MAX_WAY_WORDS = 24;
export function wayHeader(words: number, stems: number): number {
  return words | (stems << 6);
}
export function wayLength(header: number): number {
  return header & 63;
}
export function wayStems(header: number): number {
  return header >>> 6;
}

/** The key of a stem's first three letters, 15 bits. */
export function stemKey(a: number, b: number, c: number): number {
  return Math.imul((Math.imul((Math.imul(a, 31) + b) | 0, 31) + c) | 0, 0x9e3779b1) >>> 17;
}

/** Shortest and longest beginning of a word that the filter of beginnings knows. */
export const MIN_PREFIX = 3;
export const MAX_PREFIX = 18;

/** The bit of a hash in a filter of so many 32-bit words, a power of two. */
export function filterSlot(hash: number, filterWords: number): number {
  return (hash ^ (hash >>> 15)) & (filterWords * 32 - 1);
}

/** The key of the first four letters of a word that counts inside others, 15 bits. */
export function insideKey(a: number, b: number, c: number, d: number): number {
  return Math.imul((a << 21) ^ (b << 14) ^ (c << 7) ^ d, 0x9e3779b1) >>> 17;
}
