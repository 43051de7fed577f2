import { registerHooks } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeTimers } from '../../../fakes/timers.ts';

/** An installation that lost koffi, as a virus scanner's quarantine leaves it. */

let hooks: ReturnType<typeof registerHooks>;

beforeAll(() => {
  hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'koffi') throw new Error('koffi is gone');
      return next(specifier, context);
    },
  });
});

afterAll(() => hooks.deregister());

test('without koffi the adapters load, say what is missing and go on', async () => {
  const { createWindowsSession, createWindowsWindows, logonSession, ownProcessIsElevated } = await import(
    '../../../../src/main/platform/win32/index.ts'
  );
  const timers = createFakeTimers();
  const warned: unknown[] = [];
  const log = { warn: (fields: object) => void warned.push(fields) };
  expect(logonSession()).toBeNull();
  expect(ownProcessIsElevated()).toBe(false);

  const session = createWindowsSession({ timers, log }, { idleAfterMs: 1_000 });
  expect(warned).toMatchObject([
    { code: 'windows_calls_missing', reason: expect.stringContaining('koffi is gone') },
  ]);
  const presences: string[] = [];
  const presence = session.watchPresence((state) => presences.push(state));

  const codes: string[] = [];
  const watch = createWindowsWindows({ timers, log }, { threadUrl: new URL('file:///unused') }).watch({
    onReading: () => undefined,
    onHealth: ({ code }) => codes.push(code),
  });
  expect(codes).toEqual(['windows_calls_missing']);
  expect(presences).toEqual(['active']);
  await watch.dispose();
  await presence.dispose();
  expect(timers.pending()).toBe(0);
});
