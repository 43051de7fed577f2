import { chmodSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import type { Tables } from './tables.ts';

/** Statements kept compiled; the server's queries are few, batches of different sizes make them some more. */
const MAX_STATEMENTS = 300;
/** How long a writer waits for another process (a command beside the running server) to finish its own. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Takes the write lock at the start: a transaction that reads first cannot then fail to write. One that says it
 * only reads takes none: it sees one state of everything and holds up nobody.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const begin = settings?.accessMode === 'read only' ? 'begin deferred' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
}

/** DDL is transactional in SQLite, so a migration that fails half-way leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: this.#database });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** An open SQLite database: Kysely over it, and the raw handle for backup and change detection. */
export interface SqliteHandle {
  readonly db: Kysely<Tables>;
  readonly raw: Sqlite.Database;
}

/**
 * Opens or makes the database file, readable by its owner alone. WAL with `synchronous=FULL`: a commit that
 * was answered survives a power cut.
 */
export function openSqlite(path: string): SqliteHandle {
  const raw = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
  if (path !== ':memory:') chmodSync(path, 0o600);
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = ON');
  const statements = new Map<string, Sqlite.Statement>();
  const database: SqliteDatabase = {
    prepare(sql: string) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        if (statements.size >= MAX_STATEMENTS) statements.delete(statements.keys().next().value ?? '');
        statement = raw.prepare(sql);
        statements.set(sql, statement);
      }
      return statement;
    },
    close: () => raw.close(),
  };
  return { db: new Kysely<Tables>({ dialect: new ImmediateDialect(database) }), raw };
}
