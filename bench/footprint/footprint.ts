/**
 * `npm run bench -- footprint [--json] [--minutes 5] [--changes 50]`: how soon a flagged title is safe and seen,
 * and what the agent costs the machine beside an empty Electron app. All in one run: the real agent in the
 * Electron in use, a real server, real windows on a virtual display. Linux only.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createDisposables, type Disposables } from '#kernel';
import { say } from '../../tools/bootstrap/say.mjs';
import { ensureBuilt } from '../../tools/build/index.ts';
import { type ConsoleClient, signIn } from '../../tools/demo/consoleClient.ts';
import { createDesktop, type TitledWindow } from '../../tools/demo/desktop.ts';
import { agentWatches } from '../../tools/demo/drive.ts';
import { ensurePrograms } from '../../tools/display/index.ts';
import { ensureElectron, sandboxArguments } from '../../tools/electron/index.ts';
import { startChild } from '../../tools/process/child.ts';
import { startDemoSchool, unpackagedAgent } from '../../tools/school/index.ts';
import { machine, table, writeSection } from '../report.ts';
import { measureLatency, type Percentiles } from './latency.ts';
import { type ModeFigure, measureModes } from './modes.ts';
import { measureTree } from './processTree.ts';

export interface Cost {
  readonly pssBytes: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

export interface FootprintReport {
  readonly latency: { readonly toOutboxMs: Percentiles; readonly toServerMs: Percentiles };
  readonly agent: Cost;
  readonly emptyElectron: Cost;
  /** The same empty app with the switches the agent sets. */
  readonly emptyElectronSameSwitches: Cost;
  readonly modes: readonly ModeFigure[];
  readonly conditions: {
    readonly electron: string;
    readonly minutes: number;
    readonly changes: number;
    readonly titleEveryMs: number;
  };
}

/** A pupil who reads on: a new title every few seconds. */
const TITLE_EVERY_MS = 3000;
const SAMPLE_EVERY_MS = 10_000;
/** Until start-up work is over. */
const SETTLE_MS = 15_000;
const MODE_SECONDS = 15;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '5' },
      changes: { type: 'string', default: '50' },
    },
  });
  const minutes = Number(values.minutes);
  const changes = Number(values.changes);
  if (!(minutes > 0) || !Number.isInteger(changes) || changes < 2) {
    process.stderr.write(
      'usage: bench footprint [--json] [--minutes N] [--changes N], N greater than 0, at least 2 changes\n',
    );
    return 2;
  }
  const report = await measure(minutes, changes);
  writeReport(report);
  process.stdout.write(`${JSON.stringify(report, null, values.json ? 0 : 2)}\n`);
  return 0;
}

async function measure(minutes: number, changes: number): Promise<FootprintReport> {
  await ensurePrograms(['xdotool', 'xterm']);
  const program = await unpackagedAgent();
  await ensureBuilt(['agent', 'console']);
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-footprint-'));
  const parts = createDisposables();
  parts.add({ dispose: () => rm(folder, { recursive: true, force: true }) });
  try {
    const school = parts.add(await startDemoSchool(folder, program, { alwaysVirtual: true }));
    if (school.newAccounts === null) throw new Error('a new school has no accounts');
    const { environment } = school.display;
    const client: ConsoleClient = await signIn(school.url, school.newAccounts.technician);
    const agentId = school.agent.process.pid ?? 0;
    await agentWatches({ client, agentProcessId: agentId, environment });
    const window = parts.add(await createDesktop(environment).openNative());
    say(`Latency of ${changes} title changes`);
    const latency = await measureLatency(client, window, changes);
    const plainId = await startEmpty(parts, environment, false);
    const sameId = await startEmpty(parts, environment, true);
    say(`Memory and processor time over ${minutes} minutes`);
    const [agent, emptyElectron, emptyElectronSameSwitches] = await measureCosts(
      [agentId, plainId, sameId],
      window,
      minutes,
    );
    const conditions = {
      electron: (await ensureElectron()).version,
      minutes,
      changes,
      titleEveryMs: TITLE_EVERY_MS,
    };
    await parts.dispose();
    say('Processor time of the window source alone, by mode');
    const modes = await measureModes({ seconds: MODE_SECONDS });
    return {
      latency,
      agent: agent as Cost,
      emptyElectron: emptyElectron as Cost,
      emptyElectronSameSwitches: emptyElectronSameSwitches as Cost,
      modes,
      conditions,
    };
  } finally {
    await parts.dispose();
  }
}

