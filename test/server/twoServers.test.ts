import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_PATHS, CONSOLE_PATHS, type Envelope } from '#contract';
import { createPostgresDatabase } from '../fakes/server/databases.ts';
import { listen, openStream } from '../fakes/server/eventStream.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

/** Two servers on one PostgreSQL behave as one, whichever of them a request reaches. */
describe('two servers on one PostgreSQL', () => {
  let folder: string;
  let one: FakeSchool;
  let two: FakeSchool;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lapwing-two-'));
    const database = await createPostgresDatabase();
    one = await createFakeSchool({ database, folder });
    two = await createFakeSchool({ database, folder, timers: one.timers });
  });
  afterEach(async () => {
    await one.dispose();
    await two.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('the same batches sent to both at once are stored once, without a gap', async () => {
    const agents = await Promise.all(['a', 'b', 'c', 'd'].map((hardwareId) => one.agent({ hardwareId })));
    const sent = await Promise.all(
      agents.map(async (agent) => {
        const envelopes: Envelope[] = [];
        for (let index = 0; index < 12; index++)
          envelopes.push(await agent.seal(fakeCapture(one.random.id())));
        return { agent, envelopes };
      }),
    );
    const responses = sent.flatMap(({ agent, envelopes }) =>
      [0, 4, 8].flatMap((from) => {
        const batch = envelopes.slice(from, from + 4);
        return [one, two, one].map((school) => {
          agent.app = school.app;
          return agent.send(batch);
        });
      }),
    );
    const answers = (await Promise.all(responses)).flatMap((response) => {
      expect(response.statusCode, response.body).toBe(200);
      return response.json().answers as { id: string; status: string }[];
    });
    for (const { envelopes } of sent) {
      for (const { id } of envelopes) {
        const statuses = answers.filter((answer) => answer.id === id).map(({ status }) => status);
        expect(statuses.sort()).toEqual(['duplicate', 'duplicate', 'stored']);
      }
    }
    expect(await one.store.db.selectFrom('sequence_gaps').selectAll().execute()).toEqual([]);
    expect(one.failures).toEqual([]);
  });

  test('a request token used at one is refused at the other', async () => {
    const agent = await one.agent();
    const headers = await agent.headers('GET', AGENT_PATHS.policy);
    const url = AGENT_PATHS.policy;
    expect((await one.app.inject({ method: 'GET', url, headers })).statusCode).toBe(200);
    const replay = await two.app.inject({ method: 'GET', url, headers });
    expect(replay.json().error.code).toBe('replayed');
  });

  test('a person signed in at one works at the other and hears there what happens at the first', async () => {
    const technician = await one.person('technician');
    const url = await listen(two.app);
    const stream = await openStream(url + CONSOLE_PATHS.events, { cookie: technician.cookie ?? '' });
    const agent = await one.agent();
    const id = one.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    expect(await stream.next()).toMatchObject({ kind: 'device' });
    expect(await stream.next()).toEqual({
      kind: 'item',
      data: { kind: 'item', id, severity: 'high', state: 'waiting' },
    });
    technician.app = two.app;
    expect((await technician.queue()).items.map((item) => item.id)).toEqual([id]);
    technician.app = one.app;
    await technician.request({ method: 'DELETE', url: CONSOLE_PATHS.session });
    expect(await stream.next()).toBeNull();
  });

  test('two people deciding at once at different servers: one decides, one is told', async () => {
    const agent = await one.agent();
    const id = one.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    const first = await one.person('technician', 'first');
    const second = await one.person('technician', 'second');
    second.app = two.app;
    const outcomes = await Promise.all([
      first.decide(id, 'pass', 'waiting'),
      second.decide(id, 'no_concern', 'waiting'),
    ]);
    expect(outcomes.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
    const history = await one.store.db.selectFrom('item_history').select('action').execute();
    expect(history).toHaveLength(1);
  });

  test('wrong passwords count together', async () => {
    await one.person('dsl', 'amy');
    const { signIn } = await one
      .person('technician', 'other')
      .then((thief) => Object.assign(thief, { cookie: null }));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++)
      statuses.push((await signIn('amy', `guess ${attempt}`)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const elsewhere = await two.app.inject({
      method: 'POST',
      url: CONSOLE_PATHS.session,
      headers: { 'x-lapwing-console': '1' },
      payload: { username: 'amy', password: 'guess' },
    });
    expect(elsewhere.statusCode).toBe(429);
  });

  test('a device revoked at one is refused at the other, and its stream there ends', async () => {
    const agent = await one.agent();
    const url = await listen(two.app);
    const stream = await openStream(url + AGENT_PATHS.events, await agent.headers('GET', AGENT_PATHS.events));
    await stream.next();
    await one.store.db.updateTable('devices').set({ revoked_at: one.timers.now() }).execute();
    one.store.bus.publish({ kind: 'device_revoked', id: agent.deviceId });
    expect(await stream.next()).toBeNull();
    agent.app = two.app;
    expect((await agent.heartbeat()).json().error.code).toBe('device_revoked');
  });
});
