import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEnrolmentToken } from '#seal';
import { type CommandLine, createCommandLine } from '../fakes/server/commandLine.ts';

const CERTIFICATES = fileURLToPath(new URL('../fakes/certificates', import.meta.url));

let line: CommandLine;
beforeEach(async () => {
  line = await createCommandLine();
});
afterEach(() => line.dispose());

const init = () => line.on('init', '--school', 'Brook Primary');

describe('init', () => {
  test('makes everything, for its owner alone', async () => {
    const outcome = await init();
    expect(outcome).toMatchObject({ code: 0, error: '' });
    expect(outcome.out).toContain('Keep a copy of it somewhere else');
    for (const [name, mode] of [
      ['', 0o700],
      ['lapwing.db', 0o600],
      ['master.key', 0o600],
    ] as const) {
      expect((await stat(join(line.data, name))).mode & 0o777, name).toBe(mode);
    }
  });

  test('run twice says so and changes nothing', async () => {
    await init();
    const key = await readFile(join(line.data, 'master.key'), 'utf8');
    const before = await line.on('policy', 'show', '--json');
    const again = await line.on('init', '--school', 'Another Name', '--time-zone', 'UTC');
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toMatch(/^Nothing changed: Brook Primary/);
    expect(await readFile(join(line.data, 'master.key'), 'utf8')).toBe(key);
    expect(await line.on('policy', 'show', '--json')).toEqual(before);
  });

  test.each([
    [['--school', '  '], /--school NAME/],
    [['--school', 'Brook', '--time-zone', 'Mars'], /Mars is not a time zone/],
    [['--school', 'Brook', '--colour', 'blue'], /--colour/],
  ])('with %j is refused and makes nothing', async (words, message) => {
    const outcome = await line.on('init', ...words);
    expect(outcome.code).toBe(2);
    expect(outcome.error).toMatch(message);
    expect(outcome.error).toMatch(/usage: lapwing-server init/);
    await expect(stat(line.data)).rejects.toThrow();
  });
});

describe('before init, every command says what to do', () => {
  test.each([
    ['serve'],
    ['add-account', '--username', 'amy', '--display-name', 'Amy', '--role', 'dsl'],
    ['devices'],
    ['policy'],
    ['enrol-token', '--site', 'S', '--audience', 'KS2'],
  ])('%s', async (command, ...words) => {
    const outcome = await line.on(command, ...words);
    expect(outcome.code).toBe(1);
    expect(outcome.error).toMatch(/run (lapwing-server )?init/);
  });
});

describe('the master key', () => {
  beforeEach(init);

  test('that others can read is refused', async () => {
    const path = join(line.data, 'master.key');
    for (const mode of [0o640, 0o604, 0o666]) {
      await chmod(path, mode);
      const outcome = await line.on('serve');
      expect(outcome.code).toBe(1);
      expect(outcome.error).toContain(`mode ${mode.toString(8)}`);
      expect(outcome.error).toContain('chmod 600');
    }
  });

  test('that is another one is refused', async () => {
    await writeFile(join(line.data, 'master.key'), Buffer.alloc(32, 1).toString('base64url'), {
      mode: 0o600,
    });
    const outcome = await line.on('serve');
    expect([outcome.code, outcome.error]).toEqual([
      1,
      "the master key is not the one this school's keys were wrapped with",
    ]);
  });

  test('that is none is refused', async () => {
    await writeFile(join(line.data, 'master.key'), 'short', { mode: 0o600 });
    expect((await line.on('devices')).error).toMatch(/is not a master key: expected 32 bytes/);
  });

  test('comes from the environment as well, and then no file is made', async () => {
    const other = await createCommandLine({ LAPWING_MASTER_KEY: Buffer.alloc(32, 5).toString('base64url') });
    try {
      expect((await other.on('init', '--school', 'S')).code).toBe(0);
      await expect(stat(join(other.data, 'master.key'))).rejects.toThrow();
      expect((await other.on('devices')).code).toBe(0);
    } finally {
      await other.dispose();
    }
  });

  test('in the environment that is not one is refused by name, without being shown', async () => {
    const other = await createCommandLine({ LAPWING_MASTER_KEY: 'secret-but-wrong' });
    const outcome = await other.on('devices');
    expect(outcome.code).toBe(2);
    expect(outcome.error).toMatch(/LAPWING_MASTER_KEY: expected 32 bytes/);
    expect(outcome.error).not.toContain('secret-but-wrong');
    await other.dispose();
  });
});

