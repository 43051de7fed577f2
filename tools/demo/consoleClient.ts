import {
  BACKGROUND_HEADER,
  CONSOLE_PATHS,
  CSRF_HEADER,
  type ItemResponse,
  itemResponseSchema,
  type QueueItem,
  queueResponseSchema,
} from '#contract';

/** The console's own API, as the demo needs it. */
export interface ConsoleClient {
  /** Everything there is, decided or not. */
  items(): Promise<QueueItem[]>;
  item(id: string): Promise<ItemResponse>;
  screenshot(id: string): Promise<{ mediaType: string; bytes: Buffer }>;
  /** Yields once the live stream is open, then at each thing that happened; never polls. */
  changes(signal: AbortSignal): AsyncGenerator<void>;
}

const QUEUE_LIMIT = 200;

/** Signs in as a person does. */
export async function signIn(
  url: string,
  account: { username: string; password: string },
): Promise<ConsoleClient> {
  const answer = await fetch(url + CONSOLE_PATHS.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [CSRF_HEADER]: '1' },
    body: JSON.stringify(account),
  });
  if (!answer.ok) throw new Error(`signing in as ${account.username} was answered ${answer.status}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

  async function get(path: string, signal?: AbortSignal): Promise<Response> {
    const headers = { cookie, [BACKGROUND_HEADER]: '1' };
    const response = await fetch(url + path, { headers, ...(signal === undefined ? {} : { signal }) });
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}`);
    return response;
  }

  return {
    async items() {
      const response = await get(`${CONSOLE_PATHS.queue}?show=all&limit=${QUEUE_LIMIT}`);
      return queueResponseSchema.parse(await response.json()).items;
    },
    async item(id) {
      return itemResponseSchema.parse(await (await get(`${CONSOLE_PATHS.items}/${id}`)).json());
    },
    async screenshot(id) {
      const response = await get(`${CONSOLE_PATHS.items}/${id}/screenshot`);
      const mediaType = response.headers.get('content-type') ?? '';
      return { mediaType, bytes: Buffer.from(await response.arrayBuffer()) };
    },
    async *changes(signal) {
      const response = await get(CONSOLE_PATHS.events, signal);
      yield;
      for await (const _chunk of response.body ?? []) yield;
    },
  };
}

/**
 * Waits until `find` gives something, looking after each event of the live stream.
 *
 * @throws after `deadlineMs`, naming `what` was awaited
 */
export async function arrival<Value>(
  client: ConsoleClient,
  what: string,
  deadlineMs: number,
  find: () => Promise<Value | null>,
): Promise<Value> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const enough = new AbortController();
  try {
    for await (const _ of client.changes(AbortSignal.any([deadline, enough.signal]))) {
      const found = await find();
      if (found !== null) return found;
    }
  } catch (failure) {
    if (!deadline.aborted) throw failure;
  } finally {
    enough.abort();
  }
  throw new Error(`${what} did not arrive within ${deadlineMs / 1000} s`);
}
