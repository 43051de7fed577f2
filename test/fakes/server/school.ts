import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Role } from '#contract';
import {
  createAccountAdministration,
  createAccounts,
  createPasswords,
} from '../../../src/server/accounts/index.ts';
import { type AppOptions, buildApp } from '../../../src/server/app.ts';
import { createAudit } from '../../../src/server/audit/index.ts';
import { createEnrolment } from '../../../src/server/devices/index.ts';
import { createKeys, createMasterKey } from '../../../src/server/keys/index.ts';
import { createRandom } from '../../../src/server/platform/random.ts';
import { firstPolicy, writePolicy } from '../../../src/server/policy/index.ts';
import { type DatabaseOptions, openStore, type Store } from '../../../src/server/store/index.ts';
import { createFakeTimers, type FakeTimers } from '../timers.ts';
import { createFakeAgent, type FakeAgent } from './agent.ts';
import { createFakeConsole, type FakeConsole } from './console.ts';

export interface FakeSchoolOptions {
  /** Without one: SQLite in a folder of its own. */
  readonly database?: DatabaseOptions;
  readonly folder?: string;
  readonly timers?: FakeTimers;
  readonly app?: Partial<AppOptions>;
  readonly masterKey?: Uint8Array;
  /** Nothing is committed before it resolves: a disk that hangs. */
  readonly holdCommits?: Promise<void>;
}

export const FAKE_MASTER_KEY = new Uint8Array(32).fill(7);

/** A whole school in memory time: a real store, the real application, made-up people and devices. */
export async function createFakeSchool(options: FakeSchoolOptions = {}) {
  const ownFolder = options.folder === undefined;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'lapwing-server-')));
  const timers = options.timers ?? createFakeTimers();
  const random = createRandom();
  const logLines: string[] = [];
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void logLines.push(line) });
  const failures: unknown[] = [];
  const store = await openStore(
    { timers, random, onFailure: (failure) => void failures.push(failure) },
    {
      database: options.database ?? { kind: 'sqlite', path: join(folder, 'lapwing.db') },
      blobs: { kind: 'disk', folder: join(folder, 'blobs') },
    },
  );
  const audit = createAudit({ clock: timers, random });
  const master = createMasterKey({ random }, options.masterKey ?? FAKE_MASTER_KEY);
  const known = await store.db.selectFrom('keys').select('id').limit(1).executeTakeFirst();
  if (known === undefined) {
    await store.db.transaction().execute(async (trx) => {
      await createKeys({ clock: timers, random }, trx, master);
      await writePolicy(
        { clock: timers, audit },
        trx,
        firstPolicy({ name: 'Brook Primary', timeZone: 'Europe/London' }),
      );
    });
  }
  const { holdCommits } = options;
  const held: Store =
    holdCommits === undefined
      ? store
      : {
          ...store,
          commits: {
            ...store.commits,
            run: (key, job) => holdCommits.then(() => store.commits.run(key, job)),
          },
        };
  const built = await buildApp(
    { store: held, timers, random, log, readMasterKey: async () => master },
    { version: '0.0.0-test', consoleFolder: null, tls: null, trustProxy: false, ...options.app },
  );
  if (!built.ok) throw new Error(built.error.kind);
  const app = built.value;
  // Cheap hashes: a stored hash says its cost, so the application checks them as cheaply.
  const passwords = createPasswords({ random }, { memoryKib: 64, passes: 1 });
  const accounts = createAccounts({ store, audit, passwords, clock: timers, random });
  const administration = createAccountAdministration({ store, audit, passwords, clock: timers });
  const enrolment = createEnrolment({ store, bus: store.bus, audit, clock: timers, random });

  return {
    app,
    store,
    timers,
    random,
    audit,
    accounts,
    administration,
    enrolment,
    master,
    folder,
    logLines,
    failures,
    async agent(over: { machine?: string; hardwareId?: string } = {}): Promise<FakeAgent> {
      const token = await enrolment.createToken({
        site: 'Main',
        audience: 'KS2',
        lifetimeMs: 86_400_000,
        uses: 1,
      });
      return createFakeAgent({ app, timers, random }, { ...token, ...over });
    },
    /** Someone with this role, signed in. */
    async person(role: Role, username: string = role): Promise<FakeConsole> {
      const created = await accounts.create({ username, displayName: `Test ${username}`, role });
      if (!created.ok) throw new Error(created.error);
      const browser = createFakeConsole({ app });
      await browser.signIn(username, created.value.password);
      return browser;
    },
    async dispose() {
      await app.close();
      await store.dispose();
      if (ownFolder) await rm(folder, { recursive: true, force: true });
    },
  };
}
export type FakeSchool = Awaited<ReturnType<typeof createFakeSchool>>;
