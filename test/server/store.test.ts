import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/server/platform/random.ts';
import {
  type BlobStore,
  createDiskBlobs,
  createS3Blobs,
  openStore,
  type Store,
} from '../../src/server/store/index.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { type FakeS3, startFakeS3 } from '../fakes/server/s3.ts';
import { createFakeTimers } from '../fakes/timers.ts';

const random = createRandom();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

onEveryDatabase('the database', (open) => {
  let store: Store;
  const opened: Store[] = [];
  let database: Awaited<ReturnType<typeof open>>['database'];
  const openOnce = async () => {
    const next = await openStore(
      { timers: createFakeTimers(), random, onFailure: () => undefined },
      {
        database: database ?? { kind: 'sqlite', path: join(folder, 'school.db') },
        blobs: { kind: 'disk', folder },
      },
    );
    opened.push(next);
    return next;
  };
  beforeEach(async () => {
    ({ database } = await open({ bare: true }));
    store = await openOnce();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.dispose();
  });

  const policy = (version: number) => ({ version, document: '{}', issued_at: 1 });
  const versions = async () =>
    (await store.db.selectFrom('policies').select('version').orderBy('version').execute()).map(
      ({ version }) => version,
    );

  test('migrates once, and several servers starting at once agree', async () => {
    const others = await Promise.all([openOnce(), openOnce(), openOnce()]);
    await store.db.insertInto('policies').values(policy(1)).execute();
    for (const other of others)
      expect(await other.db.selectFrom('policies').select('version').execute()).toEqual([{ version: 1 }]);
  });

  test('keeps large numbers and hands them back as numbers', async () => {
    await store.db
      .insertInto('policies')
      .values({ version: 1, document: '{}', issued_at: 8_640_000_000_000_000 })
      .execute();
    const row = await store.db.selectFrom('policies').selectAll().executeTakeFirst();
    expect(row).toEqual({ version: 1, document: '{}', issued_at: 8_640_000_000_000_000 });
  });

  describe('a group commit', () => {
    test('keeps each job’s outcome apart: one that fails takes no other with it', async () => {
      const outcomes = await Promise.allSettled(
        [1, 2, 2, 3].map((version, index) =>
          store.commits.run(`k${index}`, async (trx) => {
            await trx.insertInto('policies').values(policy(version)).execute();
            return version;
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      expect(await versions()).toEqual([1, 2, 3]);
    });

    test('settles only after the commit, so another connection sees what was answered', async () => {
      const other = await openOnce();
      await Promise.all(
        [1, 2, 3].map(async (version) => {
          await store.commits.run('k', (trx) => trx.insertInto('policies').values(policy(version)).execute());
          const seen = await other.db
            .selectFrom('policies')
            .select('version')
            .where('version', '=', version)
            .execute();
          expect(seen).toHaveLength(1);
        }),
      );
    });

    test('runs every job, also those handed in while another flight is under way', async () => {
      const jobs = Array.from({ length: 200 }, (_, index) => index + 1);
      const first = jobs
        .slice(0, 50)
        .map((version) =>
          store.commits.run('a', (trx) => trx.insertInto('policies').values(policy(version)).execute()),
        );
      await first[0];
      const second = jobs
        .slice(50)
        .map((version) =>
          store.commits.run('b', (trx) => trx.insertInto('policies').values(policy(version)).execute()),
        );
      await Promise.all([...first, ...second]);
      expect(await versions()).toEqual(jobs);
    });

    test('lets whatever is ready in the same turn share one transaction', async () => {
      const handIn = (key: string) => store.commits.run(key, async (trx) => ({ trx }));
      const first = handIn('a');
      for (let microtask = 0; microtask < 20; microtask++) await undefined;
      const [one, other] = await Promise.all([first, handIn('b')]);
      expect(other.trx === one.trx).toBe(true);
    });

    test('runs a job handed in at whatever moment a flight ends', async () => {
      for (let later = 0; later < 12; later++) {
        await store.commits.run('a', (trx) =>
          trx
            .insertInto('policies')
            .values(policy(2 * later))
            .execute(),
        );
        for (let microtask = 0; microtask < later; microtask++) await undefined;
        await store.commits.run('a', (trx) =>
          trx
            .insertInto('policies')
            .values(policy(2 * later + 1))
            .execute(),
        );
      }
      expect(await versions()).toEqual(Array.from({ length: 24 }, (_, version) => version));
    });

    test('waits for all that was handed in, and where rows are locked one flight does not hold up another', async () => {
      const held = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const slow = store.commits.run('a', async (trx) => {
        entered.resolve();
        await held.promise;
        await trx.insertInto('policies').values(policy(1)).execute();
      });
      await entered.promise;
      const quick = store.commits.run('b', (trx) => trx.insertInto('policies').values(policy(2)).execute());
      if (store.kind === 'postgres') {
        await quick;
        expect(await versions()).toEqual([2]);
      }
      const idle = store.commits.idle();
      held.resolve();
      await idle;
      expect(await versions()).toEqual([1, 2]);
      await Promise.all([slow, quick]);
    });
  });

  test('PostgreSQL keeps an ordinary envelope in its row', async () => {
    if (store.kind !== 'postgres') return;
    const envelope = randomBytes(1_900).toString('base64url');
    const row = { device_id: 'd', kind: 'capture', priority: 'low', created_at: 1, received_at: 1 } as const;
    await store.db
      .insertInto('records')
      .values({ ...row, id: 'r', sequence: 1, envelope })
      .execute();
    const { rows } = await sql<{ bytes: number }>`select pg_relation_size(reltoastrelid) as bytes
      from pg_class where oid = 'records'::regclass`.execute(store.db);
    expect(rows).toEqual([{ bytes: 0 }]);
  });

  test('what one process publishes another hears, or at least that something changed', async () => {
    const timers = createFakeTimers();
    const other = await openStore(
      { timers, random, onFailure: () => undefined },
      {
        database: database ?? { kind: 'sqlite', path: join(folder, 'school.db') },
        blobs: { kind: 'disk', folder },
      },
    );
    opened.push(other);
    const heard = new Promise((resolve) => other.bus.subscribe(resolve));
    await store.db.insertInto('policies').values(policy(1)).execute();
    store.bus.publish({ kind: 'policy' });
    await timers.advance(1_000);
    expect(await heard).toEqual({ kind: store.kind === 'postgres' ? 'policy' : 'changed' });
  });
});

const blobOf = (bytes: Uint8Array) => ({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') });

describe.each(['disk', 's3'] as const)('blobs on %s', (kind) => {
  let blobs: BlobStore;
  let s3: FakeS3 | null = null;
  beforeEach(async () => {
    if (kind === 's3') {
      s3 = await startFakeS3();
      blobs = createS3Blobs(s3.options);
    } else blobs = await createDiskBlobs({ random }, { folder, nowMs: 0 });
  });
  afterEach(async () => {
    await s3?.close();
    s3 = null;
  });

  test('come back byte for byte, and putting twice is putting once', async () => {
    for (const size of [1, 1_000, 3_000_000]) {
      const { sha256, bytes } = blobOf(randomBytes(size));
      expect([await blobs.get(sha256), await blobs.has(sha256)]).toEqual([null, false]);
      await Promise.all([blobs.put(sha256, bytes), blobs.put(sha256, bytes)]);
      expect(await blobs.has(sha256)).toBe(true);
      expect(Buffer.compare((await blobs.get(sha256)) ?? Buffer.alloc(0), bytes)).toBe(0);
    }
  });
});

describe('blobs on disk', () => {
  test('lie in files of their owner alone; parts a killed server left are removed once they are old', async () => {
    const nowMs = 10_000_000_000;
    await mkdir(join(folder, 'parts'));
    for (const [name, ageMs] of [
      ['old.part', 7_200_000],
      ['new.part', 60_000],
    ] as const) {
      await writeFile(join(folder, 'parts', name), 'x');
      await utimes(join(folder, 'parts', name), 0, (nowMs - ageMs) / 1_000);
    }
    const blobs = await createDiskBlobs({ random }, { folder, nowMs });
    expect(await readdir(join(folder, 'parts'))).toEqual(['new.part']);
    const { sha256, bytes } = blobOf(randomBytes(10));
    await blobs.put(sha256, bytes);
    expect((await stat(join(folder, sha256.slice(0, 2), sha256))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'parts'))).toEqual(['new.part']);
  });
});

describe('blobs on S3', () => {
  let s3: FakeS3;
  beforeEach(async () => {
    s3 = await startFakeS3();
  });
  afterEach(() => s3.close());

  test('are refused by the store when the key is wrong, and that is a failure, not "nothing there"', async () => {
    const { sha256, bytes } = blobOf(randomBytes(100));
    const thief = createS3Blobs({ ...s3.options, secretAccessKey: 'guess' });
    await expect(thief.put(sha256, bytes)).rejects.toThrow('403');
    await expect(thief.get(sha256)).rejects.toThrow('403');
    expect(s3.objects.size).toBe(0);
  });

  test('changed on the way are refused by the store', async () => {
    const { sha256 } = blobOf(randomBytes(100));
    await expect(createS3Blobs(s3.options).put(sha256, randomBytes(100))).rejects.toThrow('400');
  });

  test('survive a store that fails for a moment', async () => {
    const { sha256, bytes } = blobOf(randomBytes(100));
    s3.failNext(2);
    await createS3Blobs(s3.options).put(sha256, bytes);
    expect(s3.objects.has(`/school/blobs/${sha256}`)).toBe(true);
  });
});
