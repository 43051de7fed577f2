/**
 * Phrases in compiled form. A phrase without choices is one row of words:
 *   owner · 0 · way header · words
 * any other has slots, each with its ways:
 *   owner · slots | anchor slot << 8 · where each slot starts · where its index starts, 0 without one
 *   slot: number of ways · ways;  way: header · words
 *   index: number of loose ways · where they start · number of others · their words next to the anchor · where they start
 * Equal slots of all phrases are written once, before the first phrase that has them. A slot of many ways has an index
 * of the words that stand next to the anchor, in order; ways that have a stem or nothing there are loose.
 * A word is its position in its table: of words, or of stems where the header's bit is set.
 */
import type { Phrase, Slot, Word } from '../pack/pack.ts';
import {
  MAX_NEAR_PARTS,
  MAX_WAY_WORDS,
  ownerIndex,
  ownerKind,
  PATTERN_KIND,
  STAGE,
  wayHeader,
  wayLength,
  wayStems,
} from './layout.ts';
import type { Lexicon, WordKind } from './lexicon.ts';

/** Slots of fewer ways are read through. */
const MIN_INDEXED_WAYS = 6;

export interface PatternWriter {
  /** Registers a phrase; `inside` if its word also counts inside longer words. */
  add(owner: number, phrase: Phrase, inside: boolean): void;
  /** Writes all patterns once every phrase is known, because the rarest word is known only then. */
  finish(): Int32Array<ArrayBuffer>;
}

