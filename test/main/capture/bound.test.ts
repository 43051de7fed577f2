import { describe, expect, test } from 'vitest';
import { type Capture, captureSchema, envelopeSchema, MAX_RECORD_BYTES } from '#contract';
import { createIntakeKey, createSealer, createSigningKey } from '#seal';
import { boundCapture } from '../../../src/main/capture/bound.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const ID = '019ab000-0000-7000-8000-00000000d001';

/** The longest capture that the contract allows, in one character; with hits whose text is so long. */
function longest(character: string, hitLength = 2_000): Capture {
  const text = (length: number) => character.repeat(length);
  return captureSchema.parse({
    kind: 'capture',
    id: ID,
    observation: {
      at: 8_640_000_000_000_000,
      app: { name: text(512), path: text(4_096), processId: Number.MAX_SAFE_INTEGER },
      title: text(2_000),
      url: text(4_000),
      urlSource: 'extension',
      private: false,
      excluded: text(100),
      session: {
        user: text(256),
        displayName: text(256),
        account: 'individual',
        accountType: 'unknown',
        machine: text(256),
        onSchoolNetwork: false,
        timeZone: text(64),
      },
    },
    hits: Array.from({ length: 100 }, (_, index) => ({
      ruleId: text(200),
      packId: text(200),
      category: 'hacking_bypass',
      severity: 'critical',
      field: 'search',
      start: index,
      end: Number.MAX_SAFE_INTEGER,
      text: text(hitLength),
    })),
    search: text(4_000),
    context: Array.from({ length: 20 }, (_, at) => ({
      at,
      app: text(512),
      title: text(2_000),
      url: text(4_000),
    })),
    screenshot: { state: 'none', reason: 'not_supported' },
    policyVersion: Number.MAX_SAFE_INTEGER,
  });
}

const bytesOf = (capture: Capture) => new TextEncoder().encode(JSON.stringify(capture));

async function seal(plain: Uint8Array) {
  const deviceKey = await createSigningKey();
  const sealer = createSealer(
    { clock: createFakeTimers(), deviceKey },
    { intakeKey: await createIntakeKey() },
  );
  const head = { id: ID, deviceId: ID, sequence: 1, kind: 'capture', priority: 'low', createdAt: 1 } as const;
  return sealer.sealRecord(head, plain);
}

describe('a capture that would not fit its envelope', () => {
  test('the longest record fits exactly', async () => {
    expect(envelopeSchema.safeParse(await seal(new Uint8Array(MAX_RECORD_BYTES))).success).toBe(true);
    expect(envelopeSchema.safeParse(await seal(new Uint8Array(MAX_RECORD_BYTES + 1))).success).toBe(false);
  });

  test.each(['a', '\u0001', '"', '\u4e2d', '\ufffd'])(
    'is sealed and passes, all in %j',
    async (character) => {
      const bounded = captureSchema.parse(boundCapture(longest(character)));
      const plain = bytesOf(bounded);
      expect(plain.length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
      // No more is left out than must be: another hit or entry would not have fitted.
      expect(plain.length).toBeGreaterThan(MAX_RECORD_BYTES - 40_000);
      expect(envelopeSchema.safeParse(await seal(plain)).success).toBe(true);
    },
  );

  test('loses the oldest context first', () => {
    const capture = longest('\u0001', 10);
    const few = { ...capture, hits: capture.hits.slice(0, 2) };
    const bounded = boundCapture(few);
    expect(bounded.hits).toEqual(few.hits);
    expect(bounded.context.length).toBeGreaterThan(3);
    expect(bounded.context).toEqual(few.context.slice(-bounded.context.length));
  });

  test('loses the least severe hits when no context is left', () => {
    const capture = longest('\u0001');
    const bounded = boundCapture(capture);
    expect(bounded.context).toEqual([]);
    expect(bounded.hits.length).toBeGreaterThan(1);
    expect(bounded.hits).toEqual(capture.hits.slice(0, bounded.hits.length));
  });

  test('any other is left as it is', () => {
    const capture = longest('a', 10);
    const small = { ...capture, hits: capture.hits.slice(0, 3) };
    expect(boundCapture(small)).toEqual(small);
  });
});
