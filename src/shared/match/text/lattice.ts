/**
 * A scanned text and the second readings of its words ("edges"): `k!ll` is read as the words `k` and `ll`, and
 * also as one edge `kill` over both. Node n lies before word n; an edge leads from one node to a later one.
 */
import { characterAt, type TextBuffer } from './buffer.ts';

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
}

export interface Lattice {
  readonly buffer: TextBuffer;
  readonly edges: Edge[];
  /** Edges by the node they begin at, and by the node they end at. */
  readonly leaving: Map<number, Edge[]>;
  readonly arriving: Map<number, Edge[]>;
  /** Where unused room in `units` begins, behind the text and the edges' letters. */
  unitsEnd: number;
}

export function createLattice(buffer: TextBuffer): Lattice {
  return { buffer, edges: [], leaving: new Map(), arriving: new Map(), unitsEnd: 0 };
}

/** Forgets the edges of the text before. */
export function clearEdges(lattice: Lattice): void {
  lattice.unitsEnd = lattice.buffer.unitCount;
  if (lattice.edges.length === 0) return;
  lattice.edges.length = 0;
  lattice.leaving.clear();
  lattice.arriving.clear();
}

/** Adds a reading, unless the same one is there already. Its letters must stay where they are in `units`. */
export function addEdge(lattice: Lattice, edge: Edge): boolean {
  const { buffer, leaving, arriving } = lattice;
  if (edge.to === edge.from + 1 && buffer.tokenHash[edge.from] === edge.hash) return false;
  const siblings = leaving.get(edge.from);
  if (siblings?.some((other) => other.hash === edge.hash && other.to === edge.to)) return false;
  lattice.edges.push(edge);
  if (siblings === undefined) leaving.set(edge.from, [edge]);
  else siblings.push(edge);
  const before = arriving.get(edge.to);
  if (before === undefined) arriving.set(edge.to, [edge]);
  else before.push(edge);
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
