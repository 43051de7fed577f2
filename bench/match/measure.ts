/** Times and memory of one process. Run with `--expose-gc`. */

export interface Times {
  readonly medianNs: number;
  readonly p99Ns: number;
  /** Sum of what the calls returned: proves that they did the work. */
  readonly found: number;
}

/**
 * Rounds over all inputs; of each input the quietest call counts, because other programs, and other machines on the same
 * processor, only ever make a call slower.
 */
const ROUNDS = 12;
/** An engine that one round over all inputs would keep longer runs one round, on as many as fit. */
const BUDGET_MS = 4_000;
const MIN_CALLS = 20;
/** So long an engine runs before it is asked how slow it is: cold code says nothing about it. */
const WARM_MS = 500;

/**
 * Calls `work` once for each input, in order, and times every call by itself. `work` says how much it found. What the
 * clock takes, measured in the same way on work that does nothing, is taken off.
 */
export function timeEach<Input>(inputs: readonly Input[], work: (input: Input) => number): Times {
  const clockNs = timeCalls(inputs, () => 0).medianNs;
  const { medianNs, p99Ns, found } = timeCalls(inputs, work);
  return { medianNs: Math.max(0, medianNs - clockNs), p99Ns: Math.max(0, p99Ns - clockNs), found };
}

function timeCalls<Input>(inputs: readonly Input[], work: (input: Input) => number): Times {
  warm(inputs, work);
  const { medianNs } = summary(timeRound(inputs.slice(0, MIN_CALLS), work));
  const affordable = Math.max(MIN_CALLS, Math.floor((BUDGET_MS * 1e6) / Math.max(medianNs, 1)));
  const used = inputs.slice(0, affordable);
  const isFast = used.length === inputs.length;
  for (let round = 0; isFast && round < 5; round += 1) timeRound(used, work);
  const best = timeRound(used, work);
  for (let round = 1; isFast && round < ROUNDS; round += 1) {
    const { times } = timeRound(used, work);
    for (const [index, time] of times.entries())
      best.times[index] = Math.min(best.times[index] ?? time, time);
  }
  return summary(best);
}

/** Over all inputs, not a few: an engine warmed on twenty titles is made fast for just those. */
function warm<Input>(inputs: readonly Input[], work: (input: Input) => number): void {
  const until = performance.now() + WARM_MS;
  while (true) {
    for (const input of inputs) {
      if (performance.now() >= until) return;
      work(input);
    }
  }
}

/** The time of each call, in milliseconds, and the sum of what they returned. */
interface Round {
  readonly times: Float64Array;
  readonly found: number;
}

function timeRound<Input>(inputs: readonly Input[], work: (input: Input) => number): Round {
  const times = new Float64Array(inputs.length);
  let found = 0;
  for (let index = 0; index < inputs.length; index += 1) {
    const start = performance.now();
    found += work(inputs[index] as Input);
    times[index] = performance.now() - start;
  }
  return { times, found };
}

function summary({ times, found }: Round): Times {
  const sorted = times.toSorted();
  const at = (share: number): number =>
    Math.round((sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0) * 1e6);
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
