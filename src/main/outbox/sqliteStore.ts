import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { announcedRow, blobRow, numberRow, promisedRow, recordRow, sizeRow, victimRow } from './rows.ts';
import { type Change, type OutboxStore, type StoredBlob, type StoredRecord, StoreFailure } from './store.ts';

/** Beyond so many free pages (4 kB each) a transaction gives some back, so a long offline time leaves no huge file. */
const MAX_FREE_PAGES = 4_096;
const PAGES_GIVEN_BACK = 512;

const RECORD_COLUMNS = 'sequence, id, kind, rank, created_at, about, counting, envelope';
const ALL_RECORDS = `
  SELECT ${RECORD_COLUMNS} FROM record
  UNION ALL SELECT sequence, id, kind, rank, created_at, about, 0, envelope FROM quarantine
  ORDER BY sequence`;
const BY_SEQUENCE = 'sequence = ? RETURNING sequence, bytes';
const MOVE_TO_QUARANTINE = `
  INSERT OR REPLACE INTO quarantine
  SELECT sequence, ?, ?, id, kind, rank, created_at, about, bytes, envelope FROM record WHERE sequence = ?`;
const VICTIMS = {
  record: `
    SELECT 'record' AS what, sequence, bytes, NULL AS sha256,
      CASE kind WHEN 'screenshot' THEN about END AS screenshotOf
    FROM record WHERE rank = ? AND kind <> 'dropped' ORDER BY sequence LIMIT ?`,
  blob: `
    SELECT 'blob' AS what, sequence, bytes, sha256, record_id AS screenshotOf
    FROM blob WHERE rank = ? ORDER BY sequence LIMIT ?`,
} as const;

/** What SQLite says when there is no room or the disk does not take the write: it may do so later. */
const NO_ROOM = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|BUSY|LOCKED|NOMEM|PERM)/;

/** Turns what SQLite throws into the two outcomes the outbox can act on; anything else is a bug and stays one. */
export function asStoreFailure(failure: unknown): unknown {
  if (failure instanceof z.ZodError) return new StoreFailure('damaged', failure);
  // What better-sqlite3 says where the folder is gone.
  if (failure instanceof TypeError && /directory does not exist/.test(failure.message)) {
    return new StoreFailure('no_room', failure);
  }
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  if (NO_ROOM.test(code)) return new StoreFailure('no_room', failure);
  if (/^SQLITE_(CORRUPT|NOTADB|ERROR|MISMATCH|CONSTRAINT)/.test(code))
    return new StoreFailure('damaged', failure);
  return failure;
}

function guard<Value>(operation: () => Value): Value {
  try {
    return operation();
  } catch (failure) {
    throw asStoreFailure(failure);
  }
}

