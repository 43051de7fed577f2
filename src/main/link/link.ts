import type { Timers } from '#kernel';
import { createRequestSigner, type SigningKey } from '#seal';
import type { Http, LinkRequest, Random, ServerLink } from '../ports/index.ts';
import { readAnswer, serverTimeOf } from './answers.ts';
import { createServerClock } from './serverClock.ts';

export interface LinkDeps {
  /** Made for the school's CA, if it has its own. */
  readonly http: Http;
  readonly timers: Pick<Timers, 'now' | 'monotonic'>;
  readonly random: Pick<Random, 'id'>;
}

export interface LinkIdentity {
  readonly deviceId: string;
  readonly deviceKey: Pick<SigningKey, 'privateKey'>;
  readonly serverUrl: string;
}

/**
 * Makes the signed line to the school's server. A request that is refused because this machine's clock is wrong is
 * signed again by the server's time, once; the stages never see it.
 */
export function createServerLink(deps: LinkDeps, identity: LinkIdentity): ServerLink {
  const { http, timers, random } = deps;
  const clock = createServerClock(timers);
  const sign = createRequestSigner({ clock, newId: () => random.id() }, identity);
  const base = identity.serverUrl.replace(/\/+$/, '');

  async function headersFor(
    request: Pick<LinkRequest, 'method' | 'path' | 'body'>,
  ): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await sign(request)}` };
  }

  async function once(request: LinkRequest) {
    const headers = await headersFor(request);
    if (request.body !== null) headers['content-type'] = request.contentType ?? 'application/json';
    if (request.ifNoneMatch != null) headers['if-none-match'] = request.ifNoneMatch;
    const { method, path, body, timeoutMs, signal } = request;
    const answer = await http.send({ method, url: base + path, headers, body, timeoutMs, signal });
    if (answer.kind === 'unreachable') return { outcome: answer, retry: false };
    const time = serverTimeOf(answer);
    if (time !== null) clock.learn(time.ms, time.exactMs);
    return readAnswer(answer);
  }

  return {
    async send(request) {
      const first = await once(request);
      return first.retry ? (await once(request)).outcome : first.outcome;
    },
    openEvents(path, signal, listener) {
      void headersFor({ method: 'GET', path, body: null }).then((headers) =>
        http.openEvents({ url: base + path, headers, signal }, listener),
      );
    },
  };
}
