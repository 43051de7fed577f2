import { hashStep, slotOf } from '../text/hash.ts';
import { filterSlot, insideKey, MAX_PREFIX, MIN_PREFIX, STAGE, STEM, stemKey, textRef } from './layout.ts';
import type { StringPool } from './strings.ts';

/** What kind of word a pattern names; each kind is found in texts in its own way. */
export type WordKind = 'word' | 'stem' | 'inside';

interface Entry {
  readonly text: string;
  /** In how many patterns it stands: the fewer, the better it serves as an anchor. */
  uses: number;
  lastPattern: number;
  /** By stage: pattern and place, a pair each. */
  readonly anchors: readonly number[][];
  /** Position in its table, known after `place`. */
  index: number;
}

/** All words of all rules, and for each the patterns it is the anchor of. */
export interface Lexicon {
  /** Counts one more pattern that has the word, the same one only once. */
  use(kind: WordKind, text: string, pattern: number): void;
  /** How many patterns have the word. */
  uses(kind: WordKind, text: string): number;
  /** Fixes where each word lies in its table. No word can be added afterwards. */
  place(): void;
  /** Where the word lies in its table. */
  indexOf(kind: WordKind, text: string): number;
  addAnchor(kind: WordKind, text: string, stage: number, pattern: number, place: number): void;
  finish(strings: StringPool): LexiconSections;
}

export interface LexiconSections {
  readonly parameters: Int32Array<ArrayBuffer>;
  readonly wordKeys: Int32Array<ArrayBuffer>;
  readonly wordAnchors: Int32Array<ArrayBuffer>;
  readonly wordTexts: Int32Array<ArrayBuffer>;
  readonly anchors: Int32Array<ArrayBuffer>;
  readonly stemKeys: Uint16Array<ArrayBuffer>;
  readonly stems: Int32Array<ArrayBuffer>;
  readonly stemBits: Int32Array<ArrayBuffer>;
  readonly anchorBits: Int32Array<ArrayBuffer>;
  readonly prefixBits: Int32Array<ArrayBuffer>;
  readonly insideKeys: Uint16Array<ArrayBuffer>;
  readonly insides: Int32Array<ArrayBuffer>;
  readonly insideBits: Int32Array<ArrayBuffer>;
}

/** Bits of the filters that say whether a 15-bit key exists at all. */
const FILTER_WORDS = 32_768 / 32;

