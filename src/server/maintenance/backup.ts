import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { sha256Schema } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Audit } from '../audit/index.ts';
import { exists, writeAtomic } from '../platform/files.ts';
import type { Random } from '../platform/random.ts';
import { type BlobStore, createDiskBlobs, type Store } from '../store/index.ts';

/**
 * A backup is a folder: `lapwing.db`, `blobs/` and, written last, `backup.json`. One without `backup.json` is
 * unfinished and is not restored. The master key is not in it: a stolen backup opens nothing.
 */
const manifestSchema = z.object({
  version: z.literal(1),
  createdAt: z.int(),
  /** The master key that wraps the keys in it. */
  masterKeyId: z.string(),
  records: z.int(),
  blobs: z.int(),
  /** Whether the sealed screenshots are in the folder, or stay in the S3 store. */
  blobsIncluded: z.boolean(),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

const DATABASE = 'lapwing.db';
const MANIFEST = 'backup.json';
/** Pages copied before others get a turn: some hundred kilobytes. */
const PAGES_AT_ONCE = 200;

export interface BackupDeps {
  readonly store: Pick<Store, 'db' | 'sqlite' | 'blobs'>;
  readonly audit: Audit;
  /** Whether the blobs lie in an S3 store, which has its own backups. */
  readonly blobsElsewhere: boolean;
  readonly masterKeyId: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'id'>;
}

/** The addresses of every screenshot a database knows to be stored. */
function storedBlobs(database: Sqlite.Database): string[] {
  const rows = database
    .prepare(
      'select distinct sha256 from pictures where stored_at is not null and sha256 is not null order by sha256',
    )
    .all();
  return z
    .array(z.object({ sha256: sha256Schema }))
    .parse(rows)
    .map(({ sha256 }) => sha256);
}

/**
 * Copies a running school's SQLite and screenshots into an empty or new folder. Screenshots come after the
 * database: every one that the copy of the database names was stored before it was named. The audit entry is
 * written before anything is copied, so that a backup that was broken off stands there too.
 */
export async function backUp(deps: BackupDeps, folder: string): Promise<Result<BackupManifest, string>> {
  const { store, audit, clock, random } = deps;
  if (store.sqlite === null) {
    return err(
      'PostgreSQL makes its own backups: pg_dump --format=custom for the database, the S3 store (or a copy of the blobs folder, after the dump) for screenshots',
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    return err(`${folder} is not empty: a backup goes to a folder of its own`);
  await audit.write(store.db, { actor: 'command line', action: 'backup_begun', subject: null });
  const path = join(folder, DATABASE);
  await store.sqlite.backup(path, { progress: () => PAGES_AT_ONCE });

  const copy = new Sqlite(path);
  try {
    // A single file from here on, whole without a journal beside it.
    copy.pragma('journal_mode = DELETE');
    const names = storedBlobs(copy);
    if (!deps.blobsElsewhere) {
      const target = await createDiskBlobs({ random }, { folder: join(folder, 'blobs'), nowMs: clock.now() });
      const missing = await copyBlobs(store.blobs, target, names);
      if (missing !== null) return err(`the screenshot ${missing} is missing: run lapwing-server verify`);
    }
    const { records } = z
      .object({ records: z.int() })
      .parse(copy.prepare('select count(*) as records from records').get());
    const manifest: BackupManifest = {
      version: 1,
      createdAt: clock.now(),
      masterKeyId: deps.masterKeyId,
      records,
      blobs: names.length,
      blobsIncluded: !deps.blobsElsewhere,
    };
    const manifestPath = join(folder, MANIFEST);
    await writeAtomic(
      manifestPath,
      Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
      `${manifestPath}.part`,
    );
    return ok(manifest);
  } finally {
    copy.close();
  }
}

/** Copies screenshots that are not there yet. Returns the first that the source lacks. */
async function copyBlobs(from: BlobStore, to: BlobStore, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    if (await to.has(name)) continue;
    const bytes = await from.get(name);
    if (bytes === null) return name;
    await to.put(name, bytes);
  }
  return null;
}

/** Reads a backup's description. The failure says why it cannot be used. */
export async function readBackup(folder: string): Promise<Result<BackupManifest, string>> {
  if (!(await exists(join(folder, DATABASE)))) return err(`${folder} is not a backup: it has no ${DATABASE}`);
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => null);
  if (text === null) return err(`${folder} is an unfinished backup: it has no ${MANIFEST}`);
  try {
    return ok(manifestSchema.parse(JSON.parse(text)));
  } catch {
    return err(`${folder} is not a backup this version can read`);
  }
}

export interface RestoreDeps {
  readonly blobs: BlobStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'id'>;
}

/**
 * Brings a backup back into the database file at `databasePath`, in one transaction: a server that is running
 * on it sees the old state or the restored one, nothing between. What was there is kept beside it and named in
 * the answer. The caller has checked the master key.
 */
export async function restore(
  deps: RestoreDeps,
  folder: string,
  databasePath: string,
): Promise<Result<{ readonly kept: string | null }, string>> {
  const { blobs, clock, random } = deps;
  const manifest = await readBackup(folder);
  if (!manifest.ok) return manifest;
  const backup = new Sqlite(join(folder, DATABASE), { readonly: true });
  try {
    if (backup.pragma('integrity_check', { simple: true }) !== 'ok')
      return err(`the database in ${folder} is damaged`);
    if (manifest.value.blobsIncluded) {
      const source = await createDiskBlobs({ random }, { folder: join(folder, 'blobs'), nowMs: clock.now() });
      const missing = await copyBlobs(source, blobs, storedBlobs(backup));
      if (missing !== null) return err(`the backup lacks the screenshot ${missing}`);
    }
    const kept = (await exists(databasePath)) ? `${databasePath}.before-restore-${clock.now()}` : null;
    if (kept !== null) {
      const present = new Sqlite(databasePath);
      try {
        await present.backup(kept);
      } finally {
        present.close();
      }
    }
    await backup.backup(databasePath, { progress: () => PAGES_AT_ONCE });
    return ok({ kept });
  } finally {
    backup.close();
  }
}
