import type { TorturedAgent } from './agentProcess.ts';
import type { BlowCounts } from './deal.ts';
import type { FullDisk } from './disk.ts';
import type { Inspection } from './inspect.ts';
import type { NetworkCounts } from './network.ts';
import type { TortureOptions } from './schedule.ts';
import type { Verdict } from './verdict.ts';

/** The policy one agent works by in the end, and how the last one came to it. */
export interface AgentPolicy {
  readonly agent: string;
  readonly by: 'push' | 'folder';
  readonly version: number | null;
}

/** What came of it. Figures count records unless they say otherwise. */
export interface TortureReport {
  readonly seed: number;
  readonly minutes: number;
  readonly agents: number;
  /** Called safe by an agent, those included that it held in memory on a full disk. */
  readonly written: number;
  readonly onServer: number;
  /** Written to a disk, by the agent's own word, and not on the server. */
  readonly missing: number;
  readonly duplicated: number;
  /** Wrong pictures, faults of the server's own `verify`, records that server or agents have put aside: `faults`. */
  readonly unreadable: number;
  readonly faults: readonly string[];
  /** Records that `verify` has opened and checked. */
  readonly verified: number;
  /** Files of agents, logs included, in which something seen stands in the clear. */
  readonly leaks: number;
  /** Sequence numbers that the server lacks. */
  readonly gaps: number;
  /** Pictures that were announced as taken and are not there, and pictures that nobody accounted for. */
  readonly missingPictures: number;
  readonly pictures: number;
  /** In memory alone, by the agent's own word, when it was killed on a full disk. */
  readonly writtenNotDurable: number;
  /** Of these, what had not been delivered from memory either: lost, as a full disk and a kill together may do. */
  readonly lostFromMemory: number;
  /** Delivered from memory before the kill, their pictures lost with it. */
  readonly picturesLostFromMemory: number;
  readonly kills: number;
  readonly agentKills: number;
  readonly serverKills: number;
  /** Agents that ended although nobody killed them. */
  readonly crashes: number;
  readonly fullDisk: FullDisk;
  readonly fullDisks: number;
  readonly killsOnFullDisk: number;
  readonly clockJumps: number;
  readonly serverClockJumps: number;
  readonly policyChanges: number;
  readonly newestPolicy: number;
  /** Agents that work by the newest policy. */
  readonly policyApplied: number;
  readonly policies: readonly AgentPolicy[];
  /** Agents that reached the server by TLS with the pinned CA. */
  readonly agentsByTls: number;
  readonly network: NetworkCounts;
  /** From the end of the blows until everything was on the server. */
  readonly settledMs: number;
  readonly ok: boolean;
}

/** What was found at the end. */
export interface Findings {
  readonly agents: readonly TorturedAgent[];
  readonly verdict: Verdict;
  readonly checked: { readonly missing: number; readonly wrong: readonly string[] };
  readonly inspection: Inspection;
  readonly leaks: number;
  readonly counts: BlowCounts;
  readonly settledMs: number;
  readonly fullDisk: FullDisk;
  readonly network: NetworkCounts;
}

/** `init` writes the first policy; each change makes the next version. */
export function lastVersion({ policyChanges }: Pick<BlowCounts, 'policyChanges'>): number {
  return 1 + policyChanges;
}

type Said = Pick<TorturedAgent, 'name' | 'line' | 'written' | 'notDurable'>;

/** Markers that an agent called safe on its disk and the console does not show. */
export function missingOf(agents: readonly Said[], { shown }: Pick<Verdict, 'shown'>): string[] {
  return agents.flatMap(({ written, notDurable }) =>
    [...written].filter((marker) => !shown.has(marker) && !notDurable.has(marker)),
  );
}

/** Items whose picture is still to come, but for those whose promise was lost with the memory of a killed agent. */
export function unaccountedPictures(
  agents: readonly Said[],
  { awaited }: Pick<Verdict, 'awaited'>,
): readonly string[] {
  const lost = new Set(agents.flatMap(({ notDurable }) => [...notDurable]));
  return [...awaited].filter((marker) => !lost.has(marker));
}

/** A device's machine is named after the agent and the life in which it enrolled. */
export function policiesOf(
  agents: readonly Said[],
  { devices }: Pick<Verdict, 'devices'>,
): readonly AgentPolicy[] {
  return agents.map(({ name, line }) => {
    const device = devices.find(({ machine }) => machine.toLowerCase().split('r')[0] === name);
    return {
      agent: name,
      by: line === 'inbox' ? 'folder' : 'push',
      version: device?.policyApplied ?? null,
    };
  });
}

export function judge(
  { seed, durationMs, agents: agentCount }: TortureOptions,
  found: Findings,
): TortureReport {
  const { agents, verdict, checked, counts, inspection } = found;
  const missing = missingOf(agents, verdict);
  const duplicated = [...verdict.shown.values()].filter((times) => times > 1).length;
  const unaccounted = unaccountedPictures(agents, verdict).length;
  const policies = policiesOf(agents, verdict);
  const newestPolicy = lastVersion(counts);
  const notDurable = agents.flatMap((agent) => [...agent.notDurable]);
  const sum = (figure: (agent: TorturedAgent) => number) =>
    agents.reduce((total, agent) => total + figure(agent), 0);
  const faults = [
    ...missing.map((marker) => `missing ${marker}`),
    ...checked.wrong.map((marker) => `wrong picture of ${marker}`),
    ...inspection.faults,
  ];
  const report = {
    seed,
    minutes: durationMs / 60_000,
    agents: agentCount,
    written: sum(({ written }) => written.size),
    onServer: verdict.shown.size,
    missing: missing.length,
    duplicated,
    unreadable: checked.wrong.length + inspection.faults.length,
    faults,
    verified: inspection.verified,
    leaks: found.leaks,
    gaps: verdict.gaps,
    missingPictures: checked.missing + unaccounted,
    pictures: verdict.pictures.size,
    writtenNotDurable: notDurable.length,
    lostFromMemory: notDurable.filter((marker) => !verdict.shown.has(marker)).length,
    picturesLostFromMemory: verdict.awaited.size - unaccounted,
    kills: counts.agentKills + counts.serverKills,
    crashes: sum((agent) => agent.crashes()),
    fullDisk: found.fullDisk,
    killsOnFullDisk: sum((agent) => agent.killsOnFullDisk()),
    ...counts,
    newestPolicy,
    policyApplied: policies.filter(({ version }) => version === newestPolicy).length,
    policies,
    agentsByTls: agents.filter(({ line }) => line !== 'plain').length,
    network: found.network,
    settledMs: found.settledMs,
  };
  const { crashes, leaks, unreadable, gaps, missingPictures, policyApplied, written } = report;
  const wrongs = [missing.length, duplicated, unreadable, leaks, gaps, missingPictures, crashes];
  const clean = wrongs.every((count) => count === 0);
  return { ...report, ok: clean && written > 0 && policyApplied === agentCount };
}
