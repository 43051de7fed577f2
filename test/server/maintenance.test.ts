import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadKeyring } from '../../src/server/keys/index.ts';
import { verify } from '../../src/server/maintenance/index.ts';
import { openNoteWith } from '../../src/server/review/index.ts';
import type { FakeAgent } from '../fakes/server/agent.ts';
import { type CommandLine, createCommandLine } from '../fakes/server/commandLine.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, FAKE_MASTER_KEY, type FakeSchool } from '../fakes/server/school.ts';

/** A capture with its picture, decided with a note. */
async function oneOfEach(school: FakeSchool, agent: FakeAgent): Promise<{ id: string; sha256: string }> {
  const id = school.random.id();
  const blob = await agent.sealBlob(id, new Uint8Array(2_000).fill(3));
  const { sha256 } = blob;
  const taken = {
    state: 'taken',
    sha256,
    sealedBytes: blob.bytes.length,
    mediaType: 'image/png',
    width: 1,
    height: 1,
  } as const;
  await agent.send([
    await agent.seal(fakeCapture(id, { screenshot: { state: 'awaited' } })),
    await agent.seal({ kind: 'screenshot', id: school.random.id(), recordId: id, screenshot: taken }),
  ]);
  await agent.putBlob(blob);
  const dsl = await school.person('dsl', school.random.id());
  await dsl.decide(id, 'record_action', 'waiting', 'Spoke to the teacher');
  return { id, sha256 };
}

async function check(school: FakeSchool) {
  const keyring = await loadKeyring({ db: school.store.db, random: school.random }, school.master);
  if ('kind' in keyring) throw new Error(keyring.kind);
  return verify({ store: school.store, opener: keyring.opener, openNote: openNoteWith(keyring) });
}

onEveryDatabase('verify', (open) => {
  let school: FakeSchool;
  let agent: FakeAgent;
  let id: string;
  let sha256: string;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
    agent = await school.agent();
    ({ id, sha256 } = await oneOfEach(school, agent));
  });
  afterEach(() => school.dispose());

  test('finds nothing wrong with what was taken in, gaps and quarantine included', async () => {
    await agent
      .sealBytes({ id: school.random.id(), kind: 'capture' }, Buffer.from('{}'))
      .then((bad) => agent.send([bad]));
    agent.sequence = 10;
    await agent.send([await agent.seal(fakeCapture(school.random.id()))]);
    expect(await check(school)).toEqual({
      records: 3,
      devices: 1,
      blobs: 1,
      notes: 1,
      lacking: 6,
      faults: [],
    });
  });

  const codes = async () => (await check(school)).faults.map(({ code, subject }) => [code, subject]);
  const alter = async (change: (envelope: Record<string, unknown>) => void) => {
    const { db } = school.store;
    const row = await db
      .selectFrom('records')
      .select('envelope')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const envelope = JSON.parse(row.envelope);
    change(envelope);
    await db
      .updateTable('records')
      .set({ envelope: JSON.stringify(envelope) })
      .where('id', '=', id)
      .execute();
  };

  test.each<[string, string, () => Promise<unknown>]>([
    [
      'a damaged record',
      'record_damaged',
      () => school.store.db.updateTable('records').set({ envelope: '{' }).where('id', '=', id).execute(),
    ],
    [
      'a record moved to another priority',
      'record_relabelled',
      () => school.store.db.updateTable('records').set({ priority: 'low' }).where('id', '=', id).execute(),
    ],
    [
      'a changed ciphertext',
      'signature_wrong',
      () =>
        alter((envelope) => {
          envelope.ciphertext = `${String(envelope.ciphertext).slice(0, -4)}AAAA`;
        }),
    ],
    ['a lost item', 'item_missing', () => school.store.db.deleteFrom('items').where('id', '=', id).execute()],
    [
      'an item made harmless',
      'item_differs',
      () => school.store.db.updateTable('items').set({ severity: 1 }).where('id', '=', id).execute(),
    ],
    ['a lost screenshot', 'blob_missing', () => rm(join(school.folder, 'blobs', sha256.slice(0, 2), sha256))],
  ])('finds %s', async (_what, code, damage) => {
    await damage();
    expect(await codes()).toEqual([[code, id]]);
  });

  test('finds a record that is gone, by its item and its number', async () => {
    await school.store.db.deleteFrom('records').where('id', '=', id).execute();
    expect(await codes()).toEqual([
      ['item_without_record', id],
      ['sequence_unaccounted', agent.deviceId],
    ]);
  });

  test('finds a changed screenshot, a moved note and a gap that is none', async () => {
    if (school.store.kind === 'sqlite')
      await writeFile(join(school.folder, 'blobs', sha256.slice(0, 2), sha256), 'x');
    const { db } = school.store;
    await db
      .updateTable('item_history')
      .set({ item_id: school.random.id() })
      .where('note', 'is not', null)
      .execute();
    await db
      .insertInto('sequence_gaps')
      .values({ device_id: agent.deviceId, first: 1, last: 1, since: 0 })
      .execute();
    const found = (await codes()).map(([code]) => code);
    expect(found).toEqual([
      ...(school.store.kind === 'sqlite' ? ['blob_damaged'] : []),
      'note_damaged',
      'gap_not_real',
    ]);
  });
});

