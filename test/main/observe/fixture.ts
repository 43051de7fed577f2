import { afterEach } from 'vitest';
import type { Disposable } from '#kernel';
import { createObserve, type ObserveSettings, type Sighting } from '../../../src/main/observe/index.ts';
import { createFakeSession, createFakeTabs, createFakeWindows } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

export const SETTINGS: ObserveSettings = {
  sharedAccounts: [],
  schoolNetworks: [],
  excluded: [],
  privateWindows: 'hide',
};
export const CHROMIUM = {
  appName: 'chromium',
  appPath: '/usr/lib/chromium/chromium',
  processId: 77,
  windowId: 7,
};

const started: Disposable[] = [];

afterEach(async () => {
  for (const watching of started.splice(0)) await watching.dispose();
});

/** Observing over fake sources and virtual time; ended with the test. */
export async function watched(
  settings: Partial<ObserveSettings> = {},
  source: { eventDriven?: boolean } = {},
) {
  const timers = createFakeTimers();
  const windows = createFakeWindows();
  const tabs = createFakeTabs();
  const session = createFakeSession();
  const observe = createObserve(
    { windows: { ...windows, ...source }, tabs, session, timers },
    { settings: { ...SETTINGS, ...settings }, ownProcessId: 9_999 },
  );
  const seen: Sighting[] = [];
  const health: string[] = [];
  const states: boolean[] = [];
  const watching = await observe.start({
    onSighting: (sighting) => seen.push(sighting),
    onWatching: (watching) => states.push(watching),
    onHealth: (part, { code }) => health.push(`${part}:${code}`),
  });
  started.push(watching);
  const titles = () => seen.map(({ observation }) => observation.title);
  return { timers, windows, tabs, session, observe, seen, titles, health, states, watching };
}
