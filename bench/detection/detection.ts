/**
 * `npm run bench -- detection [--json] [--verbose] [--rules DIR] [--corpus DIR]`: how well the rule packs find what an
 * adult should know of, and leave the rest alone, on the labelled corpus in `corpus/`. Writes the section "Detection" of
 * `docs/benchmarks.md` when it runs on the shipped packs and corpus.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Category, Hit } from '#contract';
import { createMatcher, type Matcher } from '#match';
import { errorLine, loadRules } from '../../tools/rules/load.ts';
import { table, writeSection } from '../report.ts';
import { type Line, readCorpus } from './lines.ts';

/** Counts of one group of lines. */
interface Tally {
  expected: number;
  found: number;
  /** Hits in this category on lines that expect something else, or nothing. */
  wrong: number;
  spansExpected: number;
  spansCorrect: number;
}

interface Judged {
  readonly line: Line;
  readonly hits: readonly Hit[];
  readonly right: readonly Hit[];
  readonly spanCorrect: boolean;
}

/** The figures; the JSON that `--json` prints. Shares between 0 and 1; null where there is nothing to count. */
interface DetectionReport {
  readonly overall: {
    recall: number | null;
    precision: number | null;
    falsePer1000: number | null;
    spansCorrect: number | null;
    flagged: number;
    benign: number;
  };
  readonly categories: Record<
    string,
    {
      recall: number | null;
      precision: number | null;
      falsePer1000: number | null;
      spansCorrect: number | null;
      lines: number;
    }
  >;
  readonly kinds: Record<string, { recall: number | null; lines: number }>;
  readonly languages: Record<string, { recall: number | null; lines: number }>;
}

const SHIPPED_RULES = fileURLToPath(new URL('../../resources/rules', import.meta.url));
const SHIPPED_CORPUS = fileURLToPath(new URL('corpus', import.meta.url));

function judge(matcher: Matcher, line: Line): Judged {
  const subject = { title: line.title, url: line.url, app: line.app };
  const { hits, search } = matcher.match(subject, { audience: 'KS3', at: 0, ownNames: [] });
  const { expect } = line;
  if (expect === null) return { line, hits, right: [], spanCorrect: false };
  const right = hits.filter(
    ({ category }) => category === expect.category || expect.alsoOk.includes(category),
  );
  const texts = { title: line.title, url: line.url ?? '', search: search ?? '' };
  const spanCorrect = right.some((hit) => expect.spans.some((span) => overlaps(hit, texts[hit.field], span)));
  return { line, hits, right, spanCorrect };
}

/** Whether the hit shares a letter with the expected words in the text it was found in. */
function overlaps(hit: Hit, text: string, span: string): boolean {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(span.toLowerCase()); at >= 0; at = lower.indexOf(span.toLowerCase(), at + 1)) {
    if (hit.start < at + span.length && at < hit.end) return true;
  }
  return false;
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (tally === undefined) {
    tally = { expected: 0, found: 0, wrong: 0, spansExpected: 0, spansCorrect: 0 };
    tallies.set(name, tally);
  }
  return tally;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function reportOf(judged: readonly Judged[]): DetectionReport {
  const categories = new Map<string, Tally>();
  const kinds = new Map<string, Tally>();
  const languages = new Map<string, Tally>();
  const all: Tally = { expected: 0, found: 0, wrong: 0, spansExpected: 0, spansCorrect: 0 };
  const benign = judged.filter(({ line }) => line.expect === null);
  const falseByCategory = new Map<Category, number>();
  for (const { line, hits, right, spanCorrect } of judged) {
    const { expect } = line;
    for (const category of new Set(hits.map((hit) => hit.category))) {
      if (expect === null) falseByCategory.set(category, (falseByCategory.get(category) ?? 0) + 1);
      if (expect?.category !== category && expect?.alsoOk.includes(category) !== true)
        tallyOf(categories, category).wrong += 1;
    }
    if (expect === null) {
      if (hits.length > 0) all.wrong += 1;
      continue;
    }
    for (const tally of [
      all,
      tallyOf(categories, expect.category),
      tallyOf(kinds, line.kind),
      tallyOf(languages, line.language),
    ]) {
      tally.expected += 1;
      if (right.length === 0) continue;
      tally.found += 1;
      if (expect.spans.length === 0) continue;
      tally.spansExpected += 1;
      if (spanCorrect) tally.spansCorrect += 1;
    }
    if (right.length === 0 && hits.length > 0) all.wrong += 1;
  }
  const benignFlagged = benign.filter(({ hits }) => hits.length > 0).length;
  const perThousand = (count: number): number | null =>
    benign.length === 0 ? null : Math.round((count / benign.length) * 100_000) / 100;
  const groups = (tallies: Map<string, Tally>) =>
    Object.fromEntries(
      [...tallies]
        .sort()
        .map(([name, tally]) => [
          name,
          { recall: share(tally.found, tally.expected), lines: tally.expected },
        ]),
    );
  return {
    overall: {
      recall: share(all.found, all.expected),
      precision: share(all.found, all.found + all.wrong),
      falsePer1000: perThousand(benignFlagged),
      spansCorrect: share(all.spansCorrect, all.spansExpected),
      flagged: all.expected,
      benign: benign.length,
    },
    categories: Object.fromEntries(
      [...categories].sort().map(([name, tally]) => [
        name,
        {
          recall: share(tally.found, tally.expected),
          precision: share(tally.found, tally.found + tally.wrong),
          falsePer1000: perThousand(falseByCategory.get(name as Category) ?? 0),
          spansCorrect: share(tally.spansCorrect, tally.spansExpected),
          lines: tally.expected,
        },
      ]),
    ),
    kinds: groups(kinds),
    languages: groups(languages),
  };
}

