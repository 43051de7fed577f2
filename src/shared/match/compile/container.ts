/**
 * The compiled form of rules: one block of bytes that is used where it lies, without parsing.
 *
 * Layout, little endian, all numbers 32 bits:
 *   0 magic "LWRC" · 4 FORMAT · 8 length of all in bytes · 12 checksum of everything from 16 on
 *   16 one pair (offset, length in bytes) for each section in the order of SECTIONS · then the sections, 8-aligned
 *
 * Invariants: a block of another FORMAT, of another length or with another checksum is refused, never half used;
 * FORMAT goes up with every change of a section's meaning, of folding, or of the word hash.
 */
import { err, ok, type Result } from '#kernel';

const MAGIC = 0x4352574c;
/** Version of the compiled form. */
export const FORMAT = 8;

const SECTIONS = {
  /** [0] start of word hashes. */
  parameters: Int32Array,
  /** UTF-16 code units of all texts. */
  strings: Uint16Array,
  /** Rows of PACK. */
  packs: Int32Array,
  /** Rows of RULE. */
  rules: Int32Array,
  /** Rows of NEAR. */
  nears: Int32Array,
  /** Phrases; see `patterns.ts`. */
  patterns: Int32Array,
  /** Open-addressed table of all words: hash (0: free), list of anchors (-1: none), text. */
  wordKeys: Int32Array,
  wordAnchors: Int32Array,
  wordTexts: Int32Array,
  /** [a count for each STAGE, then pattern and place a pair]: the phrases to look at when a word stands in the text. */
  anchors: Int32Array,
  /** Stems ordered by `stemKeys`, the hash of their first three letters; `stemBits` says which keys exist. */
  stemKeys: Uint16Array,
  stems: Int32Array,
  stemBits: Int32Array,
  /** Which words wake a phrase: bits by their hashes, see `filterSlot`. Small, so that it stays in the fastest memory. */
  anchorBits: Int32Array,
  /** Which beginnings of words there are, of three letters and more, likewise. */
  prefixBits: Int32Array,
  /** Words that also count inside others, ordered by the hash of their first four letters. */
  insideKeys: Uint16Array,
  insides: Int32Array,
  insideBits: Int32Array,
  /** Sites; see `sites/siteTable.ts`. */
  siteBuckets: Int32Array,
  siteLow: Int32Array,
  siteHigh: Uint16Array,
  siteOwner: Uint16Array,
  /** Rows of OWNER. */
  owners: Int32Array,
  /** Rows of ENGINE. */
  engines: Int32Array,
} as const;

type SectionName = keyof typeof SECTIONS;
export type Sections = { readonly [Name in SectionName]: InstanceType<(typeof SECTIONS)[Name]> };

const NAMES = Object.keys(SECTIONS) as SectionName[];
const HEADER_BYTES = 16 + NAMES.length * 8;

/** Rules in compiled form, checked and ready to be used. */
export interface Compiled extends Sections {
  readonly byteLength: number;
}

/** Why a block of bytes cannot be used. Each means: compile again. */
export type LoadProblem = 'not_rules' | 'other_version' | 'damaged';

/** Puts the sections into one block. */
export function writeContainer(sections: Sections): Uint8Array<ArrayBuffer> {
  let length = align(HEADER_BYTES);
  const offsets = NAMES.map((name) => {
    const offset = length;
    length = align(length + sections[name].byteLength);
    return offset;
  });
  const bytes = new Uint8Array(length);
  const header = new Int32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  NAMES.forEach((name, index) => {
    const { buffer, byteOffset, byteLength } = sections[name];
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offsets[index]);
    header[4 + index * 2] = offsets[index] ?? 0;
    header[5 + index * 2] = byteLength;
  });
  header[0] = MAGIC;
  header[1] = FORMAT;
  header[2] = length;
  header[3] = checksum(new Int32Array(bytes.buffer));
  return bytes;
}

/**
 * Makes views over a block written by {@link writeContainer}; the block is kept, not copied, unless it does not lie
 * on an 8-byte boundary.
 */
export function readContainer(bytes: Uint8Array): Result<Compiled, LoadProblem> {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset, byteLength } = aligned;
  if (byteLength < HEADER_BYTES) return err('not_rules');
  const words = new Int32Array(buffer, byteOffset, byteLength >> 2);
  if (words[0] !== MAGIC) return err('not_rules');
  if (words[1] !== FORMAT) return err('other_version');
  if (words[2] !== byteLength || byteLength % 8 !== 0) return err('damaged');
  if (words[3] !== checksum(words)) return err('damaged');
  const sections: Partial<Record<SectionName, Int32Array | Uint16Array>> = {};
  for (const [index, name] of NAMES.entries()) {
    const offset = words[4 + index * 2] ?? 0;
    const length = words[5 + index * 2] ?? 0;
    const kind = SECTIONS[name];
    sections[name] = new kind(buffer as ArrayBuffer, byteOffset + offset, length / kind.BYTES_PER_ELEMENT);
  }
  return ok({ ...(sections as Sections), byteLength });
}

function align(length: number): number {
  return (length + 7) & ~7;
}

/**
 * Four running products over everything behind the checksum, each over every fourth word: notices any changed, lost or
 * exchanged word. Four, because a processor works at them side by side.
 */
function checksum(words: Int32Array): number {
  const length = words.length;
  let [a, b, c, d] = [0x811c9dc5, 0x1b873593, 0xcc9e2d51, 0x85ebca6b];
  let at = 4;
  for (; at + 3 < length; at += 4) {
    a = Math.imul(a ^ (words[at] as number), 0x01000193);
    b = Math.imul(b ^ (words[at + 1] as number), 0x01000193);
    c = Math.imul(c ^ (words[at + 2] as number), 0x01000193);
    d = Math.imul(d ^ (words[at + 3] as number), 0x01000193);
  }
  for (; at < length; at += 1) a = Math.imul(a ^ (words[at] as number), 0x01000193);
  return a ^ Math.imul(b, 3) ^ Math.imul(c, 5) ^ Math.imul(d, 7);
}