describe('accounts', () => {
  beforeEach(init);
  const add = (username: string, role = 'dsl', ...words: string[]) =>
    line.on('add-account', '--username', username, '--display-name', 'Amy T', '--role', role, ...words);

  test('get a password that is printed once, and are not made twice', async () => {
    const made = await add('amy', 'technician', '--json');
    expect(JSON.parse(made.out)).toEqual({
      username: 'amy',
      role: 'technician',
      password: expect.stringMatching(/^(\w{4}-){4}\w{4}$/),
    });
    expect(await add('AMY')).toMatchObject({ code: 1, error: 'there is an account named AMY already' });
  });

  test('are listed, disabled, enabled and given another password by name', async () => {
    await add('amy');
    await add('tom', 'technician');
    expect(await line.on('account', 'disable', 'amy')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/amy is the last DSL .* --leave-no-dsl/),
    });
    expect(await line.on('account', 'disable', 'tom')).toMatchObject({
      code: 0,
      out: 'Account tom is disabled.',
    });
    expect((await line.on('account')).out.split('\n')).toEqual([
      'amy  dsl  Amy T',
      expect.stringMatching(/^tom {2}technician {2}Amy T {2}disabled since \d{4}-/),
    ]);
    expect(JSON.parse((await line.on('account', 'list', '--json')).out).accounts).toHaveLength(2);
    expect((await line.on('account', 'disable', 'tom')).error).toBe('the account tom is disabled already');
    expect((await line.on('account', 'enable', 'tom')).out).toBe('Account tom can sign in again.');
    expect((await line.on('account', 'password', 'tom')).out).toMatch(/shown only now:\n(\w{4}-){4}\w{4}$/);
    expect((await line.on('account', 'disable', 'amy', '--leave-no-dsl')).code).toBe(0);
  });

  test.each([
    [['remove', 'amy'], 2, /account list, account disable NAME/],
    [['disable'], 2, /account list/],
    [['list', 'amy'], 2, /account list/],
    [['password', 'nobody'], 1, /no account named nobody/],
  ])('account %j is refused', async (words, code, message) => {
    const outcome = await line.on('account', ...words);
    expect([outcome.code, outcome.error]).toEqual([code, expect.stringMatching(message)]);
  });

  test('with a role or a name that is none are refused', async () => {
    expect((await add('amy', 'head')).error).toMatch(/technician, dsl, contractor/);
    expect((await add('amy smith')).code).toBe(2);
    expect((await add('a\u202eb')).code).toBe(2);
  });
});

describe('enrol-token', () => {
  beforeEach(init);
  const make = (...words: string[]) =>
    line.on('enrol-token', '--site', 'Main', '--audience', 'KS2', ...words);

  test('prints a token that says where to go and whom to trust', async () => {
    const made = await make('--url', 'https://lapwing.school.example', '--expires', '12h', '--uses', '40');
    const token = await parseEnrolmentToken(made.out);
    expect(token).toMatchObject({
      ok: true,
      value: { serverUrl: 'https://lapwing.school.example', caPem: null },
    });
  });

  test('is listed without its secret and can be withdrawn once', async () => {
    const made = await make('--url', 'https://lapwing.school.example', '--uses', '40', '--json');
    const { tokenId, token } = JSON.parse(made.out);
    const listed = await line.on('enrol-tokens');
    expect(listed.out).toMatch(new RegExp(`^${tokenId}  Main  KS2  used 0 of 40  expires 20`));
    const parsed = await parseEnrolmentToken(token);
    if (!parsed.ok) throw new Error();
    expect(listed.out).not.toContain(parsed.value.tokenSecret);
    expect((await line.on('enrol-tokens', '--json')).out).not.toMatch(/secret/i);
    expect(await line.on('withdraw-token', tokenId)).toMatchObject({ code: 0, error: '' });
    expect((await line.on('enrol-tokens')).out).toMatch(/used 0 of 40 {2}withdrawn$/);
    expect((await line.on('withdraw-token', tokenId)).error).toMatch(/no token .* not withdrawn already/);
    expect(await line.on('withdraw-token', 'all')).toMatchObject({ code: 2 });
  });

  test('written as a technician writes it takes the address that the server was set up with', async () => {
    const other = await createCommandLine();
    try {
      const ca = join(CERTIFICATES, 'ca.pem');
      await other.on('init', '--school', 'S', '--url', 'https://lapwing.school.example', '--ca', ca);
      const words = ['--site', 'S', '--audience', 'KS2', '--expires', '7d', '--uses', '40'];
      const made = await other.on('enrol-token', ...words);
      expect(made).toMatchObject({ code: 0, error: '' });
      expect(await parseEnrolmentToken(made.out)).toMatchObject({
        ok: true,
        value: { serverUrl: 'https://lapwing.school.example', caPem: await readFile(ca, 'utf8') },
      });
      const elsewhere = await other.on('enrol-token', ...words, '--url', 'https://elsewhere.example');
      expect(await parseEnrolmentToken(elsewhere.out)).toMatchObject({
        ok: true,
        value: { serverUrl: 'https://elsewhere.example', caPem: null },
      });
    } finally {
      await other.dispose();
    }
  });

  test('with no address known says what to set, and the address a server was started with counts', async () => {
    const refused = await make();
    expect(refused.code).toBe(1);
    expect(refused.error).toMatch(/serve --url https:\/\/.* --url to this command/);
    for (const url of ['http://127.0.0.1:8460', 'https://moved.school.example']) {
      expect((await line.on('serve', '--port', '0', '--url', url)).code).toBe(0);
      expect(await parseEnrolmentToken((await make()).out)).toMatchObject({ value: { serverUrl: url } });
    }
    expect((await line.on('serve', '--port', '0')).code).toBe(0);
    expect(await parseEnrolmentToken((await make()).out)).toMatchObject({
      value: { serverUrl: 'https://moved.school.example' },
    });
  });

  test.each([
    [['--url', 'http://lapwing.school.example'], /https/],
    [['--url', 'https://x.example', '--expires', 'soon'], /30m, 12h or 7d/],
    [['--url', 'https://x.example', '--expires', '9999d'], /a year at most/],
    [['--url', 'https://x.example', '--uses', '0'], /--uses/],
    [['--url', 'https://x.example', '--ca', '/nowhere.pem'], /cannot read \/nowhere.pem/],
    [['--url', 'https://x.example', '--ca', join(CERTIFICATES, 'localhost.key')], /not a certificate/],
  ])('with %j is refused', async (words, message) => {
    const outcome = await make(...words);
    expect(outcome.code).toBeGreaterThan(0);
    expect(outcome.error).toMatch(message);
  });
});

