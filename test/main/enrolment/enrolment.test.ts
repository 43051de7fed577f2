import { beforeEach, describe, expect, test } from 'vitest';
import { enrolRequestSchema } from '#contract';
import { createIntakeKey, createSigningKey, type EnrolmentToken, encodeEnrolmentToken } from '#seal';
import { createEnrolment, type TokenSource, untilEnrolled } from '../../../src/main/enrolment/index.ts';
import type { HttpOutcome, HttpRequest, KeyVault, SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeVault } from '../../fakes/keyVault.ts';
import { createFakeLog, createFakeRandom, FACTS } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';
import { until } from '../../fakes/until.ts';

const DEVICE_ID = '019ab000-0000-7000-8000-00000000d001';

let token: EnrolmentToken;
let line: string;
let requests: HttpRequest[];
let trusted: (string | null)[];
let answer: () => HttpOutcome;
let vault: ReturnType<typeof createFakeVault>;
const timers = createFakeTimers();

function answered(status: number, body: unknown): HttpOutcome {
  return { kind: 'answered', status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function refusal(code: string): HttpOutcome {
  return answered(403, { error: { code, message: '' } });
}

function create(keptIn: KeyVault = vault, development = false) {
  return createEnrolment(
    {
      vault: keptIn,
      connect(caPem) {
        trusted.push(caPem);
        return {
          async send(request) {
            requests.push(request);
            return answer();
          },
        };
      },
      facts: async () => FACTS,
      timers,
    },
    { platform: 'win32', agentVersion: '1.2.3', development },
  );
}

/** A vault that answers later, so that two changes can get between each other. */
function slow(fast: KeyVault): KeyVault {
  return {
    ...fast,
    read: async (name) => {
      const secret = await fast.read(name);
      await Promise.resolve();
      return secret;
    },
  };
}

function sent(at: number) {
  return enrolRequestSchema.parse(JSON.parse(new TextDecoder().decode(requests[at]?.body ?? undefined)));
}

beforeEach(async () => {
  const { keyId, publicKey } = await createIntakeKey();
  token = {
    version: 1,
    tokenId: 't1',
    tokenSecret: 'a-secret-of-the-school',
    serverUrl: 'https://lapwing.school.example',
    caPem: '-----BEGIN CERTIFICATE-----',
    policyKey: (await createSigningKey()).publicKey,
    intakeKey: { keyId, publicKey, version: 5 },
  };
  line = await encodeEnrolmentToken(token);
  requests = [];
  trusted = [];
  answer = () => answered(200, { deviceId: DEVICE_ID, serverTime: 1 });
  vault = createFakeVault();
});

describe('enrolling', () => {
  test("asks the token's server, trusting the token's CA, and keeps the identity in the vault", async () => {
    const enrolled = await create().enrol(line);
    expect(enrolled).toMatchObject({ ok: true, value: { deviceId: DEVICE_ID, serverUrl: token.serverUrl } });
    expect(trusted).toEqual([token.caPem]);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://lapwing.school.example/agent/v1/enrol',
    });
    expect(sent(0)).toMatchObject({ tokenId: 't1', machine: FACTS.machine, hardwareId: FACTS.hardwareId });
    const loaded = await create().load();
    expect(loaded).toEqual(enrolled);
    expect([...vault.secrets.keys()]).toEqual(['identity']);
  });

  test('an answer that was lost costs no second use: the same key asks again', async () => {
    answer = () => ({ kind: 'unreachable', reason: 'ECONNRESET' });
    expect(await create().enrol(line)).toMatchObject({
      ok: false,
      error: { code: 'server_unreachable', passing: true },
    });
    answer = () => answered(200, { deviceId: DEVICE_ID, serverTime: 1 });
    expect((await create().enrol(line)).ok).toBe(true);
    expect(sent(1).publicKey).toBe(sent(0).publicKey);
  });

  test('another token, after a re-image or a revocation, gets another key', async () => {
    await create().enrol(line);
    await create().enrol(await encodeEnrolmentToken({ ...token, tokenId: 't2' }));
    expect(sent(1).publicKey).not.toBe(sent(0).publicKey);
  });

  test.each(['enrolment_unknown', 'enrolment_expired', 'enrolment_used_up', 'enrolment_withdrawn'])(
    'a token refused as %s gives a reason a technician understands',
    async (code) => {
      answer = () => refusal(code);
      const enrolled = await create().enrol(line);
      expect(enrolled).toMatchObject({ ok: false, error: { code, passing: false } });
      expect(!enrolled.ok && enrolled.error.message).toMatch(/token.*Make a new one/);
      expect(await create().load()).toEqual({ ok: true, value: null });
    },
  );

  test('a page that is not our server is said to be that', async () => {
    answer = () => answered(404, 'a router');
    const enrolled = await create().enrol(line);
    expect(enrolled).toMatchObject({ ok: false, error: { code: 'status_404', passing: true } });
    expect(!enrolled.ok && enrolled.error.message).toContain('lapwing.school.example');
  });

  test('a damaged token never reaches a server', async () => {
    expect(await create().enrol(line.slice(0, -4))).toMatchObject({
      ok: false,
      error: { code: 'token_damaged' },
    });
    expect(requests).toEqual([]);
  });

  test('without a key vault nothing is enrolled or loaded, except in development', async () => {
    const plain = createFakeVault('plain');
    expect(await create(plain).enrol(line)).toMatchObject({ ok: false, error: { code: 'no_key_vault' } });
    expect(plain.secrets.size).toBe(0);
    expect((await create(plain, true).enrol(line)).ok).toBe(true);
    expect(await create(plain).load()).toMatchObject({ ok: false, error: { code: 'no_key_vault' } });
  });

  describe("the school's new sealing key", () => {
    async function newKey(version: number) {
      const { keyId, publicKey } = await createIntakeKey();
      return { keyId, publicKey, version };
    }
    const stored = async () => {
      const loaded = await create().load();
      return loaded.ok ? loaded.value?.intakeKey : undefined;
    };
    beforeEach(() => create().enrol(line));

    test('is kept, and never replaced by an older one', async () => {
      const [newer, older] = [await newKey(7), await newKey(6)];
      expect(await create().saveIntakeKey(newer)).toBe(true);
      expect(await create().saveIntakeKey(older)).toBe(true);
      expect(await stored()).toEqual(newer);
    });

    test('many at once end with the newest, and with everything else as it was', async () => {
      const before = await create().load();
      const keys = await Promise.all([9, 12, 10, 11].map(newKey));
      const enrolment = create(slow(vault));
      await Promise.all(keys.map((key) => enrolment.saveIntakeKey(key)));
      expect(await create().load()).toEqual({
        ok: true,
        value: { ...(before.ok ? before.value : null), intakeKey: keys[1] },
      });
    });

    test('that arrives while the device enrols anew does not bring its old self back', async () => {
      const ANEW = '019ab000-0000-7000-8000-00000000d00f';
      answer = () => answered(200, { deviceId: ANEW, serverTime: 1 });
      const enrolment = create(slow(vault));
      const [enrolled, kept] = await Promise.all([
        enrolment.enrol(await encodeEnrolmentToken({ ...token, tokenId: 't2' })),
        enrolment.saveIntakeKey(await newKey(9)),
      ]);
      expect([enrolled.ok, kept]).toEqual([true, true]);
      expect(await create().load()).toMatchObject({
        value: { deviceId: ANEW, tokenId: 't2', intakeKey: { version: 9 } },
      });
    });

    test('outlives an enrolment at the same school by an older token, not one at another school', async () => {
      await create().saveIntakeKey(await newKey(9));
      await create().enrol(await encodeEnrolmentToken({ ...token, tokenId: 't2' }));
      expect(await stored()).toMatchObject({ version: 9 });
      const { publicKey: policyKey } = await createSigningKey();
      await create().enrol(await encodeEnrolmentToken({ ...token, tokenId: 't3', policyKey }));
      expect(await stored()).toMatchObject({ version: 5 });
    });

    test('that cannot be written is said to be, and the old one stays readable', async () => {
      const full = { ...vault, write: () => Promise.reject(new Error('ENOSPC')) };
      expect(await create(full).saveIntakeKey(await newKey(9))).toBe(false);
      expect(await stored()).toMatchObject({ version: 5 });
    });
  });

  test('an identity that cannot be read is none', async () => {
    vault.secrets.set('identity', new TextEncoder().encode('{"version":9}'));
    expect(await create().load()).toEqual({ ok: true, value: null });
  });
});

