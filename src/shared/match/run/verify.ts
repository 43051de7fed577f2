import type { Compiled } from '../compile/container.ts';
import { wayLength, wayStems } from '../compile/layout.ts';
import { originOf } from '../text/buffer.ts';
import { empty } from '../text/empty.ts';
import { type Edge, type Lattice, originEnd } from '../text/lattice.ts';
import type { WordTables } from './words.ts';

/** Where a phrase was found: nodes of the lattice, and the span of the original. */
export interface Span {
  from: number;
  to: number;
  start: number;
  end: number;
}

/** Checks whether a phrase stands around a word that woke it. */
export interface Verifier {
  /** Another text stands in the lattice. */
  begin(): void;
  /**
   * `pattern` and `place` come from the word's anchors; the word stands between nodes `from` and `to`, read as `edge`
   * if it is a second reading. Fills `span` with the longest stretch the phrase covers and says whether it stands there.
   */
  verify(pattern: number, place: number, from: number, to: number, edge: Edge | null, span: Span): boolean;
}

/** Ends of partial readings: nodes, and how far the original is covered. What lies beyond `count` is old. */
interface Front {
  readonly nodes: number[];
  readonly bounds: number[];
  count: number;
}

export function createVerifier(compiled: Compiled, lattice: Lattice, words: WordTables): Verifier {
  const { patterns } = compiled;
  const { buffer } = lattice;
  let front: Front = { nodes: [], bounds: [], count: 0 };
  let next: Front = { nodes: [], bounds: [], count: 0 };
  const places: number[] = [];

  function isTokenWord(token: number, place: number, stem: boolean): boolean {
    const start = buffer.tokenStart[token] as number;
    const end = buffer.tokenEnd[token] as number;
    return stem
      ? words.isStem(place, buffer.units, start, end)
      : words.isWord(place, buffer.units, start, end, buffer.tokenHash[token] as number);
  }

  function isEdgeWord(edge: Edge, place: number, stem: boolean): boolean {
    return stem
      ? words.isStem(place, buffer.units, edge.start, edge.end)
      : words.isWord(place, buffer.units, edge.start, edge.end, edge.hash);
  }

  /** Keeps each node once, with the widest cover. */
  function reach(node: number, bound: number, rightwards: boolean): void {
    let at = 0;
    while (at < next.count && next.nodes[at] !== node) at += 1;
    if (at === next.count) {
      next.nodes[at] = node;
      next.bounds[at] = bound;
      next.count += 1;
    } else {
      const before = next.bounds[at] as number;
      next.bounds[at] = rightwards ? Math.max(before, bound) : Math.min(before, bound);
    }
  }

  /** Walks over words `at .. last` of a way from `node`, to the right or (with `at` >= `last`) to the left. */
  function walk(
    node: number,
    bound: number,
    base: number,
    at: number,
    last: number,
    stems: number,
    step: 1 | -1,
  ): void {
    if (step === 1 ? at > last : at < last) {
      reach(node, bound, step === 1);
      return;
    }
    const place = patterns[base + at] as number;
    const stem = (stems & (1 << at)) !== 0;
    const token = step === 1 ? node : node - 1;
    if (token >= 0 && token < buffer.tokenCount && isTokenWord(token, place, stem)) {
      walk(node + step, tokenBound(token, step), base, at + step, last, stems, step);
    }
    if (lattice.edges.length === 0) return;
    let edge = firstEdge(node, step);
    while (edge !== null) {
      if (isEdgeWord(edge, place, stem)) {
        if (step === 1) walk(edge.to, edge.originEnd, base, at + 1, last, stems, 1);
        else walk(edge.from, edge.originStart, base, at - 1, last, stems, -1);
      }
      edge = step === 1 ? edge.nextLeaving : edge.nextArriving;
    }
  }

  function firstEdge(node: number, step: 1 | -1): Edge | null {
    return (step === 1 ? lattice.leaving[node] : lattice.arriving[node]) ?? null;
  }

  /** False if the word beside the anchor in its way certainly does not stand there: most candidates end so. */
  function mayStep(node: number, way: number, at: number, step: 1 | -1): boolean {
    const header = patterns[way] as number;
    if (at < 0 || at >= wayLength(header)) return true;
    if (lattice.edges.length > 0 && firstEdge(node, step) !== null) return true;
    const token = step === 1 ? node : node - 1;
    const stem = (wayStems(header) & (1 << at)) !== 0;
    return (
      token >= 0 && token < buffer.tokenCount && isTokenWord(token, patterns[way + 1 + at] as number, stem)
    );
  }

  function tokenBound(token: number, step: 1 | -1): number {
    return step === 1
      ? originEnd(buffer, (buffer.tokenEnd[token] as number) - 1)
      : originOf(buffer, buffer.tokenStart[token] as number);
  }

  function swap(): void {
    const done = front;
    front = next;
    next = done;
    next.count = 0;
  }

  /** Takes one partial reading through one way of a slot. */
  function takeWay(way: number, at: number, step: 1 | -1): void {
    const header = patterns[way] as number;
    const end = wayLength(header) - 1;
    const first = step === 1 ? 0 : end;
    const last = step === 1 ? end : 0;
    walk(front.nodes[at] as number, front.bounds[at] as number, way + 1, first, last, wayStems(header), step);
  }

  /** Takes every partial reading through one slot; `index` 0: it is read through. */
  function passSlot(slot: number, index: number, step: 1 | -1): void {
    for (let at = 0; at < front.count; at += 1) {
      if (index !== 0) passIndexed(index, at, step);
      else {
        let way = slot + 1;
        for (let left = patterns[slot] as number; left > 0; left -= 1) {
          takeWay(way, at, step);
          way += 1 + wayLength(patterns[way] as number);
        }
      }
    }
    swap();
  }

  function passIndexed(index: number, at: number, step: 1 | -1): void {
    const loose = patterns[index] as number;
    for (let way = 1; way <= loose; way += 1) takeWay(patterns[index + way] as number, at, step);
    const sorted = index + 1 + loose;
    const node = front.nodes[at] as number;
    const token = step === 1 ? node : node - 1;
    if (token >= 0 && token < buffer.tokenCount) takeWord(sorted, placeOfToken(token), at, step);
    if (lattice.edges.length === 0) return;
    let edge = firstEdge(node, step);
    while (edge !== null) {
      takeWord(sorted, words.wordAt(buffer.units, edge.start, edge.end, edge.hash), at, step);
      edge = step === 1 ? edge.nextLeaving : edge.nextArriving;
    }
  }

  /** Takes a partial reading through the ways of an index that go on with the word at `place`. */
  function takeWord(sorted: number, place: number, at: number, step: 1 | -1): void {
    if (place < 0) return;
    const count = patterns[sorted] as number;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((patterns[sorted + 1 + middle] as number) < place) low = middle + 1;
      else high = middle;
    }
    for (; low < count && patterns[sorted + 1 + low] === place; low += 1)
      takeWay(patterns[sorted + 1 + count + low] as number, at, step);
  }

  /** The place of a token's word in the table of words, looked up once for each text; -1 where no rule has it. */
  function placeOfToken(token: number): number {
    while (places.length <= token) {
      const next = places.length;
      const start = buffer.tokenStart[next] as number;
      const end = buffer.tokenEnd[next] as number;
      places.push(words.wordAt(buffer.units, start, end, buffer.tokenHash[next] as number));
    }
    return places[token] as number;
  }

  /** Reads from `node` to one side: the rest of the anchor's way, then the slots beyond. Gives whether it got through. */
  function readSide(
    node: number,
    bound: number,
    pattern: number,
    shape: number,
    way: number,
    at: number,
    step: 1 | -1,
  ): boolean {
    const header = patterns[way] as number;
    front.count = 0;
    next.count = 0;
    walk(node, bound, way + 1, at + step, step === 1 ? wayLength(header) - 1 : 0, wayStems(header), step);
    swap();
    const slots = shape & 255;
    const limit = step === 1 ? slots : -1;
    for (let slot = (shape >>> 8) + step; slots > 0 && slot !== limit && front.count > 0; slot += step) {
      passSlot(patterns[pattern + 2 + slot] as number, patterns[pattern + 2 + slots + slot] as number, step);
    }
    return front.count > 0;
  }

  /** A phrase of plain words in a text without second readings: neighbours are compared directly. */
  function verifyPlain(way: number, at: number, from: number, span: Span): boolean {
    const header = patterns[way] as number;
    const length = wayLength(header);
    const stems = wayStems(header);
    const first = from - at;
    if (first < 0 || first + length > buffer.tokenCount) return false;
    for (let word = 0; word < length; word += 1) {
      if (word === at) continue;
      if (!isTokenWord(first + word, patterns[way + 1 + word] as number, (stems & (1 << word)) !== 0))
        return false;
    }
    span.from = first;
    span.to = first + length;
    span.start = originOf(buffer, buffer.tokenStart[first] as number);
    span.end = originEnd(buffer, (buffer.tokenEnd[first + length - 1] as number) - 1);
    return true;
  }

  return {
    begin() {
      empty(places);
    },
    verify(pattern, place, from, to, edge, span) {
      const shape = patterns[pattern + 1] as number;
      const at = place & 255;
      const way =
        (shape === 0 ? pattern + 2 : (patterns[pattern + 2 + (shape >>> 8)] as number)) + (place >>> 8);
      if (shape === 0 && lattice.edges.length === 0) return verifyPlain(way, at, from, span);
      if (!mayStep(from, way, at - 1, -1) || !mayStep(to, way, at + 1, 1)) return false;
      const left = edge === null ? tokenBound(from, -1) : edge.originStart;
      if (!readSide(from, left, pattern, shape, way, at, -1)) return false;
      span.start = least(front.bounds, front.count);
      span.from = least(front.nodes, front.count);
      const right = edge === null ? tokenBound(to - 1, 1) : edge.originEnd;
      if (!readSide(to, right, pattern, shape, way, at, 1)) return false;
      span.end = greatest(front.bounds, front.count);
      span.to = greatest(front.nodes, front.count);
      return true;
    },
  };
}

function least(numbers: readonly number[], count: number): number {
  let found = numbers[0] as number;
  for (let at = 1; at < count; at += 1) found = Math.min(found, numbers[at] as number);
  return found;
}

function greatest(numbers: readonly number[], count: number): number {
  let found = numbers[0] as number;
  for (let at = 1; at < count; at += 1) found = Math.max(found, numbers[at] as number);
  return found;
}
