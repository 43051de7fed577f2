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

interface Measured {
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly found: number;
  readonly loadMs?: number;
  readonly memoryBytes: number;
}

async function measure(task: Pick<Task, 'name' | 'what' | 'file'>): Promise<Measured> {
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
    const ours = async (what: Task['what']): Promise<Measured> => {
      say(`lapwing: ${what}`);
      return measure({ name: 'lapwing', what, file: files[what] });
    };
    const both = await ours('observation');
    const alone = { phrases: await ours('phrases'), domains: await ours('domains') };
    const shipped = await ours('shipped');
    const peers: MatchReport['peers'][number][] = [];
    for (const { name, what } of PEERS) {
      say(`${name}: ${what}`);
      const { medianNs, p99Ns, memoryBytes, found } = await measure({
        name,
        what,
        file: null,
      });
      peers.push({ name, what, medianNs, p99Ns, memoryBytes, found });
    }
    say('scaling');
    const report: MatchReport = {
      rules: RULES,
      domains: DOMAINS,
      observation: { medianNs: both.medianNs, p99Ns: both.p99Ns },
      memoryBytes: both.memoryBytes,
      compiledBytes: bytes.byteLength,
      loadMs: Math.round((both.loadMs ?? 0) * 10) / 10,
      compileMs,
      shipped: {
        rules: packs.rules,
        compileMs: packs.compileMs,
        compiledBytes: packs.bytes.byteLength,
        medianNs: shipped.medianNs,
        p99Ns: shipped.p99Ns,
        memoryBytes: shipped.memoryBytes,
      },
      alone,
      peers,
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
