/**
 * `npm run bench -- match [--json]`: the matching engine's speed and memory, beside its peers, all in one run on one
 * machine. Writes the section "Matching" of `docs/benchmarks.md` and its chart.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createMatcher, loadCompiled } from '#match';
import { loadRules } from '../../tools/rules/load.ts';
import { createRandom, makeDomains, makePhrases, makeWord } from './data.ts';
import { timeEach } from './measure.ts';
import { type MatchReport, writeReport } from './page.ts';
import { PEERS } from './peers.ts';
import { compileSynthetic } from './rules.ts';

/** What one process measures. */
export interface Task {
  readonly name: string;
  readonly what: 'observation' | 'phrases' | 'domains' | 'shipped';
  /** Our compiled rules; null for a peer. */
  readonly file: string | null;
  readonly rules: number;
  readonly domains: number;
  readonly observations: number;
}

const RULES = 20_000;
const DOMAINS = 1_000_000;
/** Hosts of observations where only phrases are measured: the list itself is not loaded then. */
const FEW_DOMAINS = 1_000;
const OBSERVATIONS = 20_000;
const RULE_STEPS = [1_000, 10_000, 100_000];
const LENGTH_STEPS = [10, 100, 1_000, 10_000, 100_000];
const SHIPPED_RULES = fileURLToPath(new URL('../../resources/rules', import.meta.url));
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/**
 * Every engine is measured this often, all in turn, and its quietest figures count: what else runs on the processor
 * comes and goes in seconds, and would fall on one engine alone.
 */
const TURNS = 3;
/** An engine slower than this has one turn: no quiet moment would change its place. */
const SLOW_NS = 100_000;

interface Measured {
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly found: number;
  readonly loadMs: number;
  readonly memoryBytes: number;
}

type Entrant = Pick<Task, 'name' | 'what' | 'file'>;

/** Measures all entrants, each in a process of its own, in up to `TURNS` rounds. The answer has their order. */
async function measureAll(
  entrants: readonly Entrant[],
  say: (line: string) => void,
): Promise<readonly Measured[]> {
  const best: Measured[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [index, entrant] of entrants.entries()) {
      const before = best[index];
      if (before !== undefined && before.medianNs > SLOW_NS) continue;
      say(`turn ${turn + 1} of ${TURNS}: ${entrant.name}, ${entrant.what}`);
      const measured = await measure(entrant);
      best[index] = before === undefined ? measured : quietest(before, measured);
    }
  }
  return best;
}

function quietest(one: Measured, other: Measured): Measured {
  return {
    ...one,
    medianNs: Math.min(one.medianNs, other.medianNs),
    p99Ns: Math.min(one.p99Ns, other.p99Ns),
    loadMs: Math.min(one.loadMs, other.loadMs),
  };
}

async function measure(task: Entrant): Promise<Measured> {
  const argument = JSON.stringify({
    ...task,
    rules: RULES,
    domains: task.what === 'phrases' ? FEW_DOMAINS : DOMAINS,
    observations: OBSERVATIONS,
  } satisfies Task);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', '--max-old-space-size=6144', WORKER, argument],
    { maxBuffer: 1e8 },
  );
  return JSON.parse(stdout) as Measured;
}

function figuresOf({ medianNs, p99Ns, memoryBytes, found }: Measured) {
  return { medianNs, p99Ns, memoryBytes, found };
}

/** Cost against the number of rules (the same observations) and against the length of one text. */
function measureScaling(): MatchReport['scaling'] {
  const context = { audience: 'KS3', at: 0, ownNames: [] } as const;
  const random = createRandom(9);
  const textOf = (length: number): string => {
    let text = '';
    while (text.length < length) text += `${makeWord(random)} `;
    return JSON.parse(JSON.stringify(text.slice(0, length))) as string;
  };
  const time = (phrases: readonly string[], texts: readonly string[]): number => {
    const compiled = loadCompiled(compileSynthetic(phrases, []));
    if (!compiled.ok) throw new Error(compiled.error);
    const matcher = createMatcher(compiled.value);
    return timeEach(texts, (title) => matcher.match({ title, url: null, app: '' }, context).hits.length)
      .medianNs;
  };
  const texts = Array.from({ length: 5_000 }, () => textOf(100));
  const phrases = makePhrases(RULES);
  return [
    ...RULE_STEPS.map((rules) => ({ rules, medianNs: time(makePhrases(rules), texts) })),
    ...LENGTH_STEPS.map((length) => ({
      length,
      medianNs: time(
        phrases,
        Array.from({ length: Math.min(2_000, Math.max(30, 3e6 / length)) }, () => textOf(length)),
      ),
    })),
  ];
}

async function compileShipped() {
  const start = performance.now();
  const { bytes, rules, errors } = await loadRules([SHIPPED_RULES]);
  if (bytes === null) throw new Error(errors[0]?.message ?? 'the shipped packs have mistakes');
  return { bytes, rules, compileMs: Math.round(performance.now() - start) };
}

/** Runs the benchmark; `--json` prints the figures as JSON. */
export async function run(args: readonly string[]): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  try {
    say(`compiling ${RULES} rules and ${DOMAINS} domains`);
    const phrases = makePhrases(RULES);
    const domains = makeDomains(DOMAINS);
    const start = performance.now();
    const bytes = compileSynthetic(phrases, domains);
    const compileMs = Math.round(performance.now() - start);
    const files = {
      observation: join(folder, 'both'),
      phrases: join(folder, 'phrases'),
      domains: join(folder, 'domains'),
      shipped: join(folder, 'shipped'),
    };
    say('compiling the shipped packs');
    const packs = await compileShipped();
    await writeFile(files.shipped, packs.bytes);
    await writeFile(files.observation, bytes);
    await writeFile(files.phrases, compileSynthetic(phrases, []));
    await writeFile(files.domains, compileSynthetic([], domains));
    const ours = (what: Task['what']): Entrant => ({ name: 'lapwing', what, file: files[what] });
    const [both, phrasesAlone, domainsAlone, shipped, ...peers] = await measureAll(
      [
        ours('observation'),
        ours('phrases'),
        ours('domains'),
        ours('shipped'),
        ...PEERS.map(({ name, what }) => ({ name, what, file: null })),
      ],
      say,
    );
    if (!both || !phrasesAlone || !domainsAlone || !shipped) throw new Error('an entrant was not measured');
    say('scaling');
    const report: MatchReport = {
      rules: RULES,
      domains: DOMAINS,
      observation: { medianNs: both.medianNs, p99Ns: both.p99Ns },
      memoryBytes: both.memoryBytes,
      compiledBytes: bytes.byteLength,
      loadMs: Math.round(both.loadMs * 10) / 10,
      compileMs,
      shipped: {
        rules: packs.rules,
        compileMs: packs.compileMs,
        compiledBytes: packs.bytes.byteLength,
        medianNs: shipped.medianNs,
        p99Ns: shipped.p99Ns,
        memoryBytes: shipped.memoryBytes,
      },
      alone: { phrases: figuresOf(phrasesAlone), domains: figuresOf(domainsAlone) },
      peers: peers.map((measured, index) => {
        const { name, what } = PEERS[index] as (typeof PEERS)[number];
        return { name, what, ...figuresOf(measured) };
      }),
      scaling: measureScaling(),
    };
    writeReport(report);
    process.stdout.write(
      args.includes('--json') ? `${JSON.stringify(report)}\n` : 'written to docs/benchmarks.md\n',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
