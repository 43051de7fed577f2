import { afterEach, expect, test } from 'vitest';
import { createSources } from '../../../../src/main/platform/electron/sources.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

const own = Object.getOwnPropertyDescriptor(process, 'platform');

afterEach(() => {
  if (own !== undefined) Object.defineProperty(process, 'platform', own);
});

// The technicians' watch runs there: importing `electron` would end it.
test.each(['darwin', 'win32', 'linux'])(
  'on %s plain Node gets its sources without Electron',
  async (platform) => {
    Object.defineProperty(process, 'platform', { ...own, value: platform });
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const sources = await createSources({ timers: createFakeTimers(), log, dataFiles: null }, '/app');
    expect(Object.keys(sources).sort()).toEqual(['session', 'tabs', 'windows']);
  },
);

test('on macOS somebody is taken to be there, and the machine is described', async () => {
  Object.defineProperty(process, 'platform', { ...own, value: 'darwin' });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const { session } = await createSources({ timers: createFakeTimers(), log, dataFiles: null }, '/app');
  const presences: string[] = [];
  await session.watchPresence((presence) => presences.push(presence)).dispose();
  expect(presences).toEqual(['active']);
});
