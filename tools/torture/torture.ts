/**
 * `npm run torture -- --minutes 3 --seed N [--agents 20] [--json] [--keep]`
 *
 * Breaks a school on purpose and counts what is lost: real agents and a real server as processes of their own, killed
 * at random instants, a network that resets, stalls, truncates, duplicates and reorders, disks that fill up, clocks
 * that jump, and a policy change midway. Then everything is left in peace, and every record that an agent called safe
 * must be in the console, once, readable, with its picture, and without a gap in its device's numbers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTorturedAgent, type TorturedAgent } from './agentProcess.ts';
import { type ChaosProxy, type ProxyCounts, startChaosProxy } from './chaosProxy.ts';
import { createDice } from './dice.ts';
import { countLeaks } from './leaks.ts';
import { type Blow, planBlows } from './schedule.ts';
import { createTorturedServer, type TorturedServer } from './schoolServer.ts';
import { type Console, signIn, type Verdict } from './verdict.ts';

export interface TortureOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly agents: number;
  /** Keeps the folder with data and logs. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** What came of it. Figures count records unless they say otherwise. */
export interface TortureReport {
  readonly seed: number;
  readonly minutes: number;
  readonly agents: number;
  /** Called safe by an agent: on its disk, or held in memory by a full one. */
  readonly written: number;
  readonly onServer: number;
  readonly missing: number;
  readonly duplicated: number;
  /** Pictures that do not come out as they were taken, and records that the console could not show. */
  readonly unreadable: number;
  /** Files of agents, logs included, in which something seen stands in the clear. */
  readonly leaks: number;
  /** Sequence numbers that the server lacks. */
  readonly gaps: number;
  /** Pictures that were announced as taken and are not there, and pictures that nobody accounted for. */
  readonly missingPictures: number;
  readonly pictures: number;
  readonly kills: number;
  readonly agentKills: number;
  readonly serverKills: number;
  /** Agents that ended although nobody killed them. */
  readonly crashes: number;
  readonly fullDisks: number;
  readonly clockJumps: number;
  readonly policyChanges: number;
  /** Devices that have applied the last policy. */
  readonly policyApplied: number;
  readonly network: ProxyCounts;
  /** From the end of the blows until everything was on the server. */
  readonly settledMs: number;
  readonly ok: boolean;
}

