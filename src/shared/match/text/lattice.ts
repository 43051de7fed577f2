/**
 * A scanned text and the second readings of its words ("edges"): `k!ll` is read as the words `k` and `ll`, and
 * also as one edge `kill` over both. Node n lies before word n; an edge leads from one node to a later one.
 */
import { characterAt, originOf, type TextBuffer } from './buffer.ts';
import { empty } from './empty.ts';
import { createReadings, type Readings } from './readings.ts';

/** A second reading. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly hash: number;
  /** Its letters in the buffer's `units`, behind those of the text. */
  readonly start: number;
  readonly end: number;
  /** What it covers of the original. */
  readonly originStart: number;
  readonly originEnd: number;
  /** The edge found before it that begins, and the one that ends, at the same node. */
  readonly nextLeaving: Edge | null;
  readonly nextArriving: Edge | null;
}

/** A second reading before it is joined to the others. */
export type Reading = Omit<Edge, 'nextLeaving' | 'nextArriving'>;

export interface Lattice {
  readonly buffer: TextBuffer;
  readonly edges: Edge[];
  /** The last edge found that begins, and that ends, at each node; nothing where there is none. */
  readonly leaving: (Edge | null | undefined)[];
  readonly arriving: (Edge | null | undefined)[];
  /** For the words that are read otherwise, one after another. */
  readonly readings: Readings;
  /** Where unused room in `units` begins, behind the text and the edges' letters. */
  unitsEnd: number;
}

export function createLattice(buffer: TextBuffer): Lattice {
  return {
    buffer,
    edges: [],
    leaving: [],
    arriving: [],
    readings: createReadings(buffer.seed),
    unitsEnd: 0,
  };
}

/** Forgets the edges of the text before. */
export function clearEdges(lattice: Lattice): void {
  lattice.unitsEnd = lattice.buffer.unitCount;
  for (const { from, to } of lattice.edges) {
    lattice.leaving[from] = null;
    lattice.arriving[to] = null;
  }
  empty(lattice.edges);
}

/** Adds a reading, unless the same one is there already. Its letters must stay where they are in `units`. */
export function addEdge(lattice: Lattice, reading: Reading): boolean {
  const { buffer, leaving, arriving } = lattice;
  const { from, to, hash, start, end, originStart, originEnd } = reading;
  if (to === from + 1 && buffer.tokenHash[from] === hash) return false;
  const nextLeaving = leaving[from] ?? null;
  for (let other = nextLeaving; other !== null; other = other.nextLeaving) {
    if (other.hash === hash && other.to === to) return false;
  }
  const nextArriving = arriving[to] ?? null;
  const edge = { from, to, hash, start, end, originStart, originEnd, nextLeaving, nextArriving };
  lattice.edges.push(edge);
  leaving[from] = edge;
  arriving[to] = edge;
  return true;
}

/** Where the original of `units[unit]` ends, in code units. */
export function originEnd(buffer: TextBuffer, unit: number): number {
  if (buffer.isPlain) return unit + 1;
  const origin = buffer.origins[unit] as number;
  const code = buffer.source.charCodeAt(origin);
  if (code < 128 && (code !== 37 || buffer.mode !== 'url')) return origin + 1;
  return origin + characterAt(buffer, origin, buffer.source.length).width;
}

/**
 * What letters `first .. last` of a reading cover of the original: their own place where the reading has a letter for each
 * of its words' (`porn-free`), otherwise all of the reading.
 */
export function originsInEdge(
  { buffer }: Lattice,
  edge: Edge,
  first: number,
  last: number,
): { readonly start: number; readonly end: number } {
  const { tokenStart, tokenEnd } = buffer;
  let [start, end] = [edge.originStart, edge.originEnd];
  let letters = edge.start;
  for (let token = edge.from; token < edge.to; token += 1) {
    const offset = (tokenStart[token] as number) - letters;
    letters += (tokenEnd[token] as number) - (tokenStart[token] as number);
    if (first < letters && first + offset >= (tokenStart[token] as number))
      start = originOf(buffer, first + offset);
    if (last < letters && last + offset >= (tokenStart[token] as number))
      end = originEnd(buffer, last + offset);
  }
  return letters === edge.end ? { start, end } : { start: edge.originStart, end: edge.originEnd };
}
