import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Timers } from '#kernel';
import { type Bus, createLocalBus, type ServerEvent, serverEventSchema } from './bus.ts';
import type { Tables } from './tables.ts';

const CHANNEL = 'lapwing';
const RECONNECT_MS = 1_000;
const INT8 = 20;

/** Counts and times fit a double exactly (below 2^53); the default would hand out strings. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8
      ? (value: string) => Number(value)
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** What another server said; from one of another version that this one does not know: that something changed. */
function readEvent(payload: string | undefined): ServerEvent {
  try {
    return serverEventSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return { kind: 'changed' };
  }
}

/** Opens a pool of connections. `onFailure` hears of idle connections that broke; the pool replaces them. */
export function openPostgres(
  url: string,
  options: { readonly poolSize: number; readonly onFailure: (failure: unknown) => void },
): { readonly db: Kysely<Tables>; readonly pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: options.poolSize, types });
  pool.on('error', options.onFailure);
  return { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), pool };
}

/**
 * A bus over LISTEN/NOTIFY, so that several servers on one database behave as one. When the listening
 * connection breaks it is made again after a second, and `changed` says that something may have been missed.
 */
export async function createPostgresBus(
  deps: { readonly pool: pg.Pool; readonly timers: Pick<Timers, 'after'> },
  options: { readonly url: string; readonly onFailure: (failure: unknown) => void },
): Promise<Bus & { dispose(): Promise<void> }> {
  const local = createLocalBus(options.onFailure);
  let client: pg.Client | undefined;
  let disposed = false;
  /** One after the other: on two connections of the pool a later event could overtake an earlier one. */
  let lastNotice: Promise<unknown> = Promise.resolve();

  async function listen(): Promise<void> {
    const next = new pg.Client({ connectionString: options.url });
    next.on('notification', ({ payload }) => {
      local.publish(readEvent(payload));
    });
    next.on('error', () => undefined);
    next.on('end', () => {
      if (!disposed) deps.timers.after(RECONNECT_MS, reconnect);
    });
    await next.connect();
    await next.query(`LISTEN ${CHANNEL}`);
    client = next;
  }
  function reconnect(): void {
    if (disposed) return;
    listen().then(
      () => local.publish({ kind: 'changed' }),
      (failure: unknown) => {
        options.onFailure(failure);
        deps.timers.after(RECONNECT_MS, reconnect);
      },
    );
  }

  await listen();
  return {
    publish(...events) {
      if (events.length === 0) return;
      const payloads = events.map((event) => JSON.stringify(event));
      const notify = () =>
        deps.pool.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
          CHANNEL,
          payloads,
        ]);
      lastNotice = lastNotice.then(notify).catch(options.onFailure);
    },
    subscribe: local.subscribe,
    async dispose() {
      disposed = true;
      await lastNotice;
      await client?.end();
    },
  };
}
