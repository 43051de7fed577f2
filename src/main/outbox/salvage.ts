import Database from 'better-sqlite3';
import { z } from 'zod';
import { envelopeSchema } from '#contract';
import { parseJson } from '#kernel';
import { ownerRow } from './rows.ts';
import { asStoreFailure } from './sqliteStore.ts';
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

/** What SQLite says of a file that it may be able to read later; whatever else it says is damage. */
const LATER = /^SQLITE_(FULL|CANTOPEN|READONLY|BUSY|LOCKED|NOMEM|PERM)/;

/**
 * Reads all that can be read out of a damaged database: each table from its beginning up to the damage, then from
 * its end back to it. Only whole envelopes count. Null where the database is another enrolment's. What cannot be read
 * is lost, and the caller says so; throws a {@link StoreFailure} where the file cannot be read just now.
 */
export function salvage(
  path: string,
  deviceId: string,
): (Change & { readonly put: readonly StoredRecord[] }) | null {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    // Nothing is made beside the file, for which a full disk may have no room.
    database.pragma('locking_mode = EXCLUSIVE');
    return (ownerOf(database) ?? deviceId) === deviceId ? read(database) : null;
  } catch (failure) {
    throw asStoreFailure(failure);
  } finally {
    database?.close();
  }
}

/** Null where that cannot be read any more. */
function ownerOf(database: Database.Database): string | null {
  try {
    return ownerRow.parse(database.prepare('SELECT device_id FROM owner').get()).device_id;
  } catch (failure) {
    passOnLater(failure);
    return null;
  }
}

function passOnLater(failure: unknown): void {
  if (failure instanceof Error && 'code' in failure && LATER.test(String(failure.code))) throw failure;
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
    } catch (failure) {
      passOnLater(failure);
      // The damage begins here: try from the other end.
    }
  }
  return [...found.values()];
}
