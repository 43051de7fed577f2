import { describe, expect, test } from 'vitest';
import { createWindowsSession } from '../../../../src/main/platform/win32/index.ts';
import type { SessionApi } from '../../../../src/main/platform/win32/sessionApi.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

const log = { warn() {} };

function fakeApi(overrides: Partial<SessionApi> = {}): SessionApi {
  return {
    state: async () => ({ connection: 'active', locked: false }),
    idleMs: () => 0,
    userName: async (kind) => (kind === 'account' ? 'SCHOOL\\amira' : 'Amira Test'),
    firmwareTable: () => null,
    registryText: () => 'a-guid',
    ...overrides,
  };
}

describe('presence on Windows', () => {
  test('lock, fast user switching, a closed remote desktop and idleness', async () => {
    const timers = createFakeTimers();
    let state: Awaited<ReturnType<SessionApi['state']>> = { connection: 'active', locked: false };
    let idleMs = 0;
    const api = fakeApi({ state: async () => state, idleMs: () => idleMs });
    const told: string[] = [];
    const watch = createWindowsSession(
      { timers, log, openApi: () => api },
      { idleAfterMs: 600_000 },
    ).watchPresence((presence) => told.push(presence));
    await timers.advance(2_000);
    state = { connection: 'active', locked: true };
    await timers.advance(2_000);
    state = { connection: 'active', locked: null };
    await timers.advance(2_000);
    state = { connection: 'away', locked: false };
    await timers.advance(2_000);
    state = { connection: 'active', locked: false };
    idleMs = 600_000;
    await timers.advance(2_000);
    idleMs = 3;
    await timers.advance(2_000);
    state = null;
    await timers.advance(2_000);
    expect(told).toEqual(['active', 'locked', 'active', 'locked', 'idle', 'active']);
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('without the native library the session counts as active', async () => {
    const timers = createFakeTimers();
    const told: string[] = [];
    const openApi = () => {
      throw new Error('koffi is missing');
    };
    const watch = createWindowsSession({ timers, log, openApi }, { idleAfterMs: 1 }).watchPresence((p) =>
      told.push(p),
    );
    await timers.advance(10_000);
    expect(told).toEqual(['active']);
    await watch.dispose();
  });
});

describe('session facts on Windows', () => {
  async function facts(overrides: Partial<SessionApi>) {
    const timers = createFakeTimers();
    const session = createWindowsSession(
      { timers, log, openApi: () => fakeApi(overrides) },
      { idleAfterMs: 1 },
    );
    const promise = session.facts();
    await timers.advance(10_000);
    return promise;
  }

  test('a domain account with its full name', async () => {
    expect(await facts({})).toMatchObject({
      user: 'amira',
      displayName: 'Amira Test',
      accountType: 'domain',
    });
  });

  test('an Entra account', async () => {
    expect(await facts({ userName: async () => 'AzureAD\\Amira' })).toMatchObject({
      user: 'Amira',
      accountType: 'entra',
    });
  });

  test('a directory that does not answer holds nothing up', async () => {
    const known = await facts({ userName: () => new Promise(() => undefined) });
    expect(known.displayName).toBeNull();
    expect(known.user).not.toBe('');
  });

  test('the hardware id is a digest, the same for the same machine', async () => {
    const [one, again, other] = await Promise.all([
      facts({}),
      facts({}),
      facts({ registryText: () => 'another' }),
    ]);
    expect(one.hardwareId).toMatch(/^[0-9a-f]{64}$/);
    expect(again.hardwareId).toBe(one.hardwareId);
    expect(other.hardwareId).not.toBe(one.hardwareId);
  });
});
