import { CompactSign } from 'jose';
import { describe, expect, test } from 'vitest';
import { policySchema } from '#contract';
import { createSigningKey, signPolicy, verifyPolicy } from '#seal';
import { importSigningKey } from '../../../src/shared/seal/signing.ts';
import { bytesOf } from './fixture.ts';

const POLICY = policySchema.parse({
  version: 3,
  issuedAt: 1_767_600_000_000,
  school: { name: 'Lapwing Primary', timeZone: 'Europe/London' },
  audience: 'KS2',
  rules: {},
  capture: {},
  outbox: {},
});

describe('signed policies', () => {
  test('a policy comes back as it was signed, even with a line break behind it', async () => {
    const key = await createSigningKey();
    const signed = await signPolicy(POLICY, key);
    expect(await verifyPolicy(`${signed}\n`, key.publicKey)).toEqual({ ok: true, value: POLICY });
  });

  test("another school's signature is refused", async () => {
    const signed = await signPolicy(POLICY, await createSigningKey());
    const other = await createSigningKey();
    expect(await verifyPolicy(signed, other.publicKey)).toMatchObject({
      ok: false,
      error: { kind: 'wrong_signature' },
    });
  });

  test('no character of the document can be changed', async () => {
    const key = await createSigningKey();
    const signed = await signPolicy(POLICY, key);
    for (let at = 0; at < signed.length - 1; at += 7) {
      const changed = signed.slice(0, at) + (signed[at] === 'A' ? 'B' : 'A') + signed.slice(at + 1);
      expect((await verifyPolicy(changed, key.publicKey)).ok, `character ${at}`).toBe(false);
    }
  });

  test('a half-written file is damaged', async () => {
    const key = await createSigningKey();
    const signed = await signPolicy(POLICY, key);
    for (const length of [0, 1, 30, signed.indexOf('.', signed.indexOf('.') + 1)]) {
      expect(await verifyPolicy(signed.slice(0, length), key.publicKey)).toMatchObject({
        error: { kind: 'damaged' },
      });
    }
    expect((await verifyPolicy(signed.slice(0, -3), key.publicKey)).ok).toBe(false);
  });

  test('a signed document that is no policy says where it is wrong, and a signature for another use does not count', async () => {
    const key = await createSigningKey();
    const signing = await importSigningKey(key);
    const sign = (document: unknown, typ: string) =>
      new CompactSign(bytesOf(JSON.stringify(document)))
        .setProtectedHeader({ alg: 'EdDSA', typ })
        .sign(signing);
    expect(
      await verifyPolicy(await sign({ ...POLICY, version: 0 }, 'lapwing-policy'), key.publicKey),
    ).toMatchObject({
      error: { kind: 'invalid', message: expect.stringContaining('"version"') },
    });
    expect(await verifyPolicy(await sign(POLICY, 'JWT'), key.publicKey)).toMatchObject({
      error: { kind: 'invalid' },
    });
  });
});
