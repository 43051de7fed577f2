import { AGENT_PATHS, type HealthItem, type Heartbeat, heartbeatResponseSchema } from '#contract';
import { type Disposable, parseJson, type Timers } from '#kernel';
import type { Random, ServerLink } from '../ports/index.ts';

export interface HeartbeatDeps {
  readonly link: Pick<ServerLink, 'send'>;
  readonly timers: Pick<Timers, 'after'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly agentVersion: string;
  readonly policyVersions: () => { readonly received: number; readonly applied: number };
  readonly health: () => readonly HealthItem[];
  readonly queue: () => Heartbeat['queue'];
  /** The ETag of the policy the server has for this device. */
  readonly onPolicyEtag: (etag: string) => void;
}

const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 20_000;

/**
 * Tells the server once a minute that this device is alive, how it is, and what waits. A tenth of the interval is
 * left to chance, so that a school's devices do not all speak at the same second.
 */
export function startHeartbeat(deps: HeartbeatDeps): { dispose(): Promise<void> } {
  const { link, timers, random } = deps;
  const stop = new AbortController();
  let beating: Promise<void> = Promise.resolve();
  let next: Disposable | null = null;
  beat();

  function beat(): void {
    beating = send().then(() => {
      if (stop.signal.aborted) return;
      next = timers.after(INTERVAL_MS * (0.95 + random.fraction() / 10), beat);
    });
  }

  async function send(): Promise<void> {
    const { received, applied } = deps.policyVersions();
    const heartbeat: Heartbeat = {
      agentVersion: deps.agentVersion,
      policyReceived: received,
      policyApplied: applied,
      health: deps.health().slice(0, 100),
      queue: deps.queue(),
    };
    const outcome = await link.send({
      method: 'POST',
      path: AGENT_PATHS.heartbeat,
      body: new TextEncoder().encode(JSON.stringify(heartbeat)),
      timeoutMs: TIMEOUT_MS,
      signal: stop.signal,
    });
    if (outcome.kind !== 'ok') return;
    const answer = heartbeatResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
    if (answer.success) deps.onPolicyEtag(answer.data.policyEtag);
  }

  return {
    async dispose() {
      stop.abort();
      void next?.dispose();
      await beating;
    },
  };
}
