import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_PATHS } from '#contract';
import { createRequestSigner, createSigningKey, verifyPolicy } from '#seal';
import { addIntakeKey } from '../../src/server/keys/index.ts';
import { parsePolicyText, writePolicy } from '../../src/server/policy/index.ts';
import { enrolRequest, type FakeAgent, intakeKeyOf } from '../fakes/server/agent.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

const DAY_MS = 86_400_000;

onEveryDatabase('trust', (open) => {
  let school: FakeSchool;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
  });
  afterEach(() => school.dispose());

  const newToken = (uses = 1) =>
    school.enrolment.createToken({ site: 'Main', audience: 'KS2', lifetimeMs: DAY_MS, uses });
  const publicKey = async () => (await createSigningKey()).publicKey;
  const codeOf = (response: { json(): { error?: { code: string } } }) => response.json().error?.code ?? 'ok';

  describe('enrolment', () => {
    test('counts uses, and the same device asking again costs none', async () => {
      const token = await newToken(2);
      const first = await publicKey();
      const one = await enrolRequest(school, { ...token, publicKey: first });
      const again = await enrolRequest(school, { ...token, publicKey: first });
      expect(again.json().deviceId).toBe(one.json().deviceId);
      expect(codeOf(await enrolRequest(school, { ...token, publicKey: await publicKey() }))).toBe('ok');
      const refused = await enrolRequest(school, { ...token, publicKey: await publicKey() });
      expect([refused.statusCode, codeOf(refused)]).toEqual([403, 'enrolment_used_up']);
    });

    test('the last use goes to exactly one of many who ask at once', async () => {
      const token = await newToken(1);
      const keys = await Promise.all(Array.from({ length: 6 }, publicKey));
      const responses = await Promise.all(
        keys.map((key) => enrolRequest(school, { ...token, publicKey: key })),
      );
      expect(responses.map(codeOf).sort()).toEqual([...Array(5).fill('enrolment_used_up'), 'ok']);
    });

    test('a forged, an unknown and an expired token are refused in words for a technician', async () => {
      const token = await newToken();
      const key = await publicKey();
      const forged = await enrolRequest(school, { ...token, tokenSecret: 'guess', publicKey: key });
      const unknown = await enrolRequest(school, { ...token, tokenId: school.random.id(), publicKey: key });
      expect([codeOf(forged), codeOf(unknown)]).toEqual(['enrolment_unknown', 'enrolment_unknown']);
      school.timers.jumpWallClock(DAY_MS);
      const expired = await enrolRequest(school, { ...token, publicKey: key });
      expect(expired.json().error).toMatchObject({
        code: 'enrolment_expired',
        message: expect.stringMatching(/expired/),
      });
    });

    test('a withdrawn token takes no further device in, and the one it took in stays', async () => {
      const token = await newToken(2);
      const key = await publicKey();
      const taken = await enrolRequest(school, { ...token, publicKey: key });
      expect(await school.enrolment.withdraw(token.tokenId)).toBe(true);
      expect(await school.enrolment.withdraw(token.tokenId)).toBe(false);
      const refused = await enrolRequest(school, { ...token, publicKey: await publicKey() });
      expect([refused.statusCode, codeOf(refused)]).toEqual([403, 'enrolment_withdrawn']);
      const again = await enrolRequest(school, { ...token, publicKey: key });
      expect(again.json().deviceId).toBe(taken.json().deviceId);
      const audit = school.store.db.selectFrom('audit').select(['actor', 'subject']);
      expect(await audit.where('action', '=', 'enrolment_token_withdrawn').execute()).toEqual([
        { actor: 'command line', subject: token.tokenId },
      ]);
    });

    test('a machine enrolled again supersedes its old self', async () => {
      const old = await school.agent({ hardwareId: 'the-machine' });
      const next = await school.agent({ hardwareId: 'the-machine' });
      expect(codeOf(await old.heartbeat())).toBe('device_superseded');
      expect(codeOf(await next.heartbeat())).toBe('ok');
    });
  });

  describe('every request', () => {
    let agent: FakeAgent;
    beforeEach(async () => {
      agent = await school.agent();
    });

    /** Sends a request with a token made for `signed`, as `sent`. */
    async function sendSigned(
      signed: { method: string; path: string; body: Buffer | null },
      sent: { method: 'GET' | 'POST'; url: string; payload?: Buffer },
      options: { key?: Awaited<ReturnType<typeof createSigningKey>>; nowMs?: number } = {},
    ) {
      const deviceKey = options.key ?? (await createSigningKey());
      const sign = createRequestSigner(
        { clock: { now: () => options.nowMs ?? school.timers.now() }, newId: school.random.id },
        { deviceId: agent.deviceId, deviceKey },
      );
      const headers = { authorization: `Bearer ${await sign(signed)}`, 'content-type': 'application/json' };
      return school.app.inject({ ...sent, headers });
    }

    test('is signed by the device it claims to be of', async () => {
      const path = AGENT_PATHS.policy;
      const response = await sendSigned({ method: 'GET', path, body: null }, { method: 'GET', url: path });
      expect([response.statusCode, codeOf(response)]).toEqual([401, 'bad_request_token']);
      expect(response.json().error.serverTime).toBe(school.timers.now());
    });

    test('is bound to method, path and body', async () => {
      const key = await createSigningKey();
      await school.store.db.updateTable('devices').set({ public_key: key.publicKey }).execute();
      const path: string = AGENT_PATHS.heartbeat;
      const body = Buffer.from('{}');
      const good = { method: 'POST', path, body };
      const send = (signed: typeof good, payload = body) =>
        sendSigned(signed, { method: 'POST', url: path, payload }, { key });
      expect(codeOf(await send({ ...good, method: 'PUT' }))).toBe('bad_request_token');
      expect(codeOf(await send({ ...good, path: `${path}?x` }))).toBe('bad_request_token');
      expect(codeOf(await send(good, Buffer.from('{ }')))).toBe('bad_request_token');
      // Bound rightly it gets as far as the form of its content.
      expect(codeOf(await send(good))).toBe('invalid_input');
    });

    test('counts once', async () => {
      const first = await agent.request({ method: 'GET', url: AGENT_PATHS.policy });
      const headers = { authorization: String(first.raw.req.headers.authorization) };
      const replay = await school.app.inject({ method: 'GET', url: AGENT_PATHS.policy, headers });
      expect([replay.statusCode, codeOf(replay)]).toEqual([401, 'replayed']);
    });

    test.each([-5, 5])('from a clock %i minutes off is told the time', async (minutes) => {
      const key = await createSigningKey();
      await school.store.db.updateTable('devices').set({ public_key: key.publicKey }).execute();
      const path = AGENT_PATHS.policy;
      const nowMs = school.timers.now() + minutes * 60_000;
      const response = await sendSigned(
        { method: 'GET', path, body: null },
        { method: 'GET', url: path },
        { key, nowMs },
      );
      expect([response.statusCode, codeOf(response)]).toEqual([401, 'clock_skew']);
      expect(response.json().error.serverTime).toBe(school.timers.now());
    });

    test.each([
      ['none', undefined],
      ['an empty one', 'Bearer'],
      ['another form', 'Bearer a.b.c'],
      ['another scheme', 'Basic xyz'],
      ['a huge one', `Bearer ${'x'.repeat(10_000)}`],
    ])('with %s for a token is refused before its body is read', async (_what, authorization) => {
      const headers = {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      };
      const response = await school.app.inject({
        method: 'POST',
        url: AGENT_PATHS.envelopes,
        headers,
        payload: '{not json',
      });
      expect([response.statusCode, codeOf(response)]).toEqual([401, 'bad_request_token']);
    });
  });

  describe('policy', () => {
    const set = async (yaml: string) => {
      const document = parsePolicyText(yaml);
      if (!document.ok) throw new Error(JSON.stringify(document.error));
      const { audit, timers, store } = school;
      await store.db
        .transaction()
        .execute((trx) => writePolicy({ clock: timers, audit }, trx, document.value));
      const changed = new Promise<void>((resolve) => {
        const subscription = store.bus.subscribe(({ kind }) => {
          if (kind !== 'policy') return;
          void subscription.dispose();
          resolve();
        });
      });
      store.bus.publish({ kind: 'policy' });
      await changed;
      await school.timers.advance(0);
    };
    const MINIMAL =
      'school: {name: Brook Primary, timeZone: Europe/London}\nrules: {}\ncapture: {}\noutbox: {}\n';
    const policyKey = async () => {
      const row = await school.store.db
        .selectFrom('keys')
        .selectAll()
        .where('kind', '=', 'policy')
        .executeTakeFirstOrThrow();
      return row.public_key ?? '';
    };
    const fetchPolicy = (agent: FakeAgent, etag?: string) =>
      agent.request({
        method: 'GET',
        url: AGENT_PATHS.policy,
        headers: etag === undefined ? {} : { 'if-none-match': etag },
      });

    test('comes signed for the audience of the device, and by ETag only once', async () => {
      const agent = await school.agent();
      const response = await fetchPolicy(agent);
      const policy = await verifyPolicy(response.json().policy, await policyKey());
      expect(policy).toMatchObject({
        ok: true,
        value: { version: 1, audience: 'KS2', school: { name: 'Brook Primary' } },
      });
      const etag = String(response.headers.etag);
      const again = await fetchPolicy(agent, etag);
      expect([again.statusCode, again.body]).toEqual([304, '']);
      expect((await agent.heartbeat()).json().policyEtag).toBe(etag);
    });

    test('a new one has the next version and another ETag', async () => {
      const agent = await school.agent();
      const etag = String((await fetchPolicy(agent)).headers.etag);
      await set(`${MINIMAL}sharedAccounts: [year*]\n`);
      await expect.poll(async () => (await fetchPolicy(agent, etag)).statusCode, { interval: 5 }).toBe(200);
      const response = await fetchPolicy(agent, etag);
      const policy = await verifyPolicy(response.json().policy, await policyKey());
      expect(policy).toMatchObject({ ok: true, value: { version: 2, sharedAccounts: ['year*'] } });
    });

    test('after a restore the next one is above what devices have, whatever one of them claims', async () => {
      const liar = await school.agent();
      await liar.heartbeat({ policyApplied: Number.MAX_SAFE_INTEGER });
      const agent = await school.agent();
      await agent.heartbeat({ policyApplied: 40 });
      await set(MINIMAL);
      const policy = async () => verifyPolicy((await fetchPolicy(agent)).json().policy, await policyKey());
      await expect.poll(policy, { interval: 5 }).toMatchObject({ ok: true, value: { version: 41 } });
    });

    test('a new intake key is handed out, and what was sealed to the old one stays readable', async () => {
      const agent = await school.agent();
      const id = school.random.id();
      await agent.send([await agent.seal(fakeCapture(id))]);
      const before = intakeKeyOf((await fetchPolicy(agent)).json().policy);
      const { store, timers, random, master } = school;
      await store.db.transaction().execute((trx) => addIntakeKey({ clock: timers, random }, trx, master));
      store.bus.publish({ kind: 'changed' });
      await expect
        .poll(async () => intakeKeyOf((await fetchPolicy(agent)).json().policy).keyId, {
          interval: 5,
          timeout: 60_000,
        })
        .not.toBe(before.keyId);
      const newer = await school.agent();
      const newerId = school.random.id();
      const envelope = await newer.seal(fakeCapture(newerId));
      expect(envelope.keyId).not.toBe(before.keyId);
      await newer.send([envelope]);
      // The old key still takes in what a device sealed before it heard of the new one.
      const late = await agent.seal(fakeCapture(school.random.id()));
      expect((await agent.send([late])).json().answers[0].status).toBe('stored');
      const technician = await school.person('technician');
      expect((await technician.queue()).items).toHaveLength(3);
    });
  });
});
