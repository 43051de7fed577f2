import Database from 'better-sqlite3';
import { ownerRow } from './rows.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { asStoreFailure, createSqliteStore } from './sqliteStore.ts';
import { type OutboxStore, StoreFailure } from './store.ts';

/** Above this size the whole file is not checked at start; damage is then found where it is touched. */
const CHECK_BELOW_BYTES = 64_000_000;

export type Opened =
  /** `created`: there was none, or one that had not got as far as its tables. */
  | { readonly kind: 'open'; readonly store: OutboxStore; readonly created: boolean }
  /** The records of another enrolment: not this device's to send. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'no_room' };

/**
 * Opens or creates the outbox's database. Durable by `synchronous = FULL`, which holds in every journal mode:
 * WAL where there is one, the rollback journal where the build of SQLite has none. Locked for this process alone.
 */
export function openDatabase(path: string, deviceId: string, maxPages?: number): Opened {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    const created = prepare(database, deviceId, maxPages);
    const owner = ownerRow.parse(database.prepare('SELECT device_id FROM owner').get());
    if (owner.device_id !== deviceId) {
      database.close();
      return { kind: 'foreign' };
    }
    return { kind: 'open', store: createSqliteStore(database), created };
  } catch (thrown) {
    const failure = asStoreFailure(thrown);
    closeQuietly(database);
    if (failure instanceof StoreFailure) return { kind: failure.kind };
    throw failure;
  }
}

/** True where the tables had to be made. */
function prepare(database: Database.Database, deviceId: string, maxPages: number | undefined): boolean {
  database.pragma('locking_mode = EXCLUSIVE');
  if (isNew(database)) database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma('temp_store = MEMORY');
  // 1 MB instead of 16: appends touch few pages, and the agent has a memory budget.
  database.pragma('cache_size = -1000');
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`);
  const version = Number(database.pragma('user_version', { simple: true }));
  // Opening an existing database writes nothing, so it can be read and delivered from on a full disk.
  if (version === 0) {
    database.transaction(() => {
      database.exec(SCHEMA);
      database.prepare('INSERT INTO owner VALUES (?)').run(deviceId);
      database.pragma(`user_version = ${SCHEMA_VERSION}`);
    })();
  } else if (version !== SCHEMA_VERSION) {
    throw new StoreFailure('damaged', new Error(`unknown outbox schema ${version}`));
  }
  const size =
    Number(database.pragma('page_count', { simple: true })) *
    Number(database.pragma('page_size', { simple: true }));
  if (size <= CHECK_BELOW_BYTES && database.pragma('quick_check(1)', { simple: true }) !== 'ok') {
    throw new StoreFailure('damaged', new Error('quick_check failed'));
  }
  return version === 0;
}

function isNew(database: Database.Database): boolean {
  return Number(database.pragma('page_count', { simple: true })) === 0;
}

function closeQuietly(database: Database.Database | undefined): void {
  try {
    database?.close();
  } catch {
    // It is being given up as damaged already.
  }
}
