import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const adapter = createRequire(import.meta.url)(
  resolve(import.meta.dirname, '../../tools/electron/default-app/sqlite.cjs'),
) as typeof Database;

/** The development runtime's stand-in must answer as the real package does, in all that the outbox uses. */
describe.each([
  ['better-sqlite3', Database],
  ['the stand-in of the development runtime', adapter],
])('%s', (_name, Implementation) => {
  let folder = '';
  let database: Database.Database;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lapwing-sqlite-'));
    database = new Implementation(join(folder, 'a.db'));
    database.exec('CREATE TABLE records (id TEXT PRIMARY KEY, body BLOB, size INTEGER NOT NULL) STRICT');
  });

  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const insert = (id: string, body: Uint8Array | null, size: number) =>
    database.prepare('INSERT INTO records VALUES (?, ?, ?)').run(id, body, size);

  test('counts changes and gives rows, and undefined for none', () => {
    expect(insert('a', null, 1).changes).toBe(1);
    expect(database.prepare('SELECT id, size FROM records').get()).toEqual({ id: 'a', size: 1 });
    expect(database.prepare('SELECT id FROM records WHERE size = ?').get(9)).toBeUndefined();
    expect(database.prepare('DELETE FROM records WHERE id = ?').run('b').changes).toBe(0);
  });

  test('takes named parameters without their prefix, and an array', () => {
    database
      .prepare('INSERT INTO records VALUES (@id, @body, @size)')
      .run({ id: 'a', body: null, size: 3, other: 'x' });
    expect(database.prepare('SELECT size FROM records WHERE id = ? AND size = ?').all(['a', 3])).toEqual([
      { size: 3 },
    ]);
  });

  test('keeps blobs byte for byte and gives them as Buffers', () => {
    const bytes = new Uint8Array([0, 1, 255, 128]);
    insert('a', bytes.subarray(1), 3);
    const row = database.prepare('SELECT body FROM records').get() as { body: Buffer };
    expect(Buffer.isBuffer(row.body)).toBe(true);
    expect([...row.body]).toEqual([1, 255, 128]);
  });

  test('iterates, plucks and gives raw rows', () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) insert(id, null, index);
    const ids = database.prepare('SELECT id FROM records ORDER BY id').pluck();
    expect([...ids.iterate()]).toEqual(['a', 'b', 'c']);
    expect(database.prepare('SELECT id, size FROM records WHERE id = ?').raw().get('b')).toEqual(['b', 1]);
  });

  test('a transaction that throws leaves nothing; a nested one rolls back alone', () => {
    const both = database.transaction(() => {
      insert('a', null, 1);
      throw new Error('stop');
    });
    expect(both).toThrow('stop');
    expect(database.inTransaction).toBe(false);
    const inner = database.transaction(() => {
      insert('inner', null, 1);
      throw new Error('inner');
    });
    database
      .transaction(() => {
        insert('outer', null, 1);
        expect(inner).toThrow('inner');
      })
      .immediate();
    expect(database.prepare('SELECT id FROM records').pluck().all()).toEqual(['outer']);
  });

  test('errors carry the code of SQLite', async () => {
    insert('a', null, 1);
    expect(() => insert('a', null, 1)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) }),
    );
    expect(() => database.prepare('SELECT nonsense FROM records')).toThrow(
      expect.objectContaining({ code: 'SQLITE_ERROR' }),
    );
    expect(() => database.prepare('INSERT INTO records VALUES (?, ?, ?)').run('b', null, true)).toThrow(
      TypeError,
    );
    expect(() => new Implementation(join(folder, 'none.db'), { fileMustExist: true })).toThrow(
      expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
    );
  });

  test('what was written is there after opening again; pragmas answer', () => {
    insert('a', null, 1);
    expect(database.pragma('user_version', { simple: true })).toBe(0);
    database.pragma('user_version = 7');
    expect(database.pragma('user_version')).toEqual([{ user_version: 7 }]);
    database.close();
    expect(database.open).toBe(false);
    database = new Implementation(join(folder, 'a.db'));
    expect(database.prepare('SELECT count(*) FROM records').pluck().get()).toBe(1);
    expect(database.pragma('user_version', { simple: true })).toBe(7);
  });
});
