import type { Compiled } from '../compile/container.ts';
import {
  filterSlot,
  MAX_NEAR_PARTS,
  NEAR,
  ownerIndex,
  ownerKind,
  PATTERN_KIND,
  STAGE,
  STEM,
} from '../compile/layout.ts';
import { createTextBuffer, MARK, originOf, type ScanMode, startText } from '../text/buffer.ts';
import { empty } from '../text/empty.ts';
import { createFold, type Fold } from '../text/fold.ts';
import {
  clearEdges,
  createLattice,
  type Edge,
  type Lattice,
  originEnd,
  originsInEdge,
} from '../text/lattice.ts';
import { scanAll, scanStretches } from '../text/scan.ts';
import { addVariants } from '../text/variants.ts';
import { createVerifier, type Span } from './verify.ts';
import { createWordTables } from './words.ts';

/** A phrase found in a text. */
export interface Found {
  /** Whom the phrase belongs to; see `ownerOf`. */
  readonly owner: number;
  /** 0 title, 1 url, 2 search. */
  readonly field: number;
  /** Words `from .. to` of the text. */
  readonly from: number;
  readonly to: number;
  /** The span of the original. */
  readonly start: number;
  readonly end: number;
}

/** Notes what the finder looked at, for `explain`. */
export interface FinderTrace {
  text(field: number, lattice: Lattice): void;
  candidate(field: number, pattern: number, found: boolean, inside: boolean): void;
}

/** Finds the phrases of the compiled rules in one text at a time. */
export interface Finder {
  /**
   * Looks through `text` and adds to `found` the phrases of rules, and the parts of near rules whose rarest part
   * stands there. For a URL, `stretches` are pairs of offsets to read (host and path, without the search words);
   * other texts are read whole.
   */
  find(
    text: string,
    mode: ScanMode,
    stretches: readonly number[],
    found: Found[],
    trace: FinderTrace | null,
  ): void;
  /** Adds the phrases of these sets of cancelling words that stand in the text last looked through. */
  findCancels(sets: ReadonlySet<number>, found: Found[]): void;
  /** From now on there is no text to look through. */
  forget(): void;
}

const MARKS_WORTH_A_LOOK =
  MARK.digits | MARK.repeats | MARK.apostrophe | MARK.foreign | MARK.signs | MARK.spelled | MARK.glued;

