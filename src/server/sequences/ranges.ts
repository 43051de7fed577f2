/** Sequence numbers from `first` to `last`, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Sorts ranges and joins those that touch. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const open = merged.at(-1);
    if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

/** What is left of `from` when everything in `taken` (merged) is taken out. */
export function subtractRanges(from: Range, taken: readonly Range[]): Range[] {
  const left: Range[] = [];
  let { first } = from;
  for (const range of taken) {
    if (range.last < first) continue;
    if (range.first > from.last) break;
    if (range.first > first) left.push({ first, last: range.first - 1 });
    first = range.last + 1;
  }
  if (first <= from.last) left.push({ first, last: from.last });
  return left;
}