/** Makes a writer that keeps its words and anchors in `lexicon`. */
export function createPatternWriter(lexicon: Lexicon): PatternWriter {
  const waiting: { owner: number; slots: Slot[]; inside: boolean }[] = [];
  const output: number[] = [];
  /** Where each slot was written, by its numbers; and its index, by where the slot starts and the side it is read from. */
  const slotStarts = new Map<string, number>();
  const indexStarts = new Map<string, number>();

  /**
   * How often a text is likely to wake a pattern anchored at this word: words of many rules are everyday words, and so
   * are short ones in every language. Stems stand for many words.
   */
  function cost(word: Word, inside: boolean): number {
    const uses = lexicon.uses(kindOf(word, inside), word.text) << Math.max(0, 6 - word.text.length);
    return word.stem ? uses * 4 + 8 : uses;
  }

  function rarest(way: readonly Word[], inside: boolean): number {
    let best = 0;
    for (const [index, word] of way.entries()) {
      if (cost(word, inside) < cost(way[best] as Word, inside)) best = index;
    }
    return best;
  }

  /** The slot that wakes the pattern least often, and its cost; slots that may be left out cannot wake it. */
  function anchorSlot(slots: readonly Slot[], inside: boolean): { anchor: number; cost: number } {
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const [index, slot] of slots.entries()) {
      if (slot.some((way) => way.length === 0)) continue;
      let sum = 0;
      for (const way of slot) sum += cost(way[rarest(way, inside)] as Word, inside);
      if (sum < bestCost) {
        bestCost = sum;
        best = index;
      }
    }
    if (best < 0) throw new Error('a phrase that may be left out altogether came through the parser');
    return { anchor: best, cost: bestCost };
  }

  /** Of each near rule the part that is looked for first, by its owner: the one that stands in the fewest texts. */
  function rarestParts(): Set<number> {
    const rarestOf = new Map<number, { owner: number; cost: number }>();
    for (const { owner, slots, inside } of waiting) {
      if (ownerKind(owner) !== PATTERN_KIND.nearPart) continue;
      const near = Math.floor(ownerIndex(owner) / MAX_NEAR_PARTS);
      const { cost } = anchorSlot(slots, inside);
      const known = rarestOf.get(near);
      if (known === undefined || cost < known.cost) rarestOf.set(near, { owner, cost });
    }
    return new Set([...rarestOf.values()].map(({ owner }) => owner));
  }

  function wayNumbers(way: readonly Word[], inside: boolean): number[] {
    let stems = 0;
    for (const [index, word] of way.entries()) if (word.stem) stems |= 1 << index;
    return [
      wayHeader(way.length, stems),
      ...way.map((word) => lexicon.indexOf(kindOf(word, inside), word.text)),
    ];
  }

  function slotStart(slot: Slot, inside: boolean): number {
    const numbers = [slot.length, ...slot.flatMap((way) => wayNumbers(way, inside))];
    const key = numbers.join(' ');
    const known = slotStarts.get(key);
    if (known !== undefined) return known;
    const start = output.length;
    for (const number of numbers) output.push(number);
    slotStarts.set(key, start);
    return start;
  }

  /** Writes the index of a slot that is read from its first words or, on the left of the anchor, from its last. */
  function indexStart(start: number, step: 1 | -1): number {
    const count = output[start] as number;
    if (count < MIN_INDEXED_WAYS) return 0;
    const key = `${start} ${step}`;
    const known = indexStarts.get(key);
    if (known !== undefined) return known;
    const loose: number[] = [];
    const sorted: { word: number; way: number }[] = [];
    let way = start + 1;
    for (let left = count; left > 0; left -= 1) {
      const header = output[way] as number;
      const length = wayLength(header);
      const at = step === 1 ? 0 : length - 1;
      if (length === 0 || (wayStems(header) & (1 << at)) !== 0) loose.push(way);
      else sorted.push({ word: output[way + 1 + at] as number, way });
      way += 1 + length;
    }
    sorted.sort((a, b) => a.word - b.word || a.way - b.way);
    const index = output.length;
    output.push(loose.length, ...loose, sorted.length);
    for (const { word } of sorted) output.push(word);
    for (const { way: where } of sorted) output.push(where);
    indexStarts.set(key, index);
    return index;
  }

  function writePattern(owner: number, slots: readonly Slot[], inside: boolean, stage: number): void {
    const { anchor } = anchorSlot(slots, inside);
    const [only] = slots;
    const plain = slots.length === 1 && only?.length === 1 ? only[0] : undefined;
    const starts = plain === undefined ? slots.map((slot) => slotStart(slot, inside)) : [];
    const indexes = starts.map((start, at) => (at === anchor ? 0 : indexStart(start, at > anchor ? 1 : -1)));
    const rest =
      plain === undefined
        ? [slots.length | (anchor << 8), ...starts, ...indexes]
        : [0, ...wayNumbers(plain, inside)];
    const start = output.length;
    output.push(owner, ...rest);
    let offset = plain === undefined ? 1 : 0;
    for (const way of slots[anchor] as Slot) {
      const place = rarest(way, inside);
      const word = way[place] as Word;
      lexicon.addAnchor(kindOf(word, inside), word.text, stage, start, (offset << 8) | place);
      offset += 1 + way.length;
    }
  }

  return {
    add(owner, phrase, inside) {
      const slots = joinPlainSlots(phrase.slots);
      for (const slot of slots) {
        for (const way of slot)
          for (const word of way) lexicon.use(kindOf(word, inside), word.text, waiting.length);
      }
      waiting.push({ owner, slots, inside });
    },
    finish() {
      lexicon.place();
      const firstParts = rarestParts();
      for (const { owner, slots, inside } of waiting) {
        writePattern(owner, slots, inside, stageOf(owner, firstParts));
      }
      return Int32Array.from(output);
    },
  };
}

function stageOf(owner: number, firstParts: ReadonlySet<number>): number {
  const kind = ownerKind(owner);
  if (kind === PATTERN_KIND.cancel) return STAGE.cancel;
  return kind === PATTERN_KIND.rule || firstParts.has(owner) ? STAGE.first : STAGE.nearRest;
}

function kindOf(word: Word, inside: boolean): WordKind {
  if (inside) return 'inside';
  return word.stem ? 'stem' : 'word';
}

/** Neighbouring places without a choice become one, so that a plain phrase is one row of words. */
function joinPlainSlots(slots: readonly Slot[]): Slot[] {
  const joined: Slot[] = [];
  for (const slot of slots) {
    const last = joined[joined.length - 1];
    const [left] = last ?? [];
    const [right] = slot;
    const plain = last?.length === 1 && slot.length === 1 && left !== undefined && right !== undefined;
    if (plain && left.length + right.length <= MAX_WAY_WORDS)
      joined[joined.length - 1] = [[...left, ...right]];
    else joined.push(slot);
  }
  return joined;
}
