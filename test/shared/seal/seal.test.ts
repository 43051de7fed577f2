import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Envelope, envelopeSchema } from '#contract';
import {
  createIntakeKey,
  createOpener,
  createSealer,
  createSigningKey,
  importVerifyingKey,
  verifyEnvelope,
} from '#seal';
import { bytesOf, createPair, HEAD, OTHER_ID, RECORD_ID, textOf } from './fixture.ts';

const HOUR_MS = 3_600_000;

describe('records', () => {
  test('what was sealed opens, is signed, and passes the contract', async () => {
    const { sealer, opener, verifyingKey, intakeKey } = await createPair();
    const envelope = await sealer.sealRecord(HEAD, bytesOf('a title nobody else reads'));
    expect(envelopeSchema.parse(envelope)).toEqual(envelope);
    expect(envelope.keyId).toBe(intakeKey.keyId);
    expect(JSON.stringify(envelope)).not.toContain('nobody');
    expect(await verifyEnvelope(envelope, verifyingKey)).toBe(true);
    const opened = await opener.openRecord(envelope);
    expect(opened.ok && textOf(opened.value)).toBe('a title nobody else reads');
  });

  test('any bytes of any length come back unchanged', async () => {
    const { sealer, opener } = await createPair();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (plain) => {
        const opened = await opener.openRecord(await sealer.sealRecord(HEAD, plain));
        expect(opened.ok && Array.from(opened.value)).toEqual(Array.from(plain));
      }),
      { numRuns: 50 },
    );
  });

  const changes: { readonly [Field in keyof Envelope]?: Envelope[Field] } = {
    id: OTHER_ID,
    deviceId: OTHER_ID,
    sequence: 8,
    kind: 'report',
    priority: 'low',
    createdAt: HEAD.createdAt + 1,
  };

  test.each(Object.entries(changes))(
    'a changed %s is found by the signature and by the seal',
    async (field, value) => {
      const { sealer, opener, verifyingKey } = await createPair();
      const envelope = await sealer.sealRecord(HEAD, bytesOf('{}'));
      const changed = { ...envelope, [field]: value };
      expect(await verifyEnvelope(changed, verifyingKey)).toBe(false);
      expect(await opener.openRecord(changed)).toEqual({ ok: false, error: { kind: 'not_authentic' } });
    },
  );

  test('no changed character of ciphertext, signature, key or encapsulated key passes both checks', async () => {
    const { sealer, opener, verifyingKey } = await createPair();
    const envelope = await sealer.sealRecord(HEAD, bytesOf('a short text'));
    for (const field of ['ciphertext', 'signature', 'encapsulated', 'keyId'] as const) {
      for (let at = 0; at < envelope[field].length; at++) {
        const text = envelope[field];
        const changed = {
          ...envelope,
          [field]: text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1),
        };
        const authentic = await verifyEnvelope(changed, verifyingKey);
        // The last character of base64url carries spare bits: another spelling of the very same bytes.
        const spelledOtherwise = field === 'signature' && at === text.length - 1;
        expect(authentic && !spelledOtherwise, `${field} at ${at}`).toBe(false);
        if (field !== 'signature') expect((await opener.openRecord(changed)).ok && authentic).toBe(false);
      }
    }
  });

  test('another device cannot sign for this one', async () => {
    const { sealer } = await createPair();
    const other = await importVerifyingKey((await createSigningKey()).publicKey);
    const envelope = await sealer.sealRecord(HEAD, bytesOf('{}'));
    expect(other !== null && (await verifyEnvelope(envelope, other))).toBe(false);
  });

  test('the same record sealed twice never uses one nonce twice', async () => {
    const { sealer } = await createPair();
    const texts = new Set<string>();
    for (let time = 0; time < 50; time++) {
      texts.add((await sealer.sealRecord(HEAD, bytesOf('same'))).ciphertext.slice(0, 16));
    }
    expect(texts.size).toBe(50);
  });
});

