import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Keeps an ordinary envelope (2.5 kB) in its row. PostgreSQL would try to compress it, which sealed bytes do not
 * allow, and then move it to a second table with an index of its own: more than half of the cost of an insert.
 */
export const envelopesInTheirRows: Migration = {
  async up(db: Kysely<unknown>) {
    if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
    await sql`alter table records set (toast_tuple_target = 8160)`.execute(db);
    await sql`alter table records alter column envelope set storage external`.execute(db);
  },
};
