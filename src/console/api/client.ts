import { z } from 'zod';
import {
  CONSOLE_PATHS,
  CSRF_HEADER,
  type Device,
  decisionRequestSchema,
  deviceSchema,
  type ItemResponse,
  itemResponseSchema,
  type Me,
  meSchema,
  type QueueItem,
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

/** One page of the queue. `unreadable` counts items this console could not parse: they are told, never dropped. */
export type QueuePage = Omit<QueueResponse, 'items'> & { items: QueueItem[]; unreadable: number };

const rateLimitWaitMs = 60_000;
const pageSchema = queueResponseSchema.extend({ items: z.array(z.unknown()) });
const devicesSchema = z.object({ devices: z.array(deviceSchema) });

type Answer<Value> = Promise<Result<Value, Failure>>;

/** Everything the console asks of the server. */
export interface ConsoleApi {
  me(): Answer<Me>;
  signIn(username: string, password: string): Answer<Me>;
  signOut(): Answer<null>;
  queue(show: Show, after: string | null): Answer<QueuePage>;
  item(id: string): Answer<ItemResponse>;
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

  async function ask<Value>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    parse: (body: unknown) => Value,
    body?: unknown,
  ): Answer<Value> {
    const response = await send(method, path, body);
    if (response === null) return err({ kind: 'offline' });
    if (!response.ok) return err(failureFor(response));
    const parsed = await readBody(response, parse);
    return parsed === undefined ? err({ kind: 'unreadable' }) : ok(parsed.value);
  }

  async function send(method: string, path: string, body: unknown): Promise<Response | null> {
    const headers: Record<string, string> = { accept: 'application/json', [CSRF_HEADER]: '1' };
    if (body !== undefined) headers['content-type'] = 'application/json';
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
  async function askSignedIn<Value>(...args: Parameters<typeof ask<Value>>): Answer<Value> {
    const result = await ask(...args);
    if (!result.ok && result.error.kind === 'signed_out') for (const listener of listeners) listener();
    return result;
  }

  return {
    me: () => ask('GET', CONSOLE_PATHS.session, (body) => meSchema.parse(body)),
    async signIn(username, password) {
      const request = signInRequestSchema.parse({ username, password });
      const result = await ask('POST', CONSOLE_PATHS.session, (body) => meSchema.parse(body), request);
      return !result.ok && result.error.kind === 'signed_out' ? err({ kind: 'wrong_password' }) : result;
    },
    signOut: () => ask('DELETE', CONSOLE_PATHS.session, () => null),
    queue(show, after) {
      const query = new URLSearchParams({ show, limit: '200', ...(after === null ? {} : { after }) });
      return askSignedIn('GET', `${CONSOLE_PATHS.queue}?${query}`, parsePage);
    },
    item: (id) => askSignedIn('GET', itemPath(id), (body) => itemResponseSchema.parse(body)),
    decide: (id, decision) =>
      askSignedIn('POST', `${itemPath(id)}/decision`, (body) => itemResponseSchema.parse(body), decision),
    devices: () => askSignedIn('GET', CONSOLE_PATHS.devices, (body) => devicesSchema.parse(body).devices),
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
  return { ...page, items, unreadable: parsed.length - items.length };
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