describe('backup and restore', () => {
  let line: CommandLine;
  let school: FakeSchool;
  beforeEach(async () => {
    line = await createCommandLine();
    await line.on('init', '--school', 'Made by init');
    await rm(join(line.data, 'lapwing.db'));
    await writeFile(join(line.data, 'master.key'), Buffer.from(FAKE_MASTER_KEY).toString('base64url'), {
      mode: 0o600,
    });
    school = await createFakeSchool({ folder: line.data });
  });
  afterEach(async () => {
    await school.dispose();
    await line.dispose();
  });
  const backup = () => join(line.folder, 'backup');
  const audited = async () => {
    const entries = school.store.db.selectFrom('audit').select(['actor', 'action', 'detail']);
    return entries.where('action', 'like', 'backup_%').orderBy('id').execute();
  };

  test('a running school is copied whole, brought back elsewhere, and passes verify there', async () => {
    const agent = await school.agent();
    const { id } = await oneOfEach(school, agent);
    expect(await line.on('backup', backup())).toMatchObject({ code: 0, error: '' });
    for (const name of ['lapwing.db', 'backup.json']) {
      const bytes = await readFile(join(backup(), name), 'latin1');
      expect(bytes).not.toContain(Buffer.from(FAKE_MASTER_KEY).toString('base64url'));
      expect(bytes).not.toContain('Spoke to');
    }

    const elsewhere = await createCommandLine();
    try {
      expect((await elsewhere.on('restore', backup())).error).toMatch(/there is no master key/);
      await cp(join(line.data, 'master.key'), join(elsewhere.data, 'master.key'), { recursive: true });
      expect(await elsewhere.on('restore', backup())).toMatchObject({ code: 0, error: '' });
      const report = JSON.parse((await elsewhere.on('verify', '--json')).out);
      expect(report).toMatchObject({ records: 2, blobs: 1, notes: 1, faults: [] });
      const there = await createFakeSchool({ folder: elsewhere.data });
      const dsl = await there.person('dsl', 'someone');
      expect((await dsl.item(id)).screenshot).toBe('available');
      await there.dispose();
    } finally {
      await elsewhere.dispose();
    }
  });

  test('brought back under a running server, which goes on with it; what was there is kept', async () => {
    const agent = await school.agent();
    const { id } = await oneOfEach(school, agent);
    await line.on('backup', backup());
    const begun = { actor: 'command line', action: 'backup_begun', detail: '{}' };
    expect(await audited()).toEqual([begun]);
    const lost = school.random.id();
    await agent.send([await agent.seal(fakeCapture(lost))]);
    expect((await line.on('restore', backup())).error).toMatch(/--replace/);
    const restored = await line.on('restore', backup(), '--replace');
    expect(restored).toMatchObject({ code: 0, error: '' });
    expect(restored.out).toMatch(/before-restore/);
    await school.timers.advance(1_000);
    expect(await audited()).toMatchObject([begun, { actor: 'command line', action: 'backup_restored' }]);

    const dsl = await school.person('dsl', 'someone');
    expect((await dsl.queue('?show=all')).items.map((item) => item.id)).toEqual([id]);
    // What the backup did not know of shows as a gap as soon as the device is heard of again.
    await agent.send([await agent.seal(fakeCapture(school.random.id()))]);
    const { gaps } = (await dsl.request({ method: 'GET', url: '/api/v1/devices' })).json().devices[0];
    expect(gaps).toMatchObject([{ from: 3, to: 3 }]);
  });

  test('a backup that is unfinished, damaged or of another master key is refused before anything is touched', async () => {
    const { id } = await oneOfEach(school, await school.agent());
    await line.on('backup', backup());
    const before = await readFile(join(line.data, 'lapwing.db'));
    const refused = async (message: RegExp) => {
      const outcome = await line.on('restore', backup(), '--replace');
      expect(outcome.code).toBe(1);
      expect(outcome.error).toMatch(message);
      expect(Buffer.compare(await readFile(join(line.data, 'lapwing.db')), before)).toBe(0);
    };
    await rename(join(backup(), 'backup.json'), join(backup(), 'aside.json'));
    await refused(/unfinished/);
    await writeFile(join(backup(), 'backup.json'), '{"version":2}');
    await refused(/cannot|can read/);
    await rename(join(backup(), 'aside.json'), join(backup(), 'backup.json'));
    await writeFile(join(line.data, 'master.key'), Buffer.alloc(32, 1).toString('base64url'), {
      mode: 0o600,
    });
    await refused(/not the one this backup was made with/);
    expect(id).toBeTruthy();
  });

  test('goes to a folder of its own only', async () => {
    expect((await line.on('backup', line.folder)).error).toMatch(/not empty/);
  });
});
