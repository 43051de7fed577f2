import { type Clock, type Disposable, err, ok, type Result, type Timers } from '#kernel';
import { exists } from '../platform/files.ts';
import type { Random } from '../platform/random.ts';
import { createDiskBlobs } from './blobs/disk.ts';
import { createS3Blobs, type S3Options } from './blobs/s3.ts';
import type { BlobStore } from './blobs/types.ts';
import { type Bus, createLocalBus } from './bus.ts';
import { createGroupCommit, type GroupCommit } from './groupCommit.ts';
import { migrate } from './migrate.ts';
import { createPostgresBus, openPostgres } from './postgres.ts';
import { openSqlite, type SqliteHandle } from './sqlite.ts';
import type { DatabaseKind, Db } from './tables.ts';

export type DatabaseOptions =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly poolSize: number };
export type BlobOptions =
  | { readonly kind: 'disk'; readonly folder: string }
  | ({ readonly kind: 's3' } & S3Options);

/** Everything that lasts: the database, the sealed screenshots, and the way processes on it hear of each other. */
export interface Store extends Disposable {
  readonly kind: DatabaseKind;
  readonly db: Db;
  readonly commits: GroupCommit;
  readonly blobs: BlobStore;
  readonly bus: Bus;
  /** The raw SQLite handle, for backup; null on PostgreSQL. */
  readonly sqlite: SqliteHandle['raw'] | null;
  dispose(): Promise<void>;
}

export interface StoreDeps {
  readonly timers: Timers;
  readonly random: Random;
  /** Hears of what went wrong in the background; the store goes on. */
  readonly onFailure: (failure: unknown) => void;
}

/** How often a server on SQLite looks whether a command beside it has written. */
const WATCH_INTERVAL_MS = 500;

/** While one transaction waits for PostgreSQL's answers or for the disk, others go on; the pool keeps the rest. */
const POSTGRES_FLIGHTS = 3;

export interface StoreOptions {
  readonly database: DatabaseOptions;
  readonly blobs: BlobOptions;
}

/** Opens the place of sealed screenshots. */
export async function openBlobs(
  deps: { readonly random: Pick<Random, 'id'>; readonly clock: Pick<Clock, 'now'> },
  options: BlobOptions,
): Promise<BlobStore> {
  if (options.kind === 's3') return createS3Blobs(options);
  return createDiskBlobs({ random: deps.random }, { folder: options.folder, nowMs: deps.clock.now() });
}

/** Opens a store that is there already. The failure is a sentence without addresses or secrets. */
export async function openExistingStore(
  deps: StoreDeps,
  options: StoreOptions,
): Promise<Result<Store, string>> {
  const { database } = options;
  if (database.kind === 'sqlite' && !(await exists(database.path))) {
    return err('the school has not been set up here yet: run lapwing-server init');
  }
  return openNewStore(deps, options);
}

/** Opens or makes a store. The failure is a sentence without addresses or secrets. */
export async function openNewStore(deps: StoreDeps, options: StoreOptions): Promise<Result<Store, string>> {
  try {
    return ok(await openStore(deps, options));
  } catch (failure) {
    const { code, name } = failure as NodeJS.ErrnoException;
    return err(`the database cannot be opened (${code ?? name})`);
  }
}

/** Opens or makes the store and brings its schema up to date. Throws where the database cannot be opened. */
export async function openStore(deps: StoreDeps, options: StoreOptions): Promise<Store> {
  const { random, timers, onFailure } = deps;
  const blobs = await openBlobs({ random, clock: timers }, options.blobs);
  return options.database.kind === 'sqlite'
    ? openOnSqlite(options.database.path)
    : openOnPostgres(options.database);

  async function openOnSqlite(path: string): Promise<Store> {
    const { db, raw } = openSqlite(path);
    const bus = createLocalBus(onFailure);
    await migrate(db);
    const commits = createGroupCommit({ db });
    const dataVersion = () => raw.pragma('data_version', { simple: true });
    let seen = dataVersion();
    const watch = timers.every(WATCH_INTERVAL_MS, () => {
      const now = dataVersion();
      if (now === seen) return;
      seen = now;
      bus.publish({ kind: 'changed' });
    });
    return {
      kind: 'sqlite',
      db,
      commits,
      blobs,
      bus,
      sqlite: raw,
      async dispose() {
        await watch.dispose();
        await commits.idle();
        await db.destroy();
        raw.close();
      },
    };
  }

  async function openOnPostgres(database: Extract<DatabaseOptions, { kind: 'postgres' }>): Promise<Store> {
    const { db, pool } = openPostgres(database.url, { poolSize: database.poolSize, onFailure });
    await migrate(db);
    const bus = await createPostgresBus({ pool, timers }, { url: database.url, onFailure });
    const commits = createGroupCommit({ db }, { maxFlights: POSTGRES_FLIGHTS });
    return {
      kind: 'postgres',
      db,
      commits,
      blobs,
      bus,
      sqlite: null,
      async dispose() {
        await commits.idle();
        await bus.dispose();
        await db.destroy();
      },
    };
  }
}
