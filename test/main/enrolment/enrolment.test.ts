import { beforeEach, describe, expect, test } from 'vitest';
import { createIntakeKey, createSigningKey, encodeEnrolmentToken } from '#seal';
import type { KeyVault } from '../../../src/main/ports/index.ts';
import { createFakeVault } from '../../fakes/keyVault.ts';
import { FACTS } from '../../fakes/ports.ts';
import {
  accepted,
  answered,
  createEnrolmentBench,
  DEVICE_ID,
  type EnrolmentBench,
  refusal,
} from './fixture.ts';

let bench: EnrolmentBench;
beforeEach(async () => {
  bench = await createEnrolmentBench();
});

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

describe('enrolling', () => {
  test("asks the token's server, trusting the token's CA, and keeps the identity in the vault", async () => {
    const enrolled = await bench.create().enrol(bench.line);
    expect(enrolled).toMatchObject({
      ok: true,
      value: { deviceId: DEVICE_ID, serverUrl: bench.token.serverUrl },
    });
    expect(bench.trusted).toEqual([bench.token.caPem]);
    expect(bench.requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://lapwing.school.example/agent/v1/enrol',
    });
    expect(bench.sent(0)).toMatchObject({
      tokenId: 't1',
      machine: FACTS.machine,
      hardwareId: FACTS.hardwareId,
    });
    const loaded = await bench.create().load();
    expect(loaded).toEqual(enrolled);
    expect([...bench.vault.secrets.keys()]).toEqual(['identity']);
  });

  test('an answer that was lost costs no second use: the same key asks again', async () => {
    bench.answerWith(() => ({ kind: 'unreachable', reason: 'ECONNRESET' }));
    expect(await bench.create().enrol(bench.line)).toMatchObject({
      ok: false,
      error: { code: 'server_unreachable', passing: true },
    });
    bench.answerWith(() => accepted());
    expect((await bench.create().enrol(bench.line)).ok).toBe(true);
    expect(bench.sent(1).publicKey).toBe(bench.sent(0).publicKey);
  });

  test('another token, after a re-image or a revocation, gets another key', async () => {
    await bench.create().enrol(bench.line);
    await bench.create().enrol(await encodeEnrolmentToken({ ...bench.token, tokenId: 't2' }));
    expect(bench.sent(1).publicKey).not.toBe(bench.sent(0).publicKey);
  });

  test.each(['enrolment_unknown', 'enrolment_expired', 'enrolment_used_up', 'enrolment_withdrawn'])(
    'a token refused as %s gives a reason a technician understands',
    async (code) => {
      bench.answerWith(() => refusal(code));
      const enrolled = await bench.create().enrol(bench.line);
      expect(enrolled).toMatchObject({ ok: false, error: { code, passing: false } });
      expect(!enrolled.ok && enrolled.error.message).toMatch(/token.*Make a new one/);
      expect(await bench.create().load()).toEqual({ ok: true, value: null });
    },
  );

  test('a page that is not our server is said to be that', async () => {
    bench.answerWith(() => answered(404, 'a router'));
    const enrolled = await bench.create().enrol(bench.line);
    expect(enrolled).toMatchObject({ ok: false, error: { code: 'status_404', passing: true } });
    expect(!enrolled.ok && enrolled.error.message).toContain('lapwing.school.example');
  });

  test('a damaged token never reaches a server', async () => {
    expect(await bench.create().enrol(bench.line.slice(0, -4))).toMatchObject({
      ok: false,
      error: { code: 'token_damaged' },
    });
    expect(bench.requests).toEqual([]);
  });

  test('without a key vault nothing is enrolled or loaded, except in development', async () => {
    const plain = createFakeVault('plain');
    expect(await bench.create(plain).enrol(bench.line)).toMatchObject({
      ok: false,
      error: { code: 'no_key_vault' },
    });
    expect(plain.secrets.size).toBe(0);
    expect((await bench.create(plain, true).enrol(bench.line)).ok).toBe(true);
    expect(await bench.create(plain).load()).toMatchObject({ ok: false, error: { code: 'no_key_vault' } });
  });

  describe("the school's new sealing key", () => {
    async function newKey(version: number) {
      const { keyId, publicKey } = await createIntakeKey();
      return { keyId, publicKey, version };
    }
    const stored = async () => {
      const loaded = await bench.create().load();
      return loaded.ok ? loaded.value?.intakeKey : undefined;
    };
    beforeEach(() => bench.create().enrol(bench.line));

    test('is kept, and never replaced by an older one', async () => {
      const [newer, older] = [await newKey(7), await newKey(6)];
      expect(await bench.create().saveIntakeKey(newer)).toBe(true);
      expect(await bench.create().saveIntakeKey(older)).toBe(true);
      expect(await stored()).toEqual(newer);
    });

    test('many at once end with the newest, and with everything else as it was', async () => {
      const before = await bench.create().load();
      const keys = await Promise.all([9, 12, 10, 11].map(newKey));
      const enrolment = bench.create(slow(bench.vault));
      await Promise.all(keys.map((key) => enrolment.saveIntakeKey(key)));
      expect(await bench.create().load()).toEqual({
        ok: true,
        value: { ...(before.ok ? before.value : null), intakeKey: keys[1] },
      });
    });

    test('that arrives while the device enrols anew does not bring its old self back', async () => {
      const ANEW = '019ab000-0000-7000-8000-00000000d00f';
      bench.answerWith(() => accepted(ANEW));
      const enrolment = bench.create(slow(bench.vault));
      const [enrolled, kept] = await Promise.all([
        enrolment.enrol(await encodeEnrolmentToken({ ...bench.token, tokenId: 't2' })),
        enrolment.saveIntakeKey(await newKey(9)),
      ]);
      expect([enrolled.ok, kept]).toEqual([true, true]);
      expect(await bench.create().load()).toMatchObject({
        value: { deviceId: ANEW, tokenId: 't2', intakeKey: { version: 9 } },
      });
    });

    test('outlives an enrolment at the same school by an older token, not one at another school', async () => {
      await bench.create().saveIntakeKey(await newKey(9));
      await bench.create().enrol(await encodeEnrolmentToken({ ...bench.token, tokenId: 't2' }));
      expect(await stored()).toMatchObject({ version: 9 });
      const { publicKey: policyKey } = await createSigningKey();
      await bench.create().enrol(await encodeEnrolmentToken({ ...bench.token, tokenId: 't3', policyKey }));
      expect(await stored()).toMatchObject({ version: 5 });
    });

    test('that cannot be written is said to be, and the old one stays readable', async () => {
      const full = { ...bench.vault, write: () => Promise.reject(new Error('ENOSPC')) };
      expect(await bench.create(full).saveIntakeKey(await newKey(9))).toBe(false);
      expect(await stored()).toMatchObject({ version: 5 });
    });
  });

  test('an identity that cannot be read is none', async () => {
    bench.vault.secrets.set('identity', new TextEncoder().encode('{"version":9}'));
    expect(await bench.create().load()).toEqual({ ok: true, value: null });
  });
});
