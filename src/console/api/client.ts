import { z } from 'zod';
import {
  BACKGROUND_HEADER,
  CONSOLE_PATHS,
  CSRF_HEADER,
  type Device,
  type decisionRequestSchema,
  deviceSchema,
  type ItemResponse,
  itemResponseSchema,
  type Me,
  meSchema,
  type QueueResponse,
  queueItemSchema,
  queueResponseSchema,
  signInRequestSchema,
} from '#contract';
import type { Disposable } from '#kernel';
import { err, ok, type Result } from '#kernel';
import type { Failure } from './failure.ts';

export type Decision = z.infer<typeof decisionRequestSchema>;
export type Show = 'open' | 'closed';

/** One page of the queue. `unreadable` also counts items this console could not parse: they are told, never dropped. */
export type QueuePage = QueueResponse;

const rateLimitWaitMs = 60_000;
const pageSchema = queueResponseSchema.extend({ items: z.array(z.unknown()) });
const devicesSchema = z.object({ devices: z.array(deviceSchema) });

type Answer<Value> = Promise<Result<Value, Failure>>;

/**
 * Whether a person asked for it just now, or the console did by itself (after an event, by the clock). Only the
 * former keeps the session alive and counts as another look.
 */
export type Cause = 'person' | 'background';

interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  cause?: Cause;
  body?: unknown;
}

/** Everything the console asks of the server. */
export interface ConsoleApi {
  me(): Answer<Me>;
  signIn(username: string, password: string): Answer<Me>;
  signOut(): Answer<null>;
  /** Somebody is at the keyboard although nothing was asked for: keeps the session alive. */
  touch(): Answer<null>;
  queue(show: Show, after: string | null, cause: Cause): Answer<QueuePage>;
  item(id: string, cause: Cause): Answer<ItemResponse>;
  /** Decides, and answers the item as it then stands. */
  decide(id: string, decision: Decision): Answer<ItemResponse>;
  devices(): Answer<Device[]>;
  /** Address of the opened screenshot. Asking for it is written in the audit trail. */
  screenshotUrl(id: string): string;
  /** Told whenever an answer says that the session has ended. */
  onSignedOut(listener: () => void): Disposable;
}

/** Makes the client. `fetch` is the browser's own, injected so that tests can stand in for the server. */
export function createConsoleApi(deps: { fetch: typeof fetch }): ConsoleApi {
  const listeners = new Set<() => void>();

  async function ask<Value>(request: Request, parse: (body: unknown) => Value): Answer<Value> {
    const response = await send(request);
    if (response === null) return err({ kind: 'offline' });
    if (!response.ok) return err(failureFor(response));
    const parsed = await readBody(response, parse);
    return parsed === undefined ? err({ kind: 'unreadable' }) : ok(parsed.value);
  }

  async function send({ method, path, cause, body }: Request): Promise<Response | null> {
    const headers: Record<string, string> = { accept: 'application/json', [CSRF_HEADER]: '1' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (cause === 'background') headers[BACKGROUND_HEADER] = '1';
    try {
      return await deps.fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      return null;
    }
  }

  /** The session's own endpoint answers 401 as part of signing in; anywhere else it means that the session ended. */
  async function askSignedIn<Value>(request: Request, parse: (body: unknown) => Value): Answer<Value> {
    const result = await ask(request, parse);
    if (!result.ok && result.error.kind === 'signed_out') for (const listener of listeners) listener();
    return result;
  }

  const session = CONSOLE_PATHS.session;
  const item = (id: string, cause: Cause) =>
    askSignedIn({ method: 'GET', path: itemPath(id), cause }, (body) => itemResponseSchema.parse(body));

  return {
    me: () => ask({ method: 'GET', path: session }, (body) => meSchema.parse(body)),
    async signIn(username, password) {
      const body = signInRequestSchema.parse({ username, password });
      const result = await ask({ method: 'POST', path: session, body }, (answer) => meSchema.parse(answer));
      return !result.ok && result.error.kind === 'signed_out' ? err({ kind: 'wrong_password' }) : result;
    },
    signOut: () => ask({ method: 'DELETE', path: session }, () => null),
    touch: () => askSignedIn({ method: 'PUT', path: session }, () => null),
    queue(show, after, cause) {
      const query = new URLSearchParams({ show, limit: '200', ...(after === null ? {} : { after }) });
      return askSignedIn({ method: 'GET', path: `${CONSOLE_PATHS.queue}?${query}`, cause }, parsePage);
    },
    item,
    async decide(id, decision) {
      const path = `${itemPath(id)}/decision`;
      const result = await askSignedIn({ method: 'POST', path, body: decision }, () => null);
      return result.ok ? item(id, 'background') : result;
    },
    devices: () =>
      askSignedIn(
        { method: 'GET', path: CONSOLE_PATHS.devices },
        (body) => devicesSchema.parse(body).devices,
      ),
    screenshotUrl: (id) => `${itemPath(id)}/screenshot`,
    onSignedOut(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}

function itemPath(id: string): string {
  return `${CONSOLE_PATHS.items}/${encodeURIComponent(id)}`;
}

function parsePage(body: unknown): QueuePage {
  const page = pageSchema.parse(body);
  const parsed = page.items.map((item) => queueItemSchema.safeParse(item));
  const items = parsed.flatMap((result) => (result.success ? [result.data] : []));
  return { ...page, items, unreadable: page.unreadable + parsed.length - items.length };
}

async function readBody<Value>(
  response: Response,
  parse: (body: unknown) => Value,
): Promise<{ value: Value } | undefined> {
  try {
    return { value: parse(response.status === 204 ? null : await response.json()) };
  } catch {
    return undefined;
  }
}

function failureFor(response: Response): Failure {
  switch (response.status) {
    case 401:
      return { kind: 'signed_out' };
    case 403:
      return { kind: 'forbidden' };
    case 404:
      return { kind: 'not_found' };
    case 409:
      return { kind: 'state_changed' };
    case 429: {
      const seconds = Number(response.headers.get('retry-after'));
      return { kind: 'rate_limited', retryAfterMs: seconds > 0 ? seconds * 1000 : rateLimitWaitMs };
    }
    default:
      return { kind: 'server', status: response.status };
  }
}
