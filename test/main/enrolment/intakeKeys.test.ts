import { beforeEach, describe, expect, test } from 'vitest';
import type { IssuedIntakeKey } from '#contract';
import { createIntakeKeys, type IntakeKeys } from '../../../src/main/enrolment/index.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog } from '../../fakes/ports.ts';

const CURRENT = { overtaken: false };
const key = (version: number, keyId = `k${version}`): IssuedIntakeKey => ({
  keyId,
  publicKey: 'A'.repeat(43),
  version,
});

let used: string[];
let kept: string[];
let writes: () => boolean;
let health: SourceHealth | undefined;
let keys: IntakeKeys;

beforeEach(() => {
  used = [];
  kept = [];
  writes = () => true;
  health = undefined;
  keys = createIntakeKeys(
    {
      use: ({ keyId }) => void used.push(keyId),
      async keep({ keyId }) {
        if (writes()) kept.push(keyId);
        return kept.at(-1) === keyId;
      },
      health: {
        report(_part, state) {
          health = state;
        },
      },
      log: createFakeLog(),
    },
    key(5),
  );
});

describe('the key to seal to', () => {
  test('is the newest, used at once and kept', async () => {
    keys.take(key(7), CURRENT);
    keys.take(key(9), CURRENT);
    expect(used).toEqual(['k7', 'k9']);
    await keys.dispose();
    expect(kept).toEqual(['k7', 'k9']);
    expect(health).toMatchObject({ state: 'ok' });
  });

  test('that is the one in use is no news', async () => {
    keys.take(key(5), CURRENT);
    await keys.dispose();
    expect([used, kept, health]).toEqual([[], [], undefined]);
  });

  test.each([
    ['older_key', key(4)],
    ['conflicting_key', key(5, 'other')],
  ])('is not replaced: %s is refused and told', async (code, offered) => {
    keys.take(offered, CURRENT);
    await keys.dispose();
    expect([used, kept]).toEqual([[], []]);
    expect(health).toMatchObject({ state: 'degraded', code });
    keys.take(key(6), CURRENT);
    await keys.dispose();
    expect(health).toMatchObject({ state: 'ok' });
  });

  test('of a policy that was overtaken is ignored where it is older, and taken where it is newer', () => {
    keys.take(key(4), { overtaken: true });
    expect([used, health]).toEqual([[], undefined]);
    keys.take(key(6), { overtaken: true });
    expect(used).toEqual(['k6']);
  });

  test('that cannot be kept is used, told, and kept when it comes again', async () => {
    writes = () => false;
    keys.take(key(6), CURRENT);
    await keys.dispose();
    expect(used).toEqual(['k6']);
    expect(health).toMatchObject({ state: 'degraded', code: 'key_not_kept' });
    writes = () => true;
    keys.take(key(6), CURRENT);
    await keys.dispose();
    expect([used, kept]).toEqual([['k6'], ['k6']]);
    expect(health).toMatchObject({ state: 'ok' });
  });
});
