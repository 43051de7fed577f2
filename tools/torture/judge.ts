import type { TorturedAgent } from './agentProcess.ts';
import type { ProxyCounts } from './chaosProxy.ts';
import type { BlowCounts } from './deal.ts';
import type { Verdict } from './verdict.ts';

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

/** What was found at the end. */
export interface Findings {
  readonly agents: readonly TorturedAgent[];
  readonly verdict: Verdict;
  readonly checked: { readonly missing: number; readonly wrong: number };
  readonly leaks: number;
  readonly counts: BlowCounts;
  readonly settledMs: number;
  readonly network: ProxyCounts;
}

/** `init` writes the first policy; each change makes the next version. */
export function lastVersion({ policyChanges }: BlowCounts): number {
  return 1 + policyChanges;
}

/** Markers that an agent called safe and the console does not show. */
export function missingOf(agents: readonly TorturedAgent[], { shown }: Verdict): string[] {
  return agents.flatMap((agent) => [...agent.written]).filter((marker) => !shown.has(marker));
}

export function judge(
  { seed, durationMs, agents: agentCount, say }: TortureOptions,
  found: Findings,
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