describe('until enrolled', () => {
  const health = new Map<string, SourceHealth>();

  function wait(sources: readonly TokenSource[], signal: AbortSignal) {
    return untilEnrolled(
      {
        enrolment: create(),
        sources,
        timers,
        random: createFakeRandom(),
        health: { report: (part, state) => void health.set(part, state) },
        log: createFakeLog(),
      },
      signal,
    );
  }

  test('takes the first source that has a token, and says when there is none', async () => {
    let file: string | null = null;
    const waiting = wait(
      [
        { name: 'argument', read: async () => null },
        { name: 'file', read: async () => file },
      ],
      new AbortController().signal,
    );
    await until(() => timers.pending() === 1);
    expect(health.get('enrolment')).toMatchObject({ state: 'failed', code: 'no_token' });
    file = `${line}\n`;
    await timers.advance(45_000);
    expect(await waiting).toMatchObject({ deviceId: DEVICE_ID });
    expect(health.get('enrolment')).toMatchObject({ state: 'ok' });
  });

  test('needs no token once enrolled', async () => {
    await create().enrol(line);
    expect(await wait([], new AbortController().signal)).toMatchObject({ deviceId: DEVICE_ID });
    expect(requests).toHaveLength(1);
  });

  describe('with another token', () => {
    const ANEW = '019ab000-0000-7000-8000-00000000d002';
    const signal = new AbortController().signal;
    let another: string;
    const from = (...texts: string[]) => texts.map((text, at) => ({ name: `${at}`, read: async () => text }));

    beforeEach(async () => {
      await create().enrol(line);
      another = await encodeEnrolmentToken({ ...token, tokenId: 't2' });
      answer = () => answered(200, { deviceId: ANEW, serverTime: 1 });
    });

    test('a device enrols anew, as one that was revoked must be able to', async () => {
      expect(await wait(from(another), signal)).toMatchObject({ deviceId: ANEW, tokenId: 't2' });
      expect(sent(1).publicKey).not.toBe(sent(0).publicKey);
      expect(health.get('enrolment')).toMatchObject({ state: 'ok' });
      expect(await create().load()).toMatchObject({ ok: true, value: { deviceId: ANEW } });
    });

    test('a token it has spent already, now or earlier, is not spent again', async () => {
      expect(await wait(from(line), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(requests).toHaveLength(1);
      expect(await wait(from(line, another), signal)).toMatchObject({ deviceId: ANEW });
      expect(await wait(from(line, another), signal)).toMatchObject({ deviceId: ANEW });
      expect(requests).toHaveLength(2);
    });

    test.each([
      ['server_unreachable', (): HttpOutcome => ({ kind: 'unreachable', reason: 'ECONNREFUSED' })],
      ['enrolment_expired', () => refusal('enrolment_expired')],
    ])('that fails as %s the device stays who it was, and says so', async (code, failing) => {
      answer = failing;
      expect(await wait(from(another), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(health.get('enrolment')).toMatchObject({ state: 'degraded', code });
      expect(health.get('enrolment')?.message).toContain('stays enrolled as before');
      expect(await create().load()).toMatchObject({ ok: true, value: { deviceId: DEVICE_ID } });
      expect(timers.pending()).toBe(0);
    });

    test('that is damaged is told and changes nothing', async () => {
      expect(await wait(from(another.slice(0, -4)), signal)).toMatchObject({ deviceId: DEVICE_ID });
      expect(health.get('enrolment')).toMatchObject({ state: 'degraded', code: 'token_damaged' });
      expect(requests).toHaveLength(1);
    });
  });

  test.each([
    ['no token', null],
    ['a refused token', 'refused'],
    ['a token that is taken', 'taken'],
  ])('stopped in the middle of an attempt with %s it ends at once', async (_what, text) => {
    if (text === 'refused') answer = () => refusal('enrolment_expired');
    const stop = new AbortController();
    const source = {
      name: 'file',
      async read() {
        stop.abort();
        return text === null ? null : line;
      },
    };
    expect(await wait([source], stop.signal)).toBeNull();
    expect(timers.pending()).toBe(0);
  });

  test('a server that is down is tried again soon, a refused token seldom', async () => {
    answer = () => ({ kind: 'unreachable', reason: 'ECONNREFUSED' });
    const stop = new AbortController();
    const waiting = wait([{ name: 'file', read: async () => line }], stop.signal);
    for (let tries = 1; tries <= 3; tries++) {
      await until(() => requests.length === tries && timers.pending() === 1);
      await timers.advance(45_000);
    }
    await until(() => requests.length === 4 && timers.pending() === 1);
    answer = () => refusal('enrolment_expired');
    await timers.advance(45_000);
    await until(() => requests.length === 5 && timers.pending() === 1);
    await timers.advance(599_000);
    expect(requests).toHaveLength(5);
    stop.abort();
    expect(await waiting).toBeNull();
    expect(timers.pending()).toBe(0);
  });
});
