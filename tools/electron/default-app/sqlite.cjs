/**
 * The part of `better-sqlite3`'s interface that the agent uses, over `node-sqlite3-wasm`.
 *
 * Only for the development runtime, whose Node-API is too old for the real package; nothing that is shipped
 * contains it. It knows no WAL and is an order of magnitude slower. What must hold here as in the original:
 * a missing row is `undefined`, blobs are Buffers, `transaction` rolls back on a throw and nests by
 * savepoints, errors carry SQLite's code. Durability itself is proven with the real package under Node.
 */
const { existsSync, rmSync } = require('node:fs');
const wasm = require('node-sqlite3-wasm');

class SqliteError extends Error {
  constructor(message, code) {
    super(message);
    this.name = 'SqliteError';
    this.code = code;
  }
}

/** The library gives SQLite's message but not its code. */
const CODES = [
  [/database or disk is full/, 'SQLITE_FULL'],
  [/malformed/, 'SQLITE_CORRUPT'],
  [/file is not a database/, 'SQLITE_NOTADB'],
  [/UNIQUE constraint failed/, 'SQLITE_CONSTRAINT_UNIQUE'],
  [/NOT NULL constraint failed/, 'SQLITE_CONSTRAINT_NOTNULL'],
  [/CHECK constraint failed/, 'SQLITE_CONSTRAINT_CHECK'],
  [/FOREIGN KEY constraint failed/, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  [/database is locked/, 'SQLITE_BUSY'],
  [/readonly database/, 'SQLITE_READONLY'],
  [/(?:unable to|could not) open/i, 'SQLITE_CANTOPEN'],
  [/disk I\/O error/, 'SQLITE_IOERR'],
];

function translated(work) {
  try {
    return work();
  } catch (failure) {
    if (!(failure instanceof wasm.SQLite3Error)) throw failure;
    const code = CODES.find(([pattern]) => pattern.test(failure.message))?.[1] ?? 'SQLITE_ERROR';
    throw new SqliteError(failure.message, code);
  }
}

/** Arguments as the original takes them: positional, an array, or one object without `@`, `:` or `$`. */
function bound(sql, values) {
  if (values.length !== 1 || values[0] === null || typeof values[0] !== 'object') return values.map(plain);
  const [only] = values;
  if (Array.isArray(only)) return only.map(plain);
  if (ArrayBuffer.isView(only)) return [plain(only)];
  const named = {};
  for (const [, prefix, name] of sql.matchAll(/([@:$])([A-Za-z_]\w*)/g)) {
    if (name in only) named[prefix + name] = plain(only[name]);
  }
  return named;
}

function plain(value) {
  if (value === undefined || typeof value === 'boolean') {
    throw new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null');
  }
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
}

function unpacked(value) {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

class Statement {
  #statement;
  #shape = (row) => row;

  constructor(database, sql, statement) {
    this.database = database;
    this.source = sql;
    this.#statement = statement;
  }

  run(...values) {
    return translated(() => this.#statement.run(bound(this.source, values)));
  }

  get(...values) {
    const row = translated(() => this.#statement.get(bound(this.source, values)));
    return row === null || row === undefined ? undefined : this.#row(row);
  }

  all(...values) {
    return translated(() => this.#statement.all(bound(this.source, values))).map((row) => this.#row(row));
  }

  *iterate(...values) {
    // All at once: the library keeps the file locked while a cursor is open.
    yield* this.all(...values);
  }

  pluck(on = true) {
    this.#shape = on ? (row) => Object.values(row)[0] : (row) => row;
    return this;
  }

  raw(on = true) {
    this.#shape = on ? (row) => Object.values(row) : (row) => row;
    return this;
  }

  #row(row) {
    for (const key of Object.keys(row)) row[key] = unpacked(row[key]);
    return this.#shape(row);
  }
}

class Database {
  #database;
  #depth = 0;

  constructor(path = ':memory:', options = {}) {
    this.name = path;
    this.memory = path === '' || path === ':memory:';
    this.readonly = options.readonly ?? false;
    // The library locks by making a folder; one left by a killed process would lock the file for ever.
    // The agent is single-instance, so nobody else can hold it.
    if (!this.memory && existsSync(`${path}.lock`)) rmSync(`${path}.lock`, { recursive: true, force: true });
    this.#database = translated(
      () =>
        new wasm.Database(this.memory ? undefined : path, {
          fileMustExist: options.fileMustExist ?? false,
          readOnly: this.readonly,
        }),
    );
  }

  get open() {
    return this.#database.isOpen;
  }

  get inTransaction() {
    return this.#database.inTransaction;
  }

  prepare(sql) {
    return new Statement(
      this,
      sql,
      translated(() => this.#database.prepare(sql)),
    );
  }

  exec(sql) {
    translated(() => this.#database.exec(sql));
    return this;
  }

  pragma(source, { simple = false } = {}) {
    const rows = translated(() => this.#database.all(`PRAGMA ${source}`));
    return simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  transaction(work) {
    const run =
      (begin) =>
      (...values) =>
        this.#inTransaction(begin, () => work(...values));
    const transaction = run('BEGIN');
    transaction.deferred = run('BEGIN DEFERRED');
    transaction.immediate = run('BEGIN IMMEDIATE');
    transaction.exclusive = run('BEGIN EXCLUSIVE');
    return transaction;
  }

  #inTransaction(begin, work) {
    const nested = this.inTransaction;
    const savepoint = `nested_${this.#depth}`;
    this.exec(nested ? `SAVEPOINT ${savepoint}` : begin);
    this.#depth += 1;
    try {
      const value = work();
      this.exec(nested ? `RELEASE ${savepoint}` : 'COMMIT');
      return value;
    } catch (failure) {
      if (this.inTransaction) {
        this.exec(nested ? `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}` : 'ROLLBACK');
      }
      throw failure;
    } finally {
      this.#depth -= 1;
    }
  }

  close() {
    if (this.open) this.#database.close();
    return this;
  }
}

module.exports = Database;
module.exports.default = Database;
module.exports.SqliteError = SqliteError;
