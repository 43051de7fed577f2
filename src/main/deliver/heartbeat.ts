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

export interface HeartbeatSender {
  /** Something changed that the server should hear of soon: the next beat comes within ten seconds. */
  soon(): void;
  dispose(): Promise<void>;
}

const INTERVAL_MS = 60_000;
/** After a beat that got no answer. */
const RETRY_MS = 15_000;
/** A whole school's devices change at once: they speak spread over this time. */
const SOON_MS = 10_000;
const TIMEOUT_MS = 20_000;

/**
 * Tells the server once a minute that this device is alive, how it is, and what waits. A tenth of the interval is
 * left to chance, so that a school's devices do not all speak at the same second.
 */
export function startHeartbeat(deps: HeartbeatDeps): HeartbeatSender {
  const { link, timers, random } = deps;
  const stop = new AbortController();
  let beating: Promise<void> = Promise.resolve();
  let next: Disposable | null = null;
  let hurried = false;
  beat();

  function beat(): void {
    next = null;
    hurried = false;
    beating = send().then((waitMs) => plan(hurried ? SOON_MS * random.fraction() : waitMs));
  }

  function plan(delayMs: number): void {
    void next?.dispose();
    if (!stop.signal.aborted) next = timers.after(delayMs, beat);
  }

  /** Beats once; gives the wait until the next. */
  async function send(): Promise<number> {
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
    const jitter = 0.95 + random.fraction() / 10;
    if (outcome.kind === 'busy') return Math.max(outcome.retryAfterMs ?? 0, RETRY_MS) * jitter;
    if (outcome.kind === 'unreachable') return RETRY_MS * jitter;
    if (outcome.kind !== 'ok') return INTERVAL_MS * jitter;
    const answer = heartbeatResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
    if (answer.success) deps.onPolicyEtag(answer.data.policyEtag);
    return INTERVAL_MS * jitter;
  }

  return {
    soon() {
      if (hurried) return;
      hurried = true;
      // A beat on its way may carry the old state: then the next one follows soon.
      if (next !== null) plan(SOON_MS * random.fraction());
    },
    async dispose() {
      stop.abort();
      void next?.dispose();
      await beating;
    },
  };
}
