import { describe, expect, test } from 'vitest';
import {
  claimedDeviceId,
  createRequestSigner,
  createSigningKey,
  importVerifyingKey,
  REQUEST_TOKEN_LIFETIME_MS,
  REQUEST_TOKEN_SKEW_MS,
  type RequestBinding,
  verifyRequestToken,
} from '#seal';
import { bytesOf, createPair, DEVICE_ID, OTHER_ID } from './fixture.ts';

const BINDING: RequestBinding = {
  method: 'POST',
  path: '/agent/v1/envelopes',
  body: bytesOf('{"envelopes":[]}'),
};

async function createToken(binding = BINDING) {
  const { timers, deviceKey, verifyingKey } = await createPair();
  const sign = createRequestSigner(
    { clock: timers, newId: () => OTHER_ID },
    { deviceId: DEVICE_ID, deviceKey },
  );
  return { token: await sign(binding), key: verifyingKey, nowMs: timers.now() };
}

describe('request tokens', () => {
  test('a token is good for the request it was made for', async () => {
    const { token, key, nowMs } = await createToken();
    const claims = await verifyRequestToken(token, key, BINDING, nowMs);
    expect(claims).toMatchObject({ ok: true, value: { deviceId: DEVICE_ID, tokenId: OTHER_ID } });
    expect(claimedDeviceId(token)).toBe(DEVICE_ID);
  });

  test.each<[string, Partial<RequestBinding>]>([
    ['method', { method: 'PUT' }],
    ['path', { path: '/agent/v1/heartbeat' }],
    ['query', { path: '/agent/v1/envelopes?x=1' }],
    ['body', { body: bytesOf('{"envelopes":[1]}') }],
    ['missing body', { body: null }],
  ])('it is not good for another %s', async (_what, change) => {
    const { token, key, nowMs } = await createToken();
    expect(await verifyRequestToken(token, key, { ...BINDING, ...change }, nowMs)).toEqual({
      ok: false,
      error: { kind: 'not_bound' },
    });
  });

  test('a request without a body is bound to having none', async () => {
    const binding = { method: 'GET', path: '/agent/v1/policy', body: null };
    const { token, key, nowMs } = await createToken(binding);
    expect((await verifyRequestToken(token, key, binding, nowMs)).ok).toBe(true);
    expect((await verifyRequestToken(token, key, { ...binding, body: bytesOf('x') }, nowMs)).ok).toBe(false);
  });

  test('it is good a little beyond its minute, in both directions, and then is not', async () => {
    const { token, key, nowMs } = await createToken();
    const late = REQUEST_TOKEN_LIFETIME_MS + REQUEST_TOKEN_SKEW_MS;
    expect((await verifyRequestToken(token, key, BINDING, nowMs + late - 1_000)).ok).toBe(true);
    expect(await verifyRequestToken(token, key, BINDING, nowMs + late + 1_000)).toEqual({
      ok: false,
      error: { kind: 'clock' },
    });
    expect((await verifyRequestToken(token, key, BINDING, nowMs - REQUEST_TOKEN_SKEW_MS + 1_000)).ok).toBe(
      true,
    );
    expect(await verifyRequestToken(token, key, BINDING, nowMs - REQUEST_TOKEN_SKEW_MS - 1_000)).toEqual({
      ok: false,
      error: { kind: 'clock' },
    });
  });

  test("another device's key, a changed token and nonsense are refused", async () => {
    const { token, key, nowMs } = await createToken();
    const other = await importVerifyingKey((await createSigningKey()).publicKey);
    if (other === null) throw new Error('a fresh key must import');
    expect(await verifyRequestToken(token, other, BINDING, nowMs)).toEqual({
      ok: false,
      error: { kind: 'wrong_signature' },
    });
    const [head, , signature] = token.split('.');
    const forged = `${head}.${Buffer.from(JSON.stringify({ sub: OTHER_ID })).toString('base64url')}.${signature}`;
    expect(await verifyRequestToken(forged, key, BINDING, nowMs)).toEqual({
      ok: false,
      error: { kind: 'wrong_signature' },
    });
    for (const nonsense of ['', 'a.b.c', '...', token.slice(0, -20)]) {
      expect((await verifyRequestToken(nonsense, key, BINDING, nowMs)).ok).toBe(false);
      expect(claimedDeviceId(nonsense) === null || nonsense.startsWith('ey')).toBe(true);
    }
  });

  test('an unsigned token ("alg": "none") is refused', async () => {
    const { token, key, nowMs } = await createToken();
    const head = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    expect(await verifyRequestToken(`${head}.${token.split('.')[1]}.`, key, BINDING, nowMs)).toEqual({
      ok: false,
      error: { kind: 'malformed' },
    });
  });
});