describe('policy set', () => {
  beforeEach(init);

  test('a file with mistakes names each with line and column, and changes nothing', async () => {
    const path = join(line.folder, 'policy.yaml');
    await writeFile(
      path,
      'school:\n  name: Brook\n  timeZone: Nowhere\nrules: {}\ncapture:\n  cooldownMs: -1\noutbox: {}\n',
    );
    const outcome = await line.on('policy', 'set', path);
    expect(outcome.code).toBe(1);
    expect(outcome.error.split('\n')).toEqual([
      expect.stringMatching(/policy\.yaml:3:13: school\.timeZone: expected a time zone/),
      expect.stringMatching(/policy\.yaml:6:15: capture\.cooldownMs: /),
    ]);
    expect(JSON.parse((await line.on('policy', 'show', '--json')).out).version).toBe(1);
  });

  test('what show prints can be changed and set again', async () => {
    const path = join(line.folder, 'policy.yaml');
    const shown = (await line.on('policy', 'show')).out;
    await writeFile(path, shown.replace('screenshots: true', 'screenshots: false'));
    expect(await line.on('policy', 'set', path)).toMatchObject({
      code: 0,
      out: 'Policy version 2 is in force.',
    });
    const policy = JSON.parse((await line.on('policy', 'show', '--json')).out);
    expect(policy).toMatchObject({ version: 2, document: { capture: { screenshots: false } } });
  });
});

describe('serve', () => {
  beforeEach(init);
  test.each([
    [['--host', '0.0.0.0'], 1, /will not speak plain HTTP on 0\.0\.0\.0/],
    [['--port', 'x'], 2, /--port/],
    [['--url', 'http://lapwing.school.example'], 2, /--url is the address/],
    [['--ca', join(CERTIFICATES, 'ca.pem')], 2, /--ca goes with --url/],
    [['--tls-cert', 'c.pem'], 2, /go together/],
    [['--tls-cert', '/c.pem', '--tls-key', '/k.pem'], 1, /cannot read \/c\.pem/],
  ])('with %j is refused', async (words, code, message) => {
    const outcome = await line.on('serve', ...words);
    expect(outcome.code).toBe(code);
    expect(outcome.error).toMatch(message);
  });
});

test('help is there for the program and each command, and nonsense is refused', async () => {
  const help = await line.run('help');
  expect(help.code).toBe(0);
  const names =
    'init serve add-account account enrol-token enrol-tokens withdraw-token devices revoke policy backup restore verify rotate-keys';
  for (const command of names.split(' ')) {
    expect(help.out).toContain(command);
    expect((await line.run(command, '--help')).out).toContain(`usage: lapwing-server ${command}`);
  }
  expect(await line.run('fly')).toMatchObject({ code: 2 });
  expect(await line.run()).toMatchObject({ code: 2 });
  expect((await line.run('devices')).error).toContain('--data DIR or LAPWING_DATA');
});
