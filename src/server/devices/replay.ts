import type { Clock } from '#kernel';
import type { Db } from '../store/index.ts';

/** Remembers the ids of request tokens until they have expired. */
export interface ReplayGuard {
  /** True the first time a token is seen, false ever after. */
  firstUse(tokenId: string, expiresAtMs: number): Promise<boolean>;
  /** Forgets what has expired. */
  prune(): Promise<void>;
}

/**
 * In memory: enough for the one process of SQLite. After a restart a request of the last two minutes could be
 * replayed once; all of them are idempotent.
 */
export function createMemoryReplayGuard({ clock }: { readonly clock: Pick<Clock, 'now'> }): ReplayGuard {
  const seen = new Map<string, number>();
  return {
    async firstUse(tokenId, expiresAtMs) {
      if (seen.has(tokenId)) return false;
      seen.set(tokenId, expiresAtMs);
      return true;
    },
    async prune() {
      const now = clock.now();
      for (const [tokenId, expiresAtMs] of seen) if (expiresAtMs < now) seen.delete(tokenId);
    },
  };
}

/** In the database, for several processes on one PostgreSQL: a replay at another process is seen as well. */
export function createSharedReplayGuard(deps: {
  readonly db: Db;
  readonly clock: Pick<Clock, 'now'>;
}): ReplayGuard {
  const { db, clock } = deps;
  return {
    async firstUse(tokenId, expiresAtMs) {
      const inserted = await db
        .insertInto('request_tokens')
        .values({ jti: tokenId, expires_at: expiresAtMs })
        .onConflict((conflict) => conflict.column('jti').doNothing())
        .returning('jti')
        .executeTakeFirst();
      return inserted !== undefined;
    },
    async prune() {
      await db.deleteFrom('request_tokens').where('expires_at', '<', clock.now()).execute();
    },
  };
}
