/** A half-open span in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A run of text that is marked as a whole or not at all. */
export interface Segment {
  readonly text: string;
  readonly marked: boolean;
}

/** Sorts spans, drops empty or impossible ones and merges those that touch. */
export function mergeSpans(spans: readonly Span[], length: number): Span[] {
  const usable = spans
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(length, end) }))
    .filter(({ start, end }) => Number.isInteger(start) && Number.isInteger(end) && start < end)
    .sort((a, b) => a.start - b.start);
  const merged: Span[] = [];
  for (const span of usable) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else merged.push(span);
  }
  return merged;
}

/** Cuts a text at its spans. Joining the segments gives the text back. */
export function markText(text: string, spans: readonly Span[]): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const span of mergeSpans(spans, text.length)) {
    if (span.start > from) segments.push({ text: text.slice(from, span.start), marked: false });
    segments.push({ text: text.slice(span.start, span.end), marked: true });
    from = span.end;
  }
  if (from < text.length) segments.push({ text: text.slice(from), marked: false });
  return segments;
}

/**
 * The part of a text around its first mark, at most about `maxLength` code units, cut at spaces and never
 * inside a mark or a surrogate pair; `…` stands where text was left out. A mark longer than that is kept whole.
 */
export function excerpt(text: string, spans: readonly Span[], maxLength: number): Segment[] {
  const merged = mergeSpans(spans, text.length);
  if (text.length <= maxLength) return markText(text, merged);
  const first = merged[0] ?? { start: 0, end: 0 };
  const room = Math.max(0, maxLength - (first.end - first.start));
  const before = Math.min(first.start, Math.floor(room / 3));
  const start = cutForwards(text, first.start - before, first.start);
  const rawEnd = Math.min(text.length, first.end + (room - before));
  const crossed = merged.find((span) => span.start < rawEnd && span.end > rawEnd);
  const end =
    crossed === undefined ? cutBackwards(text, rawEnd, first.end) : Math.max(first.end, crossed.start);
  const segments = markText(
    text.slice(start, end),
    merged.map((span) => ({ start: span.start - start, end: span.end - start })),
  );
  if (start > 0) segments.unshift({ text: '…', marked: false });
  if (end < text.length) segments.push({ text: '…', marked: false });
  return segments;
}

/** The first place from `from` on where a word begins, or `from` when there is none before `limit`. */
function cutForwards(text: string, from: number, limit: number): number {
  if (from <= 0) return 0;
  const space = text.indexOf(' ', from);
  if (space !== -1 && space < limit) return space + 1;
  return isInsidePair(text, from) ? from - 1 : from;
}

function cutBackwards(text: string, from: number, limit: number): number {
  if (from >= text.length) return text.length;
  const space = text.lastIndexOf(' ', from);
  if (space > limit) return space;
  return isInsidePair(text, from) ? from + 1 : from;
}

function isInsidePair(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
