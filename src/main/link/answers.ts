import { z } from 'zod';
import { epochMsSchema, errorResponseSchema } from '#contract';
import { parseJson } from '#kernel';
import type { HttpOutcome, LinkOutcome } from '../ports/index.ts';

type Answer = Extract<HttpOutcome, { kind: 'answered' }>;

const timedBody = z.object({ serverTime: epochMsSchema });

/** Longer waits than this are not believed: a broken proxy must not silence a device for days. */
const MAX_RETRY_AFTER_MS = 3_600_000;

export interface ReadAnswer {
  readonly outcome: LinkOutcome;
  /** Signed anew, the same request may do: the clock was wrong, or a proxy sent it twice. */
  readonly retry: boolean;
}

/** Puts an answer into the terms a stage decides by. */
export function readAnswer(answer: Answer): ReadAnswer {
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return final({ kind: 'ok', status, body, etag: headers.etag ?? null });
  if (status === 304) return final({ kind: 'not_modified' });
  const told = errorResponseSchema.safeParse(parseJson(new TextDecoder().decode(body)));
  const code = told.data?.error.code ?? null;
  if (status === 429 || status >= 500) {
    return final({ kind: 'busy', status, retryAfterMs: retryAfter(headers['retry-after']) });
  }
  if (code === 'clock_skew' || code === 'replayed') {
    // Of the request, not of the device: if the second try meets it too, there will be a better moment.
    return { outcome: { kind: 'busy', status, retryAfterMs: null }, retry: true };
  }
  if (status === 401 && code !== null) return final({ kind: 'refused', why: 'unauthorized' });
  if (code === 'device_revoked' || code === 'device_superseded')
    return final({ kind: 'refused', why: 'revoked' });
  if (status === 403 && code !== null) return final({ kind: 'refused', why: 'unauthorized' });
  return final({ kind: 'invalid', status, code });
}

/** The server's time: from the body where it stands there, else from the `Date` header, which is cut to seconds. */
export function serverTimeOf(answer: Answer): { readonly ms: number; readonly exactMs: number } | null {
  // A large body is a policy or a picture, which carry no time.
  const json = answer.body.length > 100_000 ? null : parseJson(new TextDecoder().decode(answer.body));
  const stated =
    timedBody.safeParse(json).data?.serverTime ?? errorResponseSchema.safeParse(json).data?.error.serverTime;
  if (stated !== undefined) return { ms: stated, exactMs: 0 };
  const date = Date.parse(answer.headers.date ?? '');
  return Number.isNaN(date) ? null : { ms: date + 500, exactMs: 5_000 };
}

function final(outcome: LinkOutcome): ReadAnswer {
  return { outcome, retry: false };
}

/** Whole seconds; the HTTP-date form is not used by our server and counts as none. */
function retryAfter(header: string | undefined): number | null {
  const seconds = Number(header);
  if (header === undefined || !Number.isFinite(seconds) || seconds < 0) return null;
  return Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS);
}
