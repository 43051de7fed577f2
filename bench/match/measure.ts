/** Times and memory of one process. Run with `--expose-gc`. */

export interface Times {
  readonly medianNs: number;
  readonly p99Ns: number;
  /** Sum of what the calls returned: proves that they did the work. */
  readonly found: number;
}

/** Rounds over all inputs; the quietest one counts, because other programs only ever make a round slower. */
const ROUNDS = 5;
/** A slow peer is stopped after this long; it has run on fewer inputs then. */
const BUDGET_MS = 4_000;
const MIN_CALLS = 20;

/** Calls `work` once for each input, in order, and times every call by itself. `work` says how much it found. */
export function timeEach<Input>(inputs: readonly Input[], work: (input: Input) => number): Times {
  const slow = timeRound(inputs.slice(0, MIN_CALLS), work);
  const affordable = Math.max(MIN_CALLS, Math.floor((BUDGET_MS * 1e6) / Math.max(slow.medianNs, 1)));
  const used = inputs.slice(0, affordable);
  const isFast = used.length === inputs.length && slow.medianNs < 200_000;
  for (let round = 0; isFast && round < 5; round += 1) timeRound(used, work);
  let best = timeRound(used, work);
  for (let round = 1; isFast && round < ROUNDS; round += 1) {
    const next = timeRound(used, work);
    if (next.medianNs + next.p99Ns < best.medianNs + best.p99Ns) best = next;
  }
  return best;
}

function timeRound<Input>(inputs: readonly Input[], work: (input: Input) => number): Times {
  const times = new Float64Array(inputs.length);
  let found = 0;
  for (let index = 0; index < inputs.length; index += 1) {
    const start = performance.now();
    found += work(inputs[index] as Input);
    times[index] = performance.now() - start;
  }
  times.sort();
  const at = (share: number): number =>
    Math.round((times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? 0) * 1e6);
  return { medianNs: at(0.5), p99Ns: at(0.99), found };
}

/** Bytes in use after a full collection: the heap and what lies outside it. */
export function bytesInUse(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new Error('run with --expose-gc');
  for (let times = 0; times < 4; times += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