const SETTLE_DEADLINE_MS = 120_000;
const SECOND_MS = 1_000;
const ACCOUNT = { username: 'torture.dsl', display: 'Torture DSL', role: 'dsl' } as const;

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { seed, durationMs, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-torture-'));
  const server = createTorturedServer(folder);
  const proxy = await startChaosProxy(createDice(seed + 1));
  let token = '';
  const agents = Array.from({ length: options.agents }, (_, at) =>
    createTorturedAgent({ folder, name: `a${at}`, seed: seed + at, token: () => token }),
  );
  try {
    await server.command('init', '--school', 'Torture Primary');
    await server.setPolicy();
    const account = await server.command(
      'add-account',
      '--username',
      ACCOUNT.username,
      '--display-name',
      ACCOUNT.display,
      '--role',
      ACCOUNT.role,
      '--json',
    );
    token = await server.command(
      'enrol-token',
      '--url',
      proxy.url,
      '--site',
      'Main',
      '--audience',
      'KS2',
      '--uses',
      String(options.agents),
    );
    proxy.setTarget(await server.start());
    await Promise.all(agents.map((agent) => agent.start()));
    proxy.setChaos(true);
    say(`${options.agents} agents, one server, seed ${seed}; everything is in ${folder}`);

    const counts = await deal(planBlows({ seed, durationMs, agents: options.agents }), {
      server,
      proxy,
      agents,
      durationMs,
      say,
    });
    say('left in peace');
    const quietMs = performance.now();
    const { password } = JSON.parse(account) as { password: string };
    const url = await leaveInPeace({ server, proxy, agents });
    const console = await signIn(url, { username: ACCOUNT.username, password });
    const verdict = await settle(console, agents, lastVersion(counts), say);
    const settledMs = Math.round(performance.now() - quietMs);
    const checked = await console.checkPictures(verdict.pictures);
    const leaks = await countLeaks(folder, agents);
    return judge(options, { agents, verdict, checked, leaks, counts, settledMs, network: proxy.counts });
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
    await proxy.dispose();
    await server.stop();
    if (options.keep) say(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly server: TorturedServer;
  readonly proxy: ChaosProxy;
  readonly agents: readonly TorturedAgent[];
}

interface BlowCounts {
  agentKills: number;
  serverKills: number;
  fullDisks: number;
  clockJumps: number;
  policyChanges: number;
}

/** Deals each blow at its instant; what a blow has to undo later is undone before this resolves. */
async function deal(
  blows: readonly Blow[],
  stage: Stage & Pick<TortureOptions, 'durationMs' | 'say'>,
): Promise<BlowCounts> {
  const { server, proxy, agents, say } = stage;
  const counts: BlowCounts = { agentKills: 0, serverKills: 0, fullDisks: 0, clockJumps: 0, policyChanges: 1 };
  const startMs = performance.now();
  const aftermath: Promise<void>[] = [];
  let serverDown = false;

  async function dealOne(blow: Blow): Promise<void> {
    switch (blow.kind) {
      case 'kill-agent': {
        const agent = agents[blow.agent];
        if (agent === undefined || !(await agent.kill())) return;
        counts.agentKills += 1;
        await pause(blow.restartAfterMs);
        return agent.start();
      }
      case 'kill-server':
        if (serverDown) return;
        serverDown = true;
        proxy.setTarget(null);
        await server.kill();
        counts.serverKills += 1;
        await pause(blow.restartAfterMs);
        proxy.setTarget(await server.start());
        serverDown = false;
        return;
      case 'full-disk': {
        const agent = agents[blow.agent];
        if (agent === undefined || !(await agent.fillDisk(true))) return;
        counts.fullDisks += 1;
        await pause(blow.lastsMs);
        await agent.fillDisk(false);
        return;
      }
      case 'jump-clock':
        agents[blow.agent]?.jumpClock(blow.byMs);
        counts.clockJumps += 1;
        return;
      case 'new-policy':
        await server.setPolicy();
        counts.policyChanges += 1;
        return;
    }
  }

  for (const blow of blows) {
    await pause(startMs + blow.atMs - performance.now());
    say(`${(blow.atMs / SECOND_MS).toFixed(1)} s  ${describe(blow)}`);
    aftermath.push(dealOne(blow));
  }
  await pause(startMs + stage.durationMs - performance.now());
  await Promise.all(aftermath);
  return counts;
}

function describe(blow: Blow): string {
  const { atMs: _at, kind, ...rest } = blow;
  return `${kind} ${Object.entries(rest)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
}

/** No more blows. Restarts the server once more, so that the console below talks to it directly. */
async function leaveInPeace({ server, proxy, agents }: Stage): Promise<string> {
  proxy.setChaos(false);
  await server.stop();
  const url = await server.start();
  proxy.setTarget(url);
  await pause(SECOND_MS);
  for (const agent of agents) agent.last();
  return url;
}

/** `init` writes the first policy; each change makes the next version. */
function lastVersion({ policyChanges }: BlowCounts): number {
  return 1 + policyChanges;
}

/** Waits until everything is on the server, or no more can be expected. */
async function settle(
  console: Console,
  agents: readonly TorturedAgent[],
  policyVersion: number,
  say: TortureOptions['say'],
): Promise<Verdict> {
  const untilMs = performance.now() + SETTLE_DEADLINE_MS;
  for (;;) {
    const verdict = await console.read();
    const missing = missingOf(agents, verdict);
    const behind = verdict.applied.filter((version) => version === null || version < policyVersion).length;
    const settled =
      missing.length === 0 && verdict.gaps === 0 && verdict.awaitedPictures === 0 && behind === 0;
    if (settled || performance.now() > untilMs) return verdict;
    say(
      `waiting: ${missing.length} records, ${verdict.gaps} numbers, ${verdict.awaitedPictures} pictures, ${behind} policies`,
    );
    await pause(2 * SECOND_MS);
  }
}

function missingOf(agents: readonly TorturedAgent[], { shown }: Verdict): string[] {
  return agents.flatMap((agent) => [...agent.written]).filter((marker) => !shown.has(marker));
}

function judge(
  { seed, durationMs, agents: agentCount, say }: TortureOptions,
  found: {
    readonly agents: readonly TorturedAgent[];
    readonly verdict: Verdict;
    readonly checked: { readonly missing: number; readonly wrong: number };
    readonly leaks: number;
    readonly counts: BlowCounts;
    readonly settledMs: number;
    readonly network: ProxyCounts;
  },
): TortureReport {
  const { verdict, checked, counts } = found;
  const missing = missingOf(found.agents, verdict);
  if (missing.length > 0) say(`missing: ${missing.slice(0, 20).join(' ')}`);
  const duplicated = [...verdict.shown.values()].filter((times) => times > 1).length;
  const missingPictures = checked.missing + verdict.awaitedPictures;
  const policyApplied = verdict.applied.filter((version) => version === lastVersion(counts)).length;
  const written = found.agents.reduce((sum, agent) => sum + agent.written.size, 0);
  const crashes = found.agents.reduce((sum, agent) => sum + agent.crashes(), 0);
  const clean = [
    crashes,
    found.leaks,
    missing.length,
    duplicated,
    checked.wrong,
    verdict.gaps,
    missingPictures,
  ].every((count) => count === 0);
  return {
    seed,
    minutes: durationMs / 60_000,
    agents: agentCount,
    written,
    onServer: verdict.shown.size,
    missing: missing.length,
    duplicated,
    unreadable: checked.wrong,
    leaks: found.leaks,
    gaps: verdict.gaps,
    missingPictures,
    pictures: verdict.pictures.size,
    kills: counts.agentKills + counts.serverKills,
    crashes,
    ...counts,
    policyApplied,
    network: found.network,
    settledMs: found.settledMs,
    ok: clean && written > 0 && policyApplied === agentCount,
  };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, delayMs)));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      agents: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const report = await torture({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    agents: Number(values.agents),
    keep: values.keep,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
}
