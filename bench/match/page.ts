import { barChart, machine, table, writePicture, writeSection } from '../report.ts';

/** The figures of one run; the JSON that `--json` prints. Times are nanoseconds for one observation or text. */
export interface MatchReport {
  readonly rules: number;
  readonly domains: number;
  readonly observation: { readonly medianNs: number; readonly p99Ns: number };
  /** Heap and buffers above an empty process, with rules and domains loaded and used. */
  readonly memoryBytes: number;
  readonly compiledBytes: number;
  readonly loadMs: number;
  readonly compileMs: number;
  /** The packs that come with Lapwing, on ordinary school work in every language. */
  readonly shipped: {
    readonly rules: number;
    readonly compileMs: number;
    readonly compiledBytes: number;
    readonly medianNs: number;
    readonly p99Ns: number;
    readonly memoryBytes: number;
  };
  /** Our engine asked only for what the peers can do: phrases in one text, or the host of a URL. */
  readonly alone: Record<
    'phrases' | 'domains',
    {
      readonly medianNs: number;
      readonly p99Ns: number;
      readonly memoryBytes: number;
      readonly found: number;
    }
  >;
  readonly peers: readonly {
    readonly name: string;
    readonly what: 'phrases' | 'domains';
    readonly medianNs: number;
    readonly p99Ns: number;
    readonly memoryBytes: number;
    /** Hits it counted over the inputs it had time for. */
    readonly found: number;
  }[];
  readonly scaling: readonly (
    | { readonly rules: number; readonly medianNs: number }
    | { readonly length: number; readonly medianNs: number }
  )[];
}

const CHART = 'benchmarks-match.svg';

/** Writes the section of `docs/benchmarks.md` and its chart. */
export function writeReport(report: MatchReport): void {
  const rows = (what: 'phrases' | 'domains') => [
    { name: 'Lapwing', ...report.alone[what], isOurs: true },
    ...report.peers.filter((peer) => peer.what === what).map((peer) => ({ ...peer, isOurs: false })),
  ];
  const peerTable = (what: 'phrases' | 'domains'): string =>
    table(
      ['Engine', 'Median', 'p99', 'Memory', 'Lapwing is faster'],
      rows(what).map((row) => [
        row.name,
        time(row.medianNs),
        time(row.p99Ns),
        megabytes(row.memoryBytes),
        row.isOurs ? '' : `${times(row.medianNs / report.alone[what].medianNs)}`,
      ]),
    );
  writePicture(
    CHART,
    barChart(
      `Median time for one text of about 100 characters, ${report.rules.toLocaleString('en')} phrases`,
      rows('phrases').map((row) => ({
        name: row.name,
        value: row.medianNs,
        label: time(row.medianNs),
        isOurs: row.isOurs,
      })),
    ),
  );
  writeSection(
    'match',
    `## Matching

\`npm run bench -- match\` on ${machine()}.

With ${report.rules.toLocaleString('en')} phrase rules and ${report.domains.toLocaleString('en')} domains loaded, one observation (title and URL of
about 100 characters, search words taken out, disguises undone, spans in the original):

${table(
  ['', ''],
  [
    ['Median', time(report.observation.medianNs)],
    ['p99', time(report.observation.p99Ns)],
    ['Memory above empty', megabytes(report.memoryBytes)],
    ['Compiled form', megabytes(report.compiledBytes)],
    ['Loading the compiled form', `${report.loadMs} ms`],
    ['Compiling from text', `${(report.compileMs / 1_000).toFixed(1)} s`],
  ],
)}

The rules that come with Lapwing (${report.shipped.rules.toLocaleString('en')} in twelve languages, with word lists, words near each other and
exceptions), on ordinary school work that shares words with harm:

${table(
  ['', ''],
  [
    ['Median', time(report.shipped.medianNs)],
    ['p99', time(report.shipped.p99Ns)],
    ['Memory above empty', megabytes(report.shipped.memoryBytes)],
    ['Compiled form', megabytes(report.shipped.compiledBytes)],
    ['Compiling from text', `${(report.shipped.compileMs / 1_000).toFixed(1)} s`],
  ],
)}

Beside other engines with the same phrases, each in a process of its own, asked for spans on word boundaries in the
same texts. Only Lapwing, obscenity and allprofanity undo disguises; the others look at lower-cased text.

![Median time of each engine](${CHART})

${peerTable('phrases')}

The same domains, asked whether a URL's host or a parent of it is listed:

${peerTable('domains')}

Cost against the number of rules (100 characters) and against the length of a text (${report.rules.toLocaleString('en')} rules):

${table(
  ['', 'Median', 'For each character'],
  report.scaling.map((step) =>
    'rules' in step
      ? [`${step.rules.toLocaleString('en')} rules`, time(step.medianNs), time(step.medianNs / 100)]
      : [
          `${step.length.toLocaleString('en')} characters`,
          time(step.medianNs),
          time(step.medianNs / step.length),
        ],
  ),
)}

Each call is timed by itself, and what reading the clock takes is taken off. Of each of 20,000 different observations the
quietest of twelve calls counts, and of each engine the quietest of three turns, all engines in turn. Engines that need
more than 0.1 ms have one turn, and run on as many observations as fit into four seconds.`,
  );
}

function time(ns: number): string {
  if (ns < 1_000) return `${ns.toFixed(ns < 10 ? 1 : 0)} ns`;
  if (ns < 1e6) return `${(ns / 1_000).toFixed(ns < 1e4 ? 2 : 0)} µs`;
  return `${(ns / 1e6).toFixed(1)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en')} times`;
}