async function startEmpty(
  parts: Disposables,
  environment: Readonly<Record<string, string>>,
  sameSwitches: boolean,
): Promise<number> {
  const { executable } = await ensureElectron();
  const profile = await mkdtemp(join(tmpdir(), 'lapwing-empty-'));
  parts.add({ dispose: () => rm(profile, { recursive: true, force: true }) });
  const child = startChild(
    executable,
    [...sandboxArguments(), `--user-data-dir=${profile}`, join(import.meta.dirname, 'empty-app')],
    {
      env: { ...process.env, ...environment, EMPTY_LIKE_AGENT: sameSwitches ? '1' : '0' },
    },
  );
  return parts.add(child).process.pid ?? 0;
}

/** Memory is the median of the samples, processor time the whole span. All trees are sampled at the same moments. */
async function measureCosts(ids: readonly number[], window: TitledWindow, minutes: number): Promise<Cost[]> {
  const changing = new AbortController();
  const reading = readOn(window, changing.signal);
  await delay(SETTLE_MS);
  const startedAt = performance.now();
  const before = await Promise.all(ids.map(measureTree));
  const samples = ids.map((): number[] => []);
  const endAt = startedAt + minutes * 60_000;
  for (let left = endAt - performance.now(); left > 0; left = endAt - performance.now()) {
    await delay(Math.min(SAMPLE_EVERY_MS, left));
    const now = await Promise.all(ids.map(measureTree));
    for (const [index, use] of now.entries()) samples[index]?.push(use.pssBytes);
  }
  const after = await Promise.all(ids.map(measureTree));
  const elapsedMs = performance.now() - startedAt;
  changing.abort();
  await reading;
  return ids.map((_, index) => ({
    pssBytes: median(samples[index] ?? []),
    cpuPercent: round((((after[index]?.cpuMs ?? 0) - (before[index]?.cpuMs ?? 0)) / elapsedMs) * 100),
  }));
}

/** Ordinary titles, none of them flagged, until aborted. */
async function readOn(window: TitledWindow, signal: AbortSignal): Promise<void> {
  const subjects = [
    'Fractions',
    'The water cycle',
    'Tudors',
    'Spelling',
    'Rivers',
    'Forces',
    'Poems',
    'Maps',
    'Atoms',
    'Rome',
  ];
  for (let count = 0; !signal.aborted; count += 1) {
    await window.retitle(`${subjects[count % subjects.length]} - lesson page ${count}`);
    await delay(TITLE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function writeReport({
  latency,
  agent,
  emptyElectron,
  emptyElectronSameSwitches,
  modes,
  conditions,
}: FootprintReport): void {
  const times = (name: string, { p50, p95 }: Percentiles) => [name, `${p50} ms`, `${p95} ms`];
  const cost = (name: string, { pssBytes, cpuPercent }: Cost) => [
    name,
    megabytes(pssBytes),
    `${cpuPercent} %`,
  ];
  writeSection(
    'footprint',
    `## Footprint

\`npm run bench -- footprint\`, ${machine()}, Electron ${conditions.electron}.

Time from a flagged title to safety and to the reviewer, ${conditions.changes} changes of a real X11 window's title:

${table(['', 'median', '95 %'], [times('in the outbox', latency.toOutboxMs), times('on the server', latency.toServerMs)])}

The agent beside empty Electron apps in the same run, ${conditions.minutes} minutes, a new title every ${conditions.titleEveryMs / 1000} s. Memory is the
proportional set size of the whole process tree (pages shared by the three apps count a part each, so each alone would
show more); processor time is of one core.

${table(
  ['', 'memory', 'processor'],
  [
    cost('the agent', agent),
    cost('an empty Electron app', emptyElectron),
    cost('the same with the agent’s switches', emptyElectronSameSwitches),
  ],
)}

Processor time of the Linux window source alone, ${MODE_SECONDS} s each mode:

${table(
  ['mode', 'processor', 'readings'],
  modes.map((mode) => [mode.mode, `${round(mode.cpuPercent)} %`, String(mode.readings)]),
)}`,
  );
}
