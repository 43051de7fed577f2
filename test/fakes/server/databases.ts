import { afterAll, beforeAll, describe } from 'vitest';
import type { DatabaseOptions } from '../../../src/server/store/index.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/**
 * Runs the same tests on every database the server knows. `open` gives an empty one; undefined: SQLite in the
 * school's own folder.
 */
export function onEveryDatabase(
  name: string,
  tests: (open: () => Promise<DatabaseOptions | undefined>) => void,
): void {
  describe(`${name}, on SQLite`, () => tests(async () => undefined));
  describe(`${name}, on PostgreSQL`, () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startPostgres({ synced: false });
    });
    afterAll(() => postgres.stop());
    tests(async () => ({ kind: 'postgres', url: await postgres.createDatabase(), poolSize: 4 }));
  });
}
