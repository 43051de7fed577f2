import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createKeys,
  createMasterKey,
  loadKeyring,
  nextKeyPath,
  readMasterKey,
} from '../../src/server/keys/index.ts';
import { rotateKeys } from '../../src/server/maintenance/index.ts';
import { type CommandLine, createCommandLine } from '../fakes/server/commandLine.ts';
import { createFakeSchool } from '../fakes/server/school.ts';

describe('rotate-keys', () => {
  let line: CommandLine;
  beforeEach(async () => {
    line = await createCommandLine();
    await line.on('init', '--school', 'Brook');
  });
  afterEach(() => line.dispose());
  const keyFile = () => readFile(join(line.data, 'master.key'), 'utf8');

  test('wraps everything anew; the old master key opens nothing any more', async () => {
    const old = await keyFile();
    expect(await line.on('rotate-keys')).toMatchObject({ code: 0, error: '' });
    expect(await keyFile()).not.toBe(old);
    expect(await line.on('verify')).toMatchObject({ code: 0 });
    await writeFile(join(line.data, 'master.key'), old);
    expect((await line.on('verify')).error).toMatch(/not the one/);
  });

  test('with a new intake key gives new tokens that one', async () => {
    const outcome = JSON.parse((await line.on('rotate-keys', '--new-intake-key', '--json')).out);
    expect(outcome).toMatchObject({ rewrapped: 3, intakeKeyId: expect.stringMatching(/^k[0-9a-f]{16}$/) });
  });

  test('killed after the commit but before the files were exchanged, goes on from there', async () => {
    const old = await keyFile();
    await line.on('rotate-keys');
    const path = join(line.data, 'master.key');
    await rename(path, nextKeyPath(path));
    await writeFile(path, old, { mode: 0o600 });
    expect(await line.on('verify')).toMatchObject({ code: 0 });
    expect(await line.on('rotate-keys')).toMatchObject({ code: 0 });
    expect(await line.on('verify')).toMatchObject({ code: 0 });
  });

  test('killed before the commit, leaves the old key in force', async () => {
    const path = join(line.data, 'master.key');
    await writeFile(nextKeyPath(path), Buffer.alloc(32, 9).toString('base64url'), { mode: 0o600 });
    expect(await line.on('verify')).toMatchObject({ code: 0 });
    expect(await line.on('rotate-keys')).toMatchObject({ code: 0 });
    expect(await line.on('verify')).toMatchObject({ code: 0 });
  });

  test('from the environment needs the next key there', async () => {
    const value = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
    const before = await createCommandLine({ LAPWING_MASTER_KEY: value(1) });
    try {
      await before.on('init', '--school', 'S');
      expect((await before.on('rotate-keys')).error).toMatch(/LAPWING_NEXT_MASTER_KEY/);
      const both = { LAPWING_MASTER_KEY: value(1), LAPWING_NEXT_MASTER_KEY: value(2) };
      const during = await createCommandLine(both);
      expect(await during.run('rotate-keys', '--data', before.data)).toMatchObject({ code: 0 });
      expect(await during.run('verify', '--data', before.data)).toMatchObject({ code: 0 });
      expect(await before.on('verify')).toMatchObject({ code: 1 });
      const after = await createCommandLine({ LAPWING_MASTER_KEY: value(2) });
      expect(await after.run('verify', '--data', before.data)).toMatchObject({ code: 0 });
      await during.dispose();
      await after.dispose();
    } finally {
      await before.dispose();
    }
  });

  test('with a wrong master key changes nothing', async () => {
    const school = await createFakeSchool();
    try {
      const { store, audit, timers, random } = school;
      const stranger = createMasterKey({ random }, new Uint8Array(32).fill(1));
      const source = {
        kind: 'environment',
        value: Buffer.alloc(32, 1).toString('base64url'),
        next: Buffer.alloc(32, 2).toString('base64url'),
      } as const;
      const deps = { store, audit, clock: timers, random, master: stranger };
      expect(await rotateKeys(deps, source, { newIntakeKey: true })).toMatchObject({ ok: false });
      expect('kind' in (await loadKeyring({ db: store.db, random }, school.master))).toBe(false);
    } finally {
      await school.dispose();
    }
  });
});

test('a wrapped key put in the place of another does not open', async () => {
  const school = await createFakeSchool();
  try {
    const { db } = school.store;
    await school.store.db
      .transaction()
      .execute((trx) => createKeys({ clock: school.timers, random: school.random }, trx, school.master))
      .catch(() => null);
    const [one, other] = await db.selectFrom('keys').selectAll().where('kind', '=', 'intake').execute();
    if (one === undefined || other === undefined) throw new Error('two keys expected');
    await db.updateTable('keys').set({ wrapped: other.wrapped }).where('id', '=', one.id).execute();
    expect(await loadKeyring({ db, random: school.random }, school.master)).toEqual({
      kind: 'wrong_master_key',
    });
  } finally {
    await school.dispose();
  }
});

test('a master key of the wrong length is refused', async () => {
  const source = { kind: 'environment', value: 'c2hvcnQ', next: null } as const;
  const random = { bytes: () => new Uint8Array(12) };
  expect(await readMasterKey({ random }, source, null)).toMatchObject({
    ok: false,
    error: expect.stringMatching(/32 bytes/),
  });
});
