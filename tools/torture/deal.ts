import type { TorturedAgent } from './agentProcess.ts';
import type { ChaosProxy } from './chaosProxy.ts';
import type { TortureOptions } from './judge.ts';
import { pause } from './pause.ts';
import type { Blow } from './schedule.ts';
import type { TorturedServer } from './schoolServer.ts';

/** Who is on the stage. */
export interface Stage {
  readonly server: TorturedServer;
  readonly proxy: ChaosProxy;
  readonly agents: readonly TorturedAgent[];
}

export interface BlowCounts {
  agentKills: number;
  serverKills: number;
  fullDisks: number;
  clockJumps: number;
  policyChanges: number;
}

/** Deals each blow at its instant; what a blow has to undo later is undone before this resolves. */
export async function deal(
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
    say(`${(blow.atMs / 1_000).toFixed(1)} s  ${describe(blow)}`);
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