/** What went wrong, one line each, for whoever mends it. */
function complaints(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ line, hits, right, spanCorrect }) => {
    const found = hits.map((hit) => `${hit.ruleId} on ${JSON.stringify(hit.text)}`).join(', ');
    const text = `${line.id} [${line.kind} ${line.language}] ${JSON.stringify(line.title)} ${line.url ?? ''}`;
    if (line.expect === null) return hits.length > 0 ? [`FALSE  ${text}: ${found}`] : [];
    if (right.length === 0)
      return [`MISSED ${text}: ${line.expect.category}${found === '' ? '' : `, but ${found}`}`];
    return spanCorrect || line.expect.spans.length === 0
      ? []
      : [`SPAN   ${text}: ${found}, not on ${line.expect.spans.join(' | ')}`];
  });
}

function page(report: DetectionReport): string {
  const percent = (value: number | null): string => (value === null ? '' : `${(value * 100).toFixed(1)} %`);
  const number = (value: number | null): string => (value === null ? '' : value.toFixed(1));
  const row = (name: string, figures: DetectionReport['categories'][string]): string[] => [
    name,
    String(figures.lines),
    percent(figures.recall),
    percent(figures.precision),
    number(figures.falsePer1000),
    percent(figures.spansCorrect),
  ];
  const { overall } = report;
  return `## Detection

\`npm run bench -- detection\` on the labelled corpus in \`bench/detection/corpus\`: ${overall.flagged} lines that an adult should
know of and ${overall.benign} that must not flag. A line is found if a hit has its category or one that is also right; it is
false if anything else hits.

${table(
  ['Category', 'Lines', 'Recall', 'Precision', 'False per 1,000 benign', 'Spans right'],
  [
    row('**all**', { ...overall, lines: overall.flagged }),
    ...Object.entries(report.categories).map(([name, figures]) => row(`\`${name}\``, figures)),
  ],
)}

${table(
  ['Kind or language', 'Lines', 'Recall'],
  [...Object.entries(report.kinds), ...Object.entries(report.languages)].map(([name, figures]) => [
    name,
    String(figures.lines),
    percent(figures.recall),
  ]),
)}`;
}

/** Runs the benchmark. Gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      rules: { type: 'string', default: SHIPPED_RULES },
      corpus: { type: 'string', default: SHIPPED_CORPUS },
    },
  });
  const loaded = await loadRules([values.rules]);
  if (loaded.compiled === null) {
    for (const error of loaded.errors) process.stderr.write(`${errorLine(error)}\n`);
    return 1;
  }
  const matcher = createMatcher(loaded.compiled);
  const judged = (await readCorpus(values.corpus)).map((line) => judge(matcher, line));
  const report = reportOf(judged);
  if (values.verbose) for (const line of complaints(judged)) process.stderr.write(`${line}\n`);
  if (values.rules === SHIPPED_RULES && values.corpus === SHIPPED_CORPUS)
    writeSection('detection', page(report));
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${page(report)}\n`);
  return 0;
}
