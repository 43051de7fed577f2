import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Files } from '../ports/index.ts';
import { isRefusal, removeDatabase } from './databaseFiles.ts';

const countRow = z.object({ records: z.int(), all: z.int() });

/** What earlier enrolments of this machine have left behind. */
export interface Former {
  readonly databases: number;
  /** Unsent records and those the server refused; null where a database cannot be read. */
  readonly records: number | null;
}

/**
 * Counts what was set aside at an earlier start. A database in which nothing is left is removed; one with records, or
 * one that cannot be read, stays until a technician takes it away. What is refused just now is done at the next start.
 */
export async function countFormer(files: Pick<Files, 'absolute' | 'list' | 'remove'>): Promise<Former> {
  let databases = 0;
  let records: number | null = 0;
  try {
    for (const name of await files.list('')) {
      if (!/^outbox\.former-\d+\.db$/.test(name)) continue;
      const count = countIn(files.absolute(name));
      if (count?.all === 0) {
        await removeDatabase(files, name);
        continue;
      }
      databases += 1;
      records = records === null || count === null ? null : records + count.records;
    }
  } catch (failure) {
    if (!isRefusal(failure)) throw failure;
  }
  return { databases, records };
}

/** `all` counts pictures as well. */
function countIn(path: string): z.infer<typeof countRow> | null {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    return countRow.parse(
      database
        .prepare(
          `SELECT text.records, text.records + (SELECT count(*) FROM blob) AS "all"
           FROM (SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM quarantine) AS records) AS text`,
        )
        .get(),
    );
  } catch {
    return null;
  } finally {
    database?.close();
  }
}
