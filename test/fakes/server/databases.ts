import { describe, inject } from 'vitest';
import type { DatabaseOptions } from '../../../src/server/store/index.ts';
import { createDatabase } from './postgres.ts';

/** What `createFakeSchool` and the store are told of a new database; without one: SQLite in a folder of its own. */
interface NewDatabase {
  readonly database?: DatabaseOptions;
}

/**
 * Runs the same tests on every database the server knows. `open` gives one with tables and nothing in them, or
 * without even tables if `bare`.
 */
export function onEveryDatabase(
  name: string,
  tests: (open: (options?: { readonly bare?: boolean }) => Promise<NewDatabase>) => void,
): void {
  describe(`${name}, on SQLite`, () => tests(async () => ({})));
  describe(`${name}, on PostgreSQL`, () =>
    tests(async ({ bare = false } = {}) => ({ database: await createPostgresDatabase({ bare }) })));
}

/** A database on the PostgreSQL that all test files share: `test/setup/postgres.ts`. */
export async function createPostgresDatabase({ bare = false } = {}): Promise<DatabaseOptions> {
  const { adminUrl, templateUrl } = inject('postgres');
  const url = await createDatabase(adminUrl, bare ? undefined : templateUrl);
  return { kind: 'postgres', url, poolSize: 4 };
}
