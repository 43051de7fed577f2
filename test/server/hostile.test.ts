import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_PATHS, CONSOLE_PATHS, errorResponseSchema } from '#contract';
import { createSigningKey } from '#seal';
import { enrolRequest } from '../fakes/server/agent.ts';
import { createFakeConsole } from '../fakes/server/console.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { fakeCapture, fakeReport } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

const HOSTILE = [
  ['markup', '<img src=x onerror=alert(1)></script><script>alert(2)</script>'],
  ['direction marks', 'safe\u202egnp.exe\u2066\u2069'],
  ['control characters', 'a\u0000b\u001b[31mc\u0007\r\nlevel=error msg="forged"'],
  ['half a pair', 'half \ud83d of it \udc00'],
  ['the longest', 'long '.repeat(400)],
  ['quotes and SQL', `'; drop table records; -- " \\ \${7*7} {{7*7}}`],
] as const;

onEveryDatabase('hostile input', (open) => {
  let school: FakeSchool;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
  });
  afterEach(() => school.dispose());

  test.each(HOSTILE)('%s in a title comes out as it went in, and never in the log', async (_name, title) => {
    const agent = await school.agent();
    const id = school.random.id();
    await agent.send([await agent.seal(fakeCapture(id, { title }))]);
    const technician = await school.person('technician');
    const [item] = (await technician.queue()).items;
    expect(item).toMatchObject({ id, capture: { observation: { title } } });
    const response = await technician.request({ method: 'GET', url: `${CONSOLE_PATHS.items}/${id}` });
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
    expect(school.logLines.join('\n')).not.toContain(title.slice(0, 20));
  });

  test('a title of 100 kB is refused with its field named, and nothing else with it', async () => {
    const agent = await school.agent();
    const fine = fakeCapture(school.random.id());
    const huge = fakeCapture(school.random.id(), { title: 'x'.repeat(100_000), hits: fine.hits });
    const { answers } = (await agent.send([await agent.seal(huge), await agent.seal(fine)])).json();
    expect(answers).toEqual([
      { id: huge.id, status: 'rejected', reason: 'the record is not valid at "observation.title"' },
      { id: fine.id, status: 'stored' },
    ]);
  });

  test.each(HOSTILE)('%s in the name of a machine and of a person harms nothing', async (_name, text) => {
    const token = await school.enrolment.createToken({
      site: 'Main',
      audience: 'KS2',
      lifetimeMs: 60_000,
      uses: 1,
    });
    const { publicKey } = await createSigningKey();
    const machine = text.slice(0, 256);
    const enrolled = await enrolRequest(school, {
      ...token,
      publicKey,
      machine,
      hardwareId: text.slice(0, 128),
    });
    expect(enrolled.statusCode, enrolled.body).toBe(200);
    const agent = await school.agent();
    const version = text.slice(0, 40);
    expect((await agent.heartbeat({ agentVersion: version })).statusCode).toBe(200);
    const stranger = createFakeConsole(school);
    expect((await stranger.signIn(text.slice(0, 100), text.slice(0, 200))).statusCode).toBe(401);
    const contractor = await school.person('contractor');
    const devices = await contractor.request({ method: 'GET', url: CONSOLE_PATHS.devices });
    const kept = (sent: string) => sent.toWellFormed().replaceAll('\0', '\ufffd');
    expect(devices.json().devices).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ machine: kept(machine) }),
        expect.objectContaining({ id: agent.deviceId, agentVersion: kept(version) }),
      ]),
    );
  });
});