describe('keys', () => {
  test('one context serves an hour, then another is opened', async () => {
    const { sealer, timers } = await createPair();
    const first = await sealer.sealRecord(HEAD, bytesOf('1'));
    await timers.advance(HOUR_MS - 1);
    expect((await sealer.sealRecord(HEAD, bytesOf('2'))).encapsulated).toBe(first.encapsulated);
    await timers.advance(1);
    expect((await sealer.sealRecord(HEAD, bytesOf('3'))).encapsulated).not.toBe(first.encapsulated);
  });

  test('a jump of the wall clock does not keep a context alive', async () => {
    const { sealer, timers } = await createPair();
    const first = await sealer.sealRecord(HEAD, bytesOf('1'));
    timers.jumpWallClock(-10 * HOUR_MS);
    await timers.advance(HOUR_MS);
    expect((await sealer.sealRecord(HEAD, bytesOf('2'))).encapsulated).not.toBe(first.encapsulated);
  });

  test('after a rotation the new key is used and the old envelopes stay readable', async () => {
    const { sealer, intakeKey } = await createPair();
    const before = await sealer.sealRecord(HEAD, bytesOf('before'));
    const next = await createIntakeKey();
    sealer.useIntakeKey({ keyId: next.keyId, publicKey: next.publicKey });
    const after = await sealer.sealRecord({ ...HEAD, id: OTHER_ID }, bytesOf('after'));
    expect(after.keyId).toBe(next.keyId);
    const both = createOpener([intakeKey, next]);
    expect((await both.openRecord(before)).ok).toBe(true);
    expect((await both.openRecord(after)).ok).toBe(true);
    expect(await createOpener([next]).openRecord(before)).toEqual({
      ok: false,
      error: { kind: 'unknown_key' },
    });
  });

  test('being told the key it has already opens no new context', async () => {
    const { sealer, intakeKey } = await createPair();
    const first = await sealer.sealRecord(HEAD, bytesOf('1'));
    sealer.useIntakeKey({ keyId: intakeKey.keyId, publicKey: intakeKey.publicKey });
    expect((await sealer.sealRecord(HEAD, bytesOf('2'))).encapsulated).toBe(first.encapsulated);
  });

  test('an opener that keeps few contexts still opens records of many runs in any order', async () => {
    const { intakeKey, deviceKey, timers } = await createPair();
    const envelopes = [];
    for (let run = 0; run < 6; run++) {
      const sealer = createSealer({ clock: timers, deviceKey }, { intakeKey });
      envelopes.push(await sealer.sealRecord(HEAD, bytesOf(`run ${run}`)));
    }
    const opener = createOpener([intakeKey], { maxContexts: 2 });
    for (const envelope of [...envelopes, ...envelopes.reverse()]) {
      expect((await opener.openRecord(envelope)).ok).toBe(true);
    }
  });

  test('a key id is a fingerprint: the same for the same key', async () => {
    const key = await createIntakeKey();
    expect(key.keyId).toMatch(/^k[0-9a-f]{16}$/);
    expect((await createIntakeKey()).keyId).not.toBe(key.keyId);
  });

  test('what is no key imports as none', async () => {
    expect(await importVerifyingKey('short')).toBeNull();
    expect(await importVerifyingKey('*'.repeat(43))).toBeNull();
  });
});

describe('damaged envelopes', () => {
  test.each([
    ['an encapsulated key of the wrong length', { encapsulated: 'AAAA' }],
    ['the all-zero point', { encapsulated: 'A'.repeat(43) }],
    ['a ciphertext shorter than nonce and tag', { ciphertext: 'AAAA' }],
  ])('%s is answered, never thrown', async (_what, change) => {
    const { sealer, opener } = await createPair();
    const envelope = await sealer.sealRecord(HEAD, bytesOf('{}'));
    expect(await opener.openRecord({ ...envelope, ...change })).toEqual({
      ok: false,
      error: { kind: 'damaged' },
    });
  });
});

describe('screenshots', () => {
  test('a blob opens for its own record alone and its address is its hash', async () => {
    const { sealer, opener } = await createPair();
    const plain = crypto.getRandomValues(new Uint8Array(60_000));
    const blob = await sealer.sealBlob(RECORD_ID, plain);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(blob.bytes)));
    expect(blob.sha256).toBe(Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
    const opened = await opener.openBlob(RECORD_ID, blob.bytes);
    expect(opened.ok && Buffer.compare(opened.value, plain)).toBe(0);
    expect(await opener.openBlob(OTHER_ID, blob.bytes)).toEqual({
      ok: false,
      error: { kind: 'not_authentic' },
    });
  });

  test('no byte of a blob can be changed', async () => {
    const { sealer, opener } = await createPair();
    const blob = await sealer.sealBlob(RECORD_ID, bytesOf('pixels'));
    for (let at = 0; at < blob.bytes.length; at++) {
      const changed = blob.bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await opener.openBlob(RECORD_ID, changed)).ok, `byte ${at}`).toBe(false);
    }
    for (let length = 0; length < blob.bytes.length; length++) {
      expect((await opener.openBlob(RECORD_ID, blob.bytes.slice(0, length))).ok).toBe(false);
    }
  });
});
