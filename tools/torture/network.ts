import type { Disposable } from '#kernel';
import type { Certificates } from './certificates.ts';
import { createChaosProxy, type Front, type ProxyCounts } from './chaosProxy.ts';
import { type CutCounts, startCutProxy } from './cutProxy.ts';
import { createDice } from './dice.ts';

/**
 * How an agent reaches the server. `plain`: without TLS, as on loopback. `tls`: by TLS to a proxy of the school's own
 * CA. `through`: by TLS to the server itself, over a line that breaks. `inbox`: as `tls`, but cut off from
 * policies midway, which then come by the watched folder.
 */
export const LINES = ['plain', 'inbox', 'through', 'tls'] as const;
export type Line = (typeof LINES)[number];

export function lineOf(agent: number): Line {
  return LINES[agent % LINES.length] ?? 'plain';
}

export type NetworkCounts = ProxyCounts & CutCounts;

export interface Network extends Disposable {
  urlOf(line: Line): string;
  counts(): NetworkCounts;
  cutPolicies(): void;
  setTarget(url: string | null): void;
  setChaos(chaotic: boolean): void;
  dispose(): Promise<void>;
}

/** Every line between the agents and the server. */
export async function startNetwork(seed: number, certificates: Certificates): Promise<Network> {
  const proxy = createChaosProxy(createDice(seed), certificates);
  const cutting = await startCutProxy(createDice(seed + 1));
  const fronts: { readonly [Name in Exclude<Line, 'through'>]: Front } = {
    plain: await proxy.open(false),
    tls: await proxy.open(true),
    inbox: await proxy.open(true),
  };
  return {
    urlOf: (line) => (line === 'through' ? cutting.url : fronts[line].url),
    counts: () => ({ ...proxy.counts, ...cutting.counts }),
    cutPolicies: fronts.inbox.cutPolicies,
    setTarget(url) {
      proxy.setTarget(url);
      cutting.setTarget(url);
    },
    setChaos(chaotic) {
      proxy.setChaos(chaotic);
      cutting.setChaos(chaotic);
    },
    async dispose() {
      await proxy.dispose();
      await cutting.dispose();
    },
  };
}
