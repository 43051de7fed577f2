import type { TorturedAgent } from './agentProcess.ts';
import type { Network } from './network.ts';
import { pause } from './pause.ts';
import { bringPolicyByFolder } from './policyFolder.ts';
import type { Blow, TortureOptions } from './schedule.ts';
import type { TorturedServer } from './schoolServer.ts';

/** Who is on the stage. */
export interface Stage {
  readonly server: TorturedServer;
  readonly network: Network;
  readonly agents: readonly TorturedAgent[];
}

export interface BlowCounts {
  agentKills: number;
  serverKills: number;
  fullDisks: number;
  clockJumps: number;
  serverClockJumps: number;
  policyChanges: number;
}

/** An agent that was killed on a full disk is started again so soon, while the disk is full. */
const RESTART_ON_FULL_MS = 200;

/** Deals each blow at its instant; what a blow has to undo later is undone before this resolves. */
export async function deal(
  blows: readonly Blow[],
  stage: Stage & Pick<TortureOptions, 'durationMs' | 'say'>,
): Promise<BlowCounts> {
  const { server, network, agents, say } = stage;
  const counts: BlowCounts = {
    agentKills: 0,
    serverKills: 0,
    fullDisks: 0,
    clockJumps: 0,
    serverClockJumps: 0,
    policyChanges: 1,
  };
  const startMs = performance.now();
  const aftermath: Promise<void>[] = [];
  const failures: unknown[] = [];
  let serverDown = false;

  async function dealOne(blow: Blow): Promise<void> {
    switch (blow.kind) {
      case 'kill-agent': {
        const agent = agents[blow.agent];
        if (agent !== undefined) await killAgent(agent, blow.restartAfterMs);
        return;
      }
      case 'kill-server':
        if (serverDown) return;
        serverDown = true;
        network.setTarget(null);
        await server.kill();
        counts.serverKills += 1;
        await pause(blow.restartAfterMs);
        network.setTarget(await server.start());
        say(`${((performance.now() - startMs) / 1_000).toFixed(1)} s  the server is up again`);
        serverDown = false;
        return;
      case 'full-disk':
        return fillDisk(blow);
      case 'jump-clock':
        agents[blow.agent]?.jumpClock(blow.byMs);
        counts.clockJumps += 1;
        return;
      case 'jump-server-clock':
        server.jumpClock(blow.byMs);
        counts.serverClockJumps += 1;
        return;
      case 'new-policy':
        network.cutPolicies();
        await server.setPolicy();
        counts.policyChanges += 1;
        return bringPolicyByFolder(server, agents);
    }
  }

  async function killAgent(agent: TorturedAgent, restartAfterMs: number): Promise<void> {
    if (!(await agent.kill())) return;
    counts.agentKills += 1;
    await pause(restartAfterMs);
    await agent.start();
  }

  async function fillDisk(blow: Extract<Blow, { kind: 'full-disk' }>): Promise<void> {
    const agent = agents[blow.agent];
    if (agent === undefined || !(await agent.disk.fill(blow.greedy))) return;
    counts.fullDisks += 1;
    const { killAfterMs, lastsMs } = blow;
    if (killAfterMs === null) await pause(lastsMs);
    else {
      await pause(killAfterMs);
      await killAgent(agent, RESTART_ON_FULL_MS);
      const restMs = (lastsMs - killAfterMs) / 2;
      await pause(restMs);
      // Where nothing it gives up makes room, a second time: what the first life left must do for a third.
      if (blow.greedy) await killAgent(agent, RESTART_ON_FULL_MS);
      await pause(restMs);
    }
    await agent.disk.empty();
  }

  for (const blow of blows) {
    await pause(startMs + blow.atMs - performance.now());
    say(`${(blow.atMs / 1_000).toFixed(1)} s  ${describe(blow)}`);
    aftermath.push(
      dealOne(blow).catch((failure: unknown) => {
        failures.push(failure);
      }),
    );
  }
  await pause(startMs + stage.durationMs - performance.now());
  await Promise.all(aftermath);
  if (failures.length > 0) throw failures[0];
  return counts;
}

function describe(blow: Blow): string {
  const { atMs: _at, kind, ...rest } = blow;
  return `${kind} ${Object.entries(rest)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
}
