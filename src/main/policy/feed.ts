/**
 * Brings policies to the keeper: from the server, at start, when it says that there is another one (server-sent
 * events, and the ETag of each heartbeat), and every quarter of an hour in case neither was heard; and from a folder,
 * for sites without a line to the server. It never waits for the keeper, which may compile rules for seconds: a newer
 * policy that comes meanwhile must reach it at once.
 */
import { AGENT_PATHS, agentEventSchema, policyResponseSchema } from '#contract';
import { type Disposable, parseJson, type Timers } from '#kernel';
import type { Files, Log, Random, ServerLink } from '../ports/index.ts';
import type { PolicyKeeper, PolicySource } from './keeper.ts';

export interface PolicyFeedDeps {
  readonly link: Pick<ServerLink, 'send' | 'openEvents'>;
  readonly keeper: Pick<PolicyKeeper, 'offer'>;
  readonly files: Pick<Files, 'list' | 'read' | 'watch'>;
  readonly timers: Pick<Timers, 'after' | 'every' | 'monotonic'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface PolicyFeed {
  /** The ETag the server has for this device, as a heartbeat heard it. */
  heard(etag: string): void;
  dispose(): Promise<void>;
}

/** Signed policies are put here by hand or by a sync tool; the newest good one counts. Below the data folder. */
export const POLICY_FOLDER = 'policy-inbox';

const POLL_MS = 900_000;
const TIMEOUT_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 300_000;
/** When the keeper could not find out whether a policy can be put to work. */
const OFFER_AGAIN_MS = 300_000;
const RECONNECT_FIRST_MS = 1_000;
const RECONNECT_MAX_MS = 60_000;
/** A stream that stood so long was a good one: the next reconnect is quick again. */
const STEADY_MS = 30_000;

export function startPolicyFeed(deps: PolicyFeedDeps): PolicyFeed {
  const { link, keeper, files, timers, random, log } = deps;
  const stop = new AbortController();
  /** Of the policy that was offered, so that the same one is not fetched again. */
  let etag: string | null = null;
  let fetching: Promise<void> | null = null;
  let fetchAgain = false;
  /** After a failed fetch; what said that there is another policy may not say so again for long. */
  let retry: Disposable | null = null;
  let retryMs = RETRY_FIRST_MS;
  let reading: Promise<void> = Promise.resolve();
  /** Documents that the keeper has not answered yet. */
  const offers = new Set<Promise<void>>();
  let offerAgain: Disposable | null = null;
  let reconnect: Disposable | null = null;
  let reconnectMs = RECONNECT_FIRST_MS;

  const poll = timers.every(POLL_MS, fetchSoon);
  const folder = files.watch(POLICY_FOLDER, readFolder);
  readFolder();
  fetchSoon();
  listen();

  function fetchSoon(): void {
    if (stop.signal.aborted) return;
    void retry?.dispose();
    retry = null;
    if (fetching !== null) {
      fetchAgain = true;
      return;
    }
    fetching = fetchPolicy().finally(() => {
      fetching = null;
      if (!fetchAgain) return;
      fetchAgain = false;
      fetchSoon();
    });
  }

  async function fetchPolicy(): Promise<void> {
    const outcome = await link.send({
      method: 'GET',
      path: AGENT_PATHS.policy,
      body: null,
      ifNoneMatch: etag,
      timeoutMs: TIMEOUT_MS,
      signal: stop.signal,
    });
    if (stop.signal.aborted) return;
    if (outcome.kind === 'unreachable' || outcome.kind === 'busy') {
      fetchLater(outcome.kind === 'busy' ? outcome.retryAfterMs : null);
      return;
    }
    retryMs = RETRY_FIRST_MS;
    if (outcome.kind !== 'ok') return;
    const answer = policyResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
    if (!answer.success) {
      log.warn({}, 'the answer to the policy request is not one');
      return;
    }
    // Remembered even if it is not taken: it will not get better by being fetched again.
    etag = outcome.etag;
    offer(answer.data.policy, 'server');
  }

  function offer(signed: string, source: PolicySource): void {
    const offering = keeper.offer(signed, source).then((became) => {
      offers.delete(offering);
      if (became !== 'try_again' || stop.signal.aborted) return;
      void offerAgain?.dispose();
      offerAgain = timers.after(OFFER_AGAIN_MS, () => {
        etag = null;
        fetchSoon();
        readFolder();
      });
    });
    offers.add(offering);
  }

  /** With the server's own wait, or growing ones with jitter. */
  function fetchLater(retryAfterMs: number | null): void {
    void retry?.dispose();
    retry = timers.after(retryAfterMs ?? retryMs * (0.5 + random.fraction() / 2), fetchSoon);
    retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
  }

  function readFolder(): void {
    // A file that another program still holds is read with the next change.
    reading = reading
      .then(offerFolder)
      .catch((failure: unknown) => log.warn({ failure }, 'the policy folder could not be read'));
  }

  async function offerFolder(): Promise<void> {
    for (const name of await files.list(POLICY_FOLDER)) {
      if (stop.signal.aborted || !name.endsWith('.jws')) continue;
      const bytes = await files.read(`${POLICY_FOLDER}/${name}`);
      if (bytes !== null) offer(new TextDecoder().decode(bytes), 'folder');
    }
  }

  function listen(): void {
    const sinceMs = timers.monotonic();
    link.openEvents(AGENT_PATHS.events, stop.signal, {
      onEvent(name, data) {
        const event = agentEventSchema.safeParse(parseJson(data));
        if (name === 'policy' && event.success && event.data.etag !== etag) fetchSoon();
      },
      onEnd() {
        if (stop.signal.aborted) return;
        if (timers.monotonic() - sinceMs >= STEADY_MS) reconnectMs = RECONNECT_FIRST_MS;
        reconnect = timers.after(reconnectMs * (0.5 + random.fraction() / 2), listen);
        reconnectMs = Math.min(RECONNECT_MAX_MS, reconnectMs * 2);
      },
    });
  }

  return {
    heard(told) {
      if (told !== etag) fetchSoon();
    },
    async dispose() {
      stop.abort();
      void poll.dispose();
      void folder.dispose();
      void reconnect?.dispose();
      void retry?.dispose();
      await fetching;
      await reading;
      await Promise.all(offers);
      void offerAgain?.dispose();
    },
  };
}
