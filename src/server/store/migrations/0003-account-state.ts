import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Accounts can be disabled: kept for the audit trail, but nobody signs in with them. */
export const accountState: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('accounts').addColumn('disabled_at', 'bigint').execute();
  },
};