/** Makes a store over an open database of `schema.ts`. Every statement is prepared once. */
export function createSqliteStore(database: Database): OutboxStore {
  const statements = new Map<string, Statement>();

  function statement(sql: string): Statement {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const prepared = database.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  }

  function run(sql: string, ...values: unknown[]): void {
    statement(sql).run(...values);
  }

  function rows<Row>(schema: z.ZodType<Row>, sql: string, ...values: unknown[]): Row[] {
    return guard(() =>
      statement(sql)
        .all(...values)
        .map((row) => schema.parse(row)),
    );
  }

  function first<Row>(schema: z.ZodType<Row>, sql: string, ...values: unknown[]): Row | null {
    return rows(schema, sql, ...values)[0] ?? null;
  }

  function number(sql: string): number {
    return first(numberRow, sql)?.value ?? 0;
  }

  /** Kept beside the database, so that an append costs the same however much there is. */
  const counts = {
    records: number('SELECT count(*) AS value FROM record'),
    blobs: number('SELECT count(*) AS value FROM blob'),
    bytes: number(
      `SELECT (SELECT total(bytes) FROM record) + (SELECT total(bytes) FROM quarantine)
        + (SELECT total(bytes) FROM blob) AS value`,
    ),
    quarantined: number(
      `SELECT (SELECT count(*) FROM quarantine)
        + (SELECT count(*) FROM blob WHERE state = 'quarantined') AS value`,
    ),
    dropped: number("SELECT value FROM meta WHERE name = 'dropped'"),
    lastSequence: number("SELECT value FROM meta WHERE name = 'last_sequence'"),
  };

  type Counts = typeof counts;

  function removeRecord(next: Counts, sequence: number): void {
    for (const { bytes } of rows(sizeRow, `DELETE FROM record WHERE ${BY_SEQUENCE}`, sequence)) {
      next.records -= 1;
      next.bytes -= bytes;
    }
  }

  function removeBlob(next: Counts, sha256: string): void {
    const removed = z.object({ bytes: z.int(), state: z.string() });
    for (const { bytes, state } of rows(
      removed,
      'DELETE FROM blob WHERE sha256 = ? RETURNING bytes, state',
      sha256,
    )) {
      next.blobs -= 1;
      next.bytes -= bytes;
      if (state === 'quarantined') next.quarantined -= 1;
    }
  }

  function putRecord(next: Counts, record: StoredRecord): void {
    removeRecord(next, record.sequence);
    const bytes = record.envelope.length;
    run(
      `INSERT INTO record (${RECORD_COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      record.sequence,
      record.id,
      record.kind,
      record.rank,
      record.createdAt,
      record.about,
      record.counting ? 1 : 0,
      record.envelope,
      bytes,
    );
    next.records += 1;
    next.bytes += bytes;
  }

  function putBlob(next: Counts, blob: StoredBlob): void {
    removeBlob(next, blob.sha256);
    run(
      "INSERT INTO blob VALUES (?, ?, ?, ?, 'announced', NULL, ?, ?)",
      blob.sha256,
      blob.recordId,
      blob.rank,
      blob.sequence,
      blob.bytes.length,
      blob.bytes,
    );
    next.blobs += 1;
    next.bytes += blob.bytes.length;
  }

  function quarantineRecord(next: Counts, sequence: number, reason: string, at: number): void {
    if (first(numberRow, 'SELECT sequence AS value FROM record WHERE sequence = ?', sequence) === null)
      return;
    // The same number refused twice (its acknowledgement was lost on a full disk) is kept once.
    for (const { bytes } of rows(sizeRow, `DELETE FROM quarantine WHERE ${BY_SEQUENCE}`, sequence)) {
      next.quarantined -= 1;
      next.bytes -= bytes;
    }
    run(MOVE_TO_QUARANTINE, reason, at, sequence);
    // Its bytes are kept, so they stay counted.
    const moved = statement('DELETE FROM record WHERE sequence = ?').run(sequence).changes;
    next.records -= moved;
    next.quarantined += moved;
  }

  function apply(change: Change): Counts {
    const next = { ...counts };
    for (const record of change.put ?? []) putRecord(next, record);
    for (const sequence of change.stopCounting ?? [])
      run('UPDATE record SET counting = 0 WHERE sequence = ?', sequence);
    for (const { sequence, reason, at } of change.quarantine ?? [])
      quarantineRecord(next, sequence, reason, at);
    for (const sequence of change.remove ?? []) removeRecord(next, sequence);
    for (const { recordId, rank } of change.promise ?? []) {
      run('INSERT OR REPLACE INTO promised VALUES (?, ?)', recordId, rank);
    }
    for (const recordId of change.settle ?? []) run('DELETE FROM promised WHERE record_id = ?', recordId);
    for (const blob of change.putBlobs ?? []) putBlob(next, blob);
    for (const sha256 of change.wantBlobs ?? []) {
      run("UPDATE blob SET state = 'wanted' WHERE sha256 = ? AND state = 'announced'", sha256);
    }
    for (const { sha256, reason } of change.quarantineBlobs ?? []) {
      const sql =
        "UPDATE blob SET state = 'quarantined', reason = ? WHERE sha256 = ? AND state <> 'quarantined'";
      next.quarantined += statement(sql).run(reason, sha256).changes;
    }
    for (const sha256 of change.removeBlobs ?? []) removeBlob(next, sha256);
    if (change.lastSequence !== undefined) {
      run("UPDATE meta SET value = ? WHERE name = 'last_sequence'", change.lastSequence);
      next.lastSequence = change.lastSequence;
    }
    if (change.dropped !== undefined) {
      run("UPDATE meta SET value = ? WHERE name = 'dropped'", change.dropped);
      next.dropped = change.dropped;
    }
    return next;
  }

  const transaction = database.transaction(apply);

  function giveBackPages(): void {
    if (Number(database.pragma('freelist_count', { simple: true })) <= MAX_FREE_PAGES) return;
    database.pragma(`incremental_vacuum(${PAGES_GIVEN_BACK})`);
  }

  return {
    commit(change) {
      Object.assign(
        counts,
        guard(() => transaction(change)),
      );
      if (change.remove !== undefined || change.removeBlobs !== undefined) guard(giveBackPages);
    },
    totals: () => ({ ...counts }),
    nextRecords({ maxRecords, maxBytes, skip }) {
      const sizes = rows(
        sizeRow,
        'SELECT sequence, bytes FROM record WHERE counting = 0 ORDER BY rank, sequence LIMIT ?',
        maxRecords + skip.size,
      );
      const chosen: StoredRecord[] = [];
      let total = 0;
      for (const { sequence, bytes } of sizes) {
        if (skip.has(sequence)) continue;
        total += bytes;
        if (chosen.length >= maxRecords || (chosen.length > 0 && total > maxBytes)) break;
        const record = first(recordRow, `SELECT ${RECORD_COLUMNS} FROM record WHERE sequence = ?`, sequence);
        if (record !== null) chosen.push(record);
      }
      return chosen;
    },
    countingRepeat: (captureId) =>
      first(recordRow, `SELECT ${RECORD_COLUMNS} FROM record WHERE counting = 1 AND about = ?`, captureId),
    countingSequences: () =>
      rows(
        z.object({ sequence: z.int() }),
        'SELECT sequence FROM record WHERE counting = 1 ORDER BY sequence',
      ).map((row) => row.sequence),
    promised: () => rows(promisedRow, 'SELECT record_id AS recordId, rank FROM promised ORDER BY rowid'),
    promisedRank: (recordId) =>
      first(numberRow, 'SELECT rank AS value FROM promised WHERE record_id = ?', recordId)?.value ?? null,
    nextBlob(skip) {
      const sql = "SELECT sha256 FROM blob WHERE state = 'wanted' ORDER BY rank, sequence LIMIT ?";
      const wanted = rows(z.object({ sha256: z.string() }), sql, skip.size + 1).find(
        (row) => !skip.has(row.sha256),
      );
      if (wanted === undefined) return null;
      return first(
        blobRow,
        'SELECT sha256, record_id, rank, sequence, content FROM blob WHERE sha256 = ?',
        wanted.sha256,
      );
    },
    announcedBy: (sequences) =>
      sequences.flatMap((sequence) =>
        rows(announcedRow, 'SELECT sequence, sha256 FROM blob WHERE sequence = ?', sequence),
      ),
    victims: (what, rank, maxVictims) => rows(victimRow, VICTIMS[what], rank, maxVictims),
    oldestAt: () =>
      first(numberRow, 'SELECT created_at AS value FROM record ORDER BY sequence LIMIT 1')?.value ?? null,
    topRank: () => first(numberRow, 'SELECT rank AS value FROM record ORDER BY rank LIMIT 1')?.value ?? null,
    allRecords: () => rows(recordRow, ALL_RECORDS),
    close: () => void database.close(),
  };
}