export function createLexicon(): Lexicon {
  const tables: Record<WordKind, Map<string, Entry>> = {
    word: new Map(),
    stem: new Map(),
    inside: new Map(),
  };
  let seed = 0;
  let hashes = new Int32Array(0);

  function entryOf(kind: WordKind, text: string): Entry {
    const entry = tables[kind].get(text);
    if (entry === undefined) throw new Error(`a word was not registered before it was placed`);
    return entry;
  }

  /** Finds a start of hashes with which no two words share one, so that a slot stands for one word. */
  function placeWords(): void {
    const words = [...tables.word.values()];
    let size = 16;
    while (size < words.length * 2) size *= 2;
    for (seed = 0x811c9dc5 | 0; ; seed = Math.imul(seed, 31) + 7) {
      hashes = new Int32Array(size);
      if (words.every((word) => placeWord(word, hashOf(seed, word.text)))) return;
    }
  }

  function placeWord(word: Entry, hash: number): boolean {
    const mask = hashes.length - 1;
    if (hash === 0) return false;
    let slot = slotOf(hash, mask);
    while (hashes[slot] !== 0) {
      if (hashes[slot] === hash) return false;
      slot = (slot + 1) & mask;
    }
    hashes[slot] = hash;
    word.index = slot;
    return true;
  }

  function sorted(kind: 'stem' | 'inside'): { entry: Entry; key: number }[] {
    return [...tables[kind].values()]
      .map((entry) => ({ entry, key: keyOf(kind, entry.text) }))
      .sort((a, b) => a.key - b.key || (a.entry.text < b.entry.text ? -1 : 1));
  }

  /** A filter of all beginnings of all words. */
  function prefixes(): Int32Array<ArrayBuffer> {
    const found = new Set<number>();
    for (const table of Object.values(tables)) {
      for (const text of table.keys()) {
        let hash = seed;
        for (let at = 0; at < Math.min(text.length, MAX_PREFIX); at += 1) {
          hash = hashStep(hash, text.charCodeAt(at));
          if (at + 1 >= MIN_PREFIX) found.add(hash);
        }
      }
    }
    return filterOf([...found], 8);
  }

  return {
    use(kind, text, pattern) {
      const table = tables[kind];
      const entry = table.get(text);
      if (entry === undefined) {
        const anchors = Array.from({ length: STAGE.count }, () => []);
        table.set(text, { text, uses: 1, lastPattern: pattern, anchors, index: -1 });
      } else if (entry.lastPattern !== pattern) {
        entry.uses += 1;
        entry.lastPattern = pattern;
      }
    },
    uses: (kind, text) => entryOf(kind, text).uses,
    place() {
      placeWords();
      for (const kind of ['stem', 'inside'] as const) {
        for (const [index, { entry }] of sorted(kind).entries()) entry.index = index;
      }
    },
    indexOf: (kind, text) => entryOf(kind, text).index,
    addAnchor(kind, text, stage, pattern, place) {
      entryOf(kind, text).anchors[stage]?.push(pattern, place);
    },
    finish(strings) {
      const anchors: number[] = [];
      const anchorList = (entry: Entry): number => {
        if (!isAnchor(entry)) return -1;
        const start = anchors.length;
        for (const stage of entry.anchors) anchors.push(stage.length / 2);
        for (const stage of entry.anchors) for (const number of stage) anchors.push(number);
        return start;
      };
      const wordAnchors = new Int32Array(hashes.length).fill(-1);
      const wordTexts = new Int32Array(hashes.length);
      const anchored: number[] = [];
      for (const entry of tables.word.values()) {
        if (isAnchor(entry)) anchored.push(hashes[entry.index] as number);
        wordAnchors[entry.index] = anchorList(entry);
        wordTexts[entry.index] = textRef(strings.add(entry.text), entry.text.length);
      }
      const rows = (kind: 'stem' | 'inside') => {
        const entries = sorted(kind);
        const keys = new Uint16Array(entries.length);
        const table = new Int32Array(entries.length * STEM.columns);
        const bits = new Int32Array(FILTER_WORDS);
        for (const [index, { entry, key }] of entries.entries()) {
          keys[index] = key;
          bits[key >>> 5] = (bits[key >>> 5] ?? 0) | (1 << (key & 31));
          const row = index * STEM.columns;
          table[row + STEM.hash] = hashOf(seed, entry.text);
          table[row + STEM.length] = entry.text.length;
          table[row + STEM.anchors] = anchorList(entry);
          table[row + STEM.text] = textRef(strings.add(entry.text), entry.text.length);
        }
        return { keys, table, bits };
      };
      const stems = rows('stem');
      const insides = rows('inside');
      return {
        parameters: Int32Array.of(seed),
        wordKeys: hashes,
        wordAnchors,
        wordTexts,
        anchors: Int32Array.from(anchors),
        stemKeys: stems.keys,
        stems: stems.table,
        stemBits: stems.bits,
        anchorBits: filterOf(anchored, 16),
        prefixBits: prefixes(),
        insideKeys: insides.keys,
        insides: insides.table,
        insideBits: insides.bits,
      };
    },
  };
}

function isAnchor(entry: Entry): boolean {
  return entry.anchors.some((stage) => stage.length > 0);
}

/** A filter with `bitsEach` bits or more for each hash: of those not in it, about one in so many passes. */
function filterOf(found: readonly number[], bitsEach: number): Int32Array<ArrayBuffer> {
  let words = 32;
  while (words * 32 < found.length * bitsEach) words *= 2;
  const bits = new Int32Array(words);
  for (const hash of found) {
    const slot = filterSlot(hash, words);
    bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) | (1 << (slot & 31));
  }
  return bits;
}

function hashOf(seed: number, text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}

function keyOf(kind: 'stem' | 'inside', text: string): number {
  const [a, b, c, d] = [text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2), text.charCodeAt(3)];
  return kind === 'stem' ? stemKey(a, b, c) : insideKey(a, b, c, d);
}
