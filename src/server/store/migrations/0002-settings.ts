import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What the server knows of itself and every process on the database must agree on, by name. */
export const settings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('settings')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', 'text', (c) => c.notNull())
      .execute();
  },
};
