import type { TestProject } from 'vitest/node';
import { createRandom } from '../../src/server/platform/random.ts';
import { openStore } from '../../src/server/store/index.ts';
import { startPostgres } from '../fakes/server/postgres.ts';
import { createFakeTimers } from '../fakes/timers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL of all test files; `templateUrl` is a database with the tables of a new school. */
    readonly postgres: { readonly adminUrl: string; readonly templateUrl: string };
  }
}

/** Starts one PostgreSQL for all test files, each test of which has a database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ synced: false });
  const templateUrl = await postgres.createDatabase();
  const store = await openStore(
    { timers: createFakeTimers(), random: createRandom(), onFailure: () => undefined },
    {
      database: { kind: 'postgres', url: templateUrl, poolSize: 1 },
      blobs: { kind: 'disk', folder: '/nowhere' },
    },
  );
  await store.dispose();
  project.provide('postgres', { adminUrl: postgres.adminUrl, templateUrl });
  return () => postgres.stop();
}
