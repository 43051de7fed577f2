import Database from 'better-sqlite3';
import { z } from 'zod';
import { envelopeSchema } from '#contract';
import { parseJson } from '#kernel';
import type { Change, StoredBlob, StoredRecord } from './store.ts';

const recordRow = z.object({
  sequence: z.int(),
  about: z.string().nullable(),
  rank: z.int(),
  envelope: z.string(),
});
const blobRow = z.object({
  rowid: z.int(),
  sha256: z.string(),
  record_id: z.string(),
  rank: z.int(),
  sequence: z.int(),
  state: z.string(),
  content: z.instanceof(Uint8Array),
});
const promisedRow = z.object({ rowid: z.int(), record_id: z.string(), rank: z.int() });

/**
 * Reads all that can be read out of a damaged database: each table from its beginning up to the damage, then from
 * its end back to it. Only whole envelopes count. Never throws: what cannot be read is lost, and the caller says so.
 */
export function salvage(path: string): Change & { readonly put: readonly StoredRecord[] } {
  let database: Database.Database;
  try {
    database = new Database(path);
  } catch {
    return { put: [] };
  }
  try {
    return read(database);
  } finally {
    database.close();
  }
}

function read(database: Database.Database) {
  const put: StoredRecord[] = [];
  for (const row of fromBothEnds(
    database,
    'record',
    'sequence',
    'sequence, about, rank, envelope',
    recordRow,
  )) {
    const envelope = envelopeSchema.safeParse(parseJson(row.envelope));
    if (!envelope.success || envelope.data.sequence !== row.sequence) continue;
    const { id, kind, createdAt } = envelope.data;
    const { sequence, about, rank } = row;
    put.push({ sequence, id, kind, rank, createdAt, about, counting: false, envelope: row.envelope });
  }
  const putBlobs: StoredBlob[] = [];
  const wantBlobs: string[] = [];
  const columns = 'rowid, sha256, record_id, rank, sequence, state, content';
  for (const row of fromBothEnds(database, 'blob', 'rowid', columns, blobRow)) {
    const { sha256, record_id: recordId, rank, sequence, content: bytes } = row;
    putBlobs.push({ sha256, recordId, rank, sequence, bytes });
    if (row.state === 'wanted') wantBlobs.push(sha256);
  }
  const promise = fromBothEnds(database, 'promised', 'rowid', 'rowid, record_id, rank', promisedRow).map(
    (row) => ({
      recordId: row.record_id,
      rank: row.rank,
    }),
  );
  return { put, putBlobs, wantBlobs, promise };
}

/** The readable rows of one table. */
function fromBothEnds<Row>(
  database: Database.Database,
  table: string,
  key: keyof Row & string,
  columns: string,
  schema: z.ZodType<Row>,
): Row[] {
  const found = new Map<unknown, Row>();
  for (const direction of ['ASC', 'DESC'] as const) {
    const compare = direction === 'ASC' ? '>' : '<';
    let at = direction === 'ASC' ? -1 : Number.MAX_SAFE_INTEGER;
    try {
      const next = database.prepare(
        `SELECT ${columns} FROM ${table} NOT INDEXED WHERE ${key} ${compare} ? ORDER BY ${key} ${direction} LIMIT 1`,
      );
      for (let row = next.get(at); row !== undefined; row = next.get(at)) {
        const parsed = schema.parse(row);
        if (found.has(parsed[key])) break;
        found.set(parsed[key], parsed);
        at = Number(parsed[key]);
      }
    } catch {
      // The damage begins here: try from the other end.
    }
  }
  return [...found.values()];
}