/** Makes a finder for the texts of one field (0 title, 1 url, 2 search). What it keeps of a text ends with the next. */
export function createFinder(compiled: Compiled, field: number): Finder {
  const { wordAnchors, anchorBits, anchors, patterns, stems, stemKeys, insides, insideKeys } = compiled;
  const fold: Fold = createFold();
  const buffer = createTextBuffer(compiled.parameters[0] ?? 0);
  const lattice = createLattice(buffer);
  const words = createWordTables(compiled);
  const verifier = createVerifier(compiled, lattice, words);
  const hasStems = stemKeys.length > 0;
  const hasInsides = insideKeys.length > 0;
  const span: Span = { from: 0, to: 0, start: 0, end: 0 };

  /** Where findings of the text go, and who is told of the steps. */
  let found: Found[] = [];
  let trace: FinderTrace | null = null;
  /** Near rules whose rarest part stands in this text, by the text's number. */
  const nearFound = new Int32Array(compiled.nears.length / NEAR.columns);
  let textNumber = 0;
  let anyNear = false;
  /** The words that wake phrases of a later stage: list of anchors, nodes and reading of each. */
  const woken: { list: number; from: number; to: number; edge: Edge | null }[] = [];

  /** Checks the phrases that one word wakes at once, and notes it where there are others. */
  function wake(list: number, from: number, to: number, edge: Edge | null): void {
    const end = list + STAGE.count + (anchors[list + STAGE.first] as number) * 2;
    for (let at = list + STAGE.count; at < end; at += 2) {
      if (!stands(at, from, to, edge)) continue;
      const owner = patterns[anchors[at] as number] as number;
      if (ownerKind(owner) !== PATTERN_KIND.nearPart) continue;
      nearFound[Math.floor(ownerIndex(owner) / MAX_NEAR_PARTS)] = textNumber;
      anyNear = true;
    }
    if (anchors[list + STAGE.nearRest] !== 0 || anchors[list + STAGE.cancel] !== 0)
      woken.push({ list, from, to, edge });
  }

  /** Checks one phrase that a word wakes, and adds it where it stands. */
  function stands(anchor: number, from: number, to: number, edge: Edge | null): boolean {
    const pattern = anchors[anchor] as number;
    const isThere = verifier.verify(pattern, anchors[anchor + 1] as number, from, to, edge, span);
    if (trace !== null) trace.candidate(field, pattern, isThere, false);
    if (!isThere) return false;
    found.push({
      owner: patterns[pattern] as number,
      field,
      from: span.from,
      to: span.to,
      start: span.start,
      end: span.end,
    });
    return true;
  }

  /** Checks the phrases of a later stage; `isWanted` is asked with the index of their owner. */
  function wakeLater(stage: 1 | 2, isWanted: (index: number) => boolean): void {
    for (const { list, from, to, edge } of woken) {
      let at = list + STAGE.count;
      for (let before = 0; before < stage; before += 1) at += (anchors[list + before] as number) * 2;
      const end = at + (anchors[list + stage] as number) * 2;
      for (; at < end; at += 2) {
        const owner = patterns[anchors[at] as number] as number;
        if (isWanted(ownerIndex(owner))) stands(at, from, to, edge);
      }
    }
  }

  const isNearFound = (index: number): boolean =>
    nearFound[Math.floor(index / MAX_NEAR_PARTS)] === textNumber;
  const isAnything = (): boolean => true;

  function wakeStems(start: number, end: number, from: number, to: number, edge: Edge | null): void {
    const first = words.firstStem(buffer.units, start, end);
    if (first < 0) return;
    for (let row = first; stemKeys[row] === stemKeys[first]; row += 1) {
      const list = stems[row * STEM.columns + STEM.anchors] as number;
      if (list >= 0 && words.isStem(row, buffer.units, start, end)) wake(list, from, to, edge);
    }
  }

  function wakeInsides(start: number, end: number, from: number, to: number, edge: Edge | null): void {
    for (let at = start; at + 4 <= end; at += 1) {
      const first = words.firstInside(buffer.units, at, end);
      if (first < 0) continue;
      for (let row = first; insideKeys[row] === insideKeys[first]; row += 1) {
        if (!words.isInside(row, buffer.units, at, end)) continue;
        const list = insides[row * STEM.columns + STEM.anchors] as number;
        const last = at + (insides[row * STEM.columns + STEM.length] as number) - 1;
        const place =
          edge === null
            ? { start: originOf(buffer, at), end: originEnd(buffer, last) }
            : originsInEdge(lattice, edge, at, last);
        for (let anchor = 0; anchor < (anchors[list + STAGE.first] as number); anchor += 1) {
          const pattern = anchors[list + STAGE.count + anchor * 2] as number;
          if (trace !== null) trace.candidate(field, pattern, true, true);
          found.push({
            owner: patterns[pattern] as number,
            field,
            from,
            to,
            ...place,
          });
        }
      }
    }
  }

  function seekWords(): void {
    const { tokenHash, tokenStart, tokenEnd, tokenCount } = buffer;
    for (let token = 0; token < tokenCount; token += 1) {
      const hash = tokenHash[token] as number;
      const bit = filterSlot(hash, anchorBits.length);
      // Most words of a text wake nothing, which the small filter says at once.
      if (((anchorBits[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) wakeWord(token, hash);
      if (!hasStems && !hasInsides) continue;
      const start = tokenStart[token] as number;
      const end = tokenEnd[token] as number;
      wakeStems(start, end, token, token + 1, null);
      if (hasInsides) wakeInsides(start, end, token, token + 1, null);
    }
  }

  function wakeWord(token: number, hash: number): void {
    const start = buffer.tokenStart[token] as number;
    const place = words.wordAt(buffer.units, start, buffer.tokenEnd[token] as number, hash);
    const list = place < 0 ? -1 : (wordAnchors[place] as number);
    if (list >= 0) wake(list, token, token + 1, null);
  }

  function seekEdges(): void {
    for (const edge of lattice.edges) {
      const place = words.wordAt(buffer.units, edge.start, edge.end, edge.hash);
      const list = place < 0 ? -1 : (wordAnchors[place] as number);
      if (list >= 0) wake(list, edge.from, edge.to, edge);
      wakeStems(edge.start, edge.end, edge.from, edge.to, edge);
      wakeInsides(edge.start, edge.end, edge.from, edge.to, edge);
    }
  }

  function forget(): void {
    empty(woken);
  }

  return {
    find(text, mode, stretches, into, tracing) {
      found = into;
      trace = tracing;
      forget();
      textNumber += 1;
      anyNear = false;
      startText(buffer, text, mode);
      if (mode === 'url') scanStretches(buffer, fold, stretches);
      else scanAll(buffer, fold);
      clearEdges(lattice);
      if ((buffer.marks & MARKS_WORTH_A_LOOK) !== 0) addVariants(lattice, fold, words);
      verifier.begin();
      if (trace !== null) trace.text(field, lattice);
      seekWords();
      if (lattice.edges.length > 0) seekEdges();
      // A person who asks why is shown all parts.
      if (trace !== null) wakeLater(STAGE.nearRest, isAnything);
      else if (anyNear) wakeLater(STAGE.nearRest, isNearFound);
    },
    findCancels(sets, into) {
      found = into;
      wakeLater(STAGE.cancel, (set) => sets.has(set));
    },
    forget,
  };
}