describe('malformed requests', () => {
  let school: FakeSchool;
  beforeEach(async () => {
    school = await createFakeSchool();
  });
  afterEach(() => school.dispose());

  test.each([
    ['no body', undefined, 400, 'invalid_input'],
    ['not JSON', '{"username":', 400, 'invalid_input'],
    ['another type', 'username=a', 415, 'unsupported_media_type'],
    ['a list', '[]', 400, 'invalid_input'],
    ['too large', JSON.stringify({ username: 'a', password: 'x'.repeat(50_000) }), 413, 'too_large'],
    [
      'a polluted prototype',
      '{"__proto__":{"admin":true},"username":"a","password":"b"}',
      400,
      'invalid_input',
    ],
  ])('to sign in with %s gets an error in the contract’s form', async (name, payload, status, code) => {
    const type = name === 'another type' ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = { 'x-lapwing-console': '1', ...(payload === undefined ? {} : { 'content-type': type }) };
    const options = { method: 'POST' as const, url: CONSOLE_PATHS.session, headers };
    const response = await school.app.inject(payload === undefined ? options : { ...options, payload });
    expect([response.statusCode, response.json().error.code]).toEqual([status, code]);
    expect(errorResponseSchema.safeParse(response.json()).success).toBe(true);
  });

  test('names every wrong field by its path', async () => {
    const response = await school.app.inject({
      method: 'POST',
      url: AGENT_PATHS.enrol,
      payload: { tokenId: 'x', machine: 7, platform: 'amiga' },
    });
    expect(response.statusCode).toBe(400);
    const paths = response.json().error.issues.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['tokenSecret', 'publicKey', 'machine', 'platform']));
    expect(await school.store.db.selectFrom('devices').selectAll().execute()).toEqual([]);
  });

  test.each([
    '/api/v1/nothing',
    '/agent/v1/../../etc/passwd',
    '/%00',
    '/api/v1/items/not-an-id',
    '/..%2f..%2fmaster.key',
  ])('an address that is nothing (%s) is an error, never a file', async (url) => {
    const technician = await school.person('technician');
    const response = await technician.request({ method: 'GET', url });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
  });

  test('the documentation of the interface is there', async () => {
    const page = await school.app.inject({ method: 'GET', url: '/docs/json' });
    expect(Object.keys(page.json().paths)).toEqual(
      expect.arrayContaining([AGENT_PATHS.envelopes, CONSOLE_PATHS.queue, '/health']),
    );
  });
});

test('a whole day leaves no title, URL, name, report, note, password or key in the log', async () => {
  const school = await createFakeSchool();
  try {
    const agent = await school.agent({ machine: 'MARKER-MACHINE' });
    const capture = fakeCapture(school.random.id(), { title: 'MARKER-TITLE in a window' });
    const report = fakeReport(school.random.id(), { text: 'MARKER-REPORT text' });
    await agent.send([await agent.seal(capture), await agent.seal(report)]);
    await agent
      .sealBytes({ id: school.random.id(), kind: 'capture' }, Buffer.from('{"kind":"MARKER-BAD"}'))
      .then((bad) => agent.send([bad]));
    await agent.request({ method: 'POST', url: AGENT_PATHS.envelopes, payload: '{"MARKER-JSON' });
    const created = await school.accounts.create({
      username: 'marker-user',
      displayName: 'MARKER-NAME',
      role: 'dsl',
    });
    if (!created.ok) throw new Error();
    const dsl = createFakeConsole(school);
    await dsl.signIn('marker-user', 'MARKER-PASSWORD');
    await dsl.signIn('marker-user', created.value.password);
    await dsl.queue();
    await dsl.decide(capture.id, 'record_action', 'waiting', 'MARKER-NOTE written');
    await school.app.inject({
      method: 'GET',
      url: '/MARKER-PATH?q=MARKER-QUERY',
      headers: { referer: 'https://MARKER-REFERER.example' },
    });
    // A failure below the application: its message may hold anything.
    await school.store.db.updateTable('devices').set({ health: 'MARKER-DAMAGED' }).execute();
    const failed = await dsl.request({ method: 'GET', url: CONSOLE_PATHS.devices });
    expect(failed.statusCode).toBe(500);
    expect(failed.body).not.toMatch(/MARKER/);

    expect(school.logLines.length).toBeGreaterThan(10);
    const log = school.logLines.join('\n');
    expect(log).not.toMatch(/MARKER/i);
    expect(log).not.toContain(created.value.password);
    expect(log).not.toContain(dsl.cookie?.split('=')[1]);
    expect(log).not.toMatch(/eyJ/);
    expect(log).toContain('a request failed');
    // Nothing in clear in the database's files either.

    for (const name of ['lapwing.db', 'lapwing.db-wal']) {
      const bytes = await readFile(`${school.folder}/${name}`, 'latin1');
      for (const marker of ['MARKER-TITLE', 'MARKER-REPORT', 'MARKER-NOTE', 'Robin Example', 'pupil07']) {
        expect(bytes.includes(marker), `${marker} in ${name}`).toBe(false);
      }
    }
  } finally {
    await school.dispose();
  }
});
