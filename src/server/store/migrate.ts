import { type Migration, Migrator } from 'kysely/migration';
import { foundation } from './migrations/0001-foundation.ts';
import { settings } from './migrations/0002-settings.ts';
import { accountState } from './migrations/0003-account-state.ts';
import { envelopesInTheirRows } from './migrations/0004-envelopes-in-their-rows.ts';
import type { Db } from './tables.ts';

/** Every change of the schema, in order: one numbered file each, never edited once released. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-settings': settings,
  '0003-account-state': accountState,
  '0004-envelopes-in-their-rows': envelopesInTheirRows,
};

/**
 * Brings the database to the newest schema. Safe when several servers start at once. Throws when a step
 * fails: a server with half a schema must not start.
 */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
