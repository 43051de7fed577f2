export { mergeRanges, type Range, subtractRanges } from './ranges.ts';
export { createSequences, type Sequences } from './sequences.ts';
