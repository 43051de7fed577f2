import { describe, expect, test } from 'vitest';
import {
  createIntakeKey,
  createSigningKey,
  type EnrolmentToken,
  encodeEnrolmentToken,
  parseEnrolmentToken,
} from '#seal';

async function createToken(change: Partial<EnrolmentToken> = {}): Promise<EnrolmentToken> {
  const { keyId, publicKey } = await createIntakeKey();
  return {
    version: 1,
    tokenId: 't1',
    tokenSecret: 'abcdefghijklmnop',
    serverUrl: 'https://lapwing.school.example:8443',
    caPem: null,
    policyKey: (await createSigningKey()).publicKey,
    intakeKey: { keyId, publicKey, version: 1 },
    ...change,
  };
}

describe('enrolment tokens', () => {
  test('a token survives being wrapped and indented by an e-mail', async () => {
    const token = await createToken();
    const line = await encodeEnrolmentToken(token);
    expect(line).toMatch(/^lapwing1\.[\w-]+\.[\w-]{8}$/);
    const wrapped = `\r\n  ${line.slice(0, 70)}\r\n  ${line.slice(70)} \n`;
    expect(await parseEnrolmentToken(wrapped)).toEqual({ ok: true, value: token });
  });

  test('each mistake has its own reason', async () => {
    const line = await encodeEnrolmentToken(await createToken());
    const kindOf = async (text: string) => {
      const parsed = await parseEnrolmentToken(text);
      return parsed.ok ? 'ok' : parsed.error.kind;
    };
    expect(await kindOf('')).toBe('not_a_token');
    expect(await kindOf('https://lapwing.school.example')).toBe('not_a_token');
    expect(await kindOf(line.replace('lapwing1', 'lapwing2'))).toBe('newer_version');
    expect(await kindOf(line.slice(0, -1))).toBe('damaged');
    expect(await kindOf(line.slice(0, 40))).toBe('damaged');
    expect(await kindOf(line.slice(0, 40) + (line[40] === 'A' ? 'B' : 'A') + line.slice(41))).toBe('damaged');
  });

  test.each([
    ['plain HTTP to another machine', { serverUrl: 'http://lapwing.school.example' }],
    ['plain HTTP to a name that begins like loopback', { serverUrl: 'http://127.0.0.1.evil.example' }],
    ['another scheme', { serverUrl: 'ftp://lapwing.school.example' }],
    ['a key that is too short', { policyKey: 'AAAA' }],
    ['an empty secret', { tokenSecret: '' }],
  ])('a token with %s is refused', async (_what, change) => {
    const line = await encodeEnrolmentToken(await createToken(change));
    expect(await parseEnrolmentToken(line)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
  });

  test('plain HTTP is for this machine itself', async () => {
    for (const serverUrl of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']) {
      expect(
        (await parseEnrolmentToken(await encodeEnrolmentToken(await createToken({ serverUrl })))).ok,
      ).toBe(true);
    }
  });
});
