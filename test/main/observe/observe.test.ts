import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { MAX_TITLE_LENGTH, MAX_URL_LENGTH, observationSchema } from '#contract';
import type { Disposable } from '#kernel';
import { createObserve, type ObserveSettings, type Sighting } from '../../../src/main/observe/index.ts';
import { createFakeSession, createFakeTabs, createFakeWindows } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const SETTINGS: ObserveSettings = {
  sharedAccounts: [],
  schoolNetworks: [],
  excluded: [],
  privateWindows: 'hide',
};
const CHROMIUM = { appName: 'chromium', appPath: '/usr/lib/chromium/chromium', processId: 77, windowId: 7 };

const started: Disposable[] = [];

afterEach(async () => {
  for (const watching of started.splice(0)) await watching.dispose();
});

async function watched(settings: Partial<ObserveSettings> = {}, source: { eventDriven?: boolean } = {}) {
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

describe('what is in front', () => {
  test('a window becomes one observation with its session', async () => {
    const { windows, seen } = await watched();
    windows.show({ title: 'Letter home - Writer' });
    expect(seen).toHaveLength(1);
    expect(observationSchema.parse(seen[0]?.observation)).toEqual({
      at: Date.UTC(2026, 0, 5, 9, 0, 0),
      app: { name: 'Writer', path: '/usr/bin/writer', processId: 41 },
      title: 'Letter home - Writer',
      url: null,
      urlSource: 'none',
      private: false,
      excluded: null,
      session: {
        user: 'ama.mensah',
        displayName: 'Ama Mensah',
        account: 'individual',
        accountType: 'domain',
        machine: 'ROOM4-07',
        onSchoolNetwork: null,
        timeZone: 'Europe/London',
      },
    });
  });

  test('the same thing again is told once, a moved window too', async () => {
    const { windows, seen } = await watched();
    windows.show({});
    windows.show({});
    windows.show({ bounds: { x: 5, y: 5, width: 1, height: 1 } });
    expect(seen).toHaveLength(1);
  });

  test('back and forth between two programs is told each time', async () => {
    const { windows, titles } = await watched();
    windows.show({ title: 'one', windowId: 1 });
    windows.show({ title: 'two', windowId: 2 });
    windows.show({ title: 'one', windowId: 1 });
    expect(titles()).toEqual(['one', 'two', 'one']);
  });

  test('no window, an unreadable one and a hung one are skipped', async () => {
    const { windows, seen, observe } = await watched();
    windows.show({});
    windows.read({ kind: 'unknown', why: 'elevated' });
    windows.read({ kind: 'unknown', why: 'hung' });
    windows.read({ kind: 'nothing' });
    expect(seen).toHaveLength(1);
    expect(observe.inFront()).toBeNull();
  });

  test("the agent's own window leaves what was behind it in front", async () => {
    const { windows, titles, observe } = await watched();
    windows.show({ title: 'behind' });
    windows.show({ title: 'Report something', processId: 9_999, windowId: 5 });
    expect(titles()).toEqual(['behind']);
    expect(observe.inFront()?.observation.title).toBe('behind');
  });

  test('nothing is watched while the session is locked, and nothing polled while nobody is there', async () => {
    const { windows, session, timers, titles, states, watching } = await watched();
    windows.show({ title: 'before' });
    session.presence('locked');
    expect(windows.watching()).toBe(0);
    expect(timers.pending()).toBe(0);
    windows.show({ title: 'unseen' });
    session.presence('idle');
    expect(windows.watching()).toBe(0);
    session.presence('active');
    expect(titles()).toEqual(['before', 'unseen']);
    expect(states).toEqual([true, false, true]);
    await watching.dispose();
    expect(windows.watching()).toBe(0);
    expect(timers.pending()).toBe(0);
  });

  test('a source with events goes on while nobody is there, for a film that plays untouched', async () => {
    const { windows, session, titles } = await watched({}, { eventDriven: true });
    session.presence('idle');
    windows.show({ title: 'next episode' });
    session.presence('locked');
    windows.show({ title: 'unseen' });
    expect(titles()).toEqual(['next episode']);
  });

  test('hostile texts of any length come out bounded and well formed', async () => {
    const { windows, tabs, seen } = await watched();
    windows.show({
      title: `\ud800${'x'.repeat(100_000)}`,
      appName: 'y'.repeat(9_000),
      appPath: 'z'.repeat(9_000),
    });
    tabs.front('chromium', 77, { title: 'a\u202eb', url: `https://x.invalid/${'q'.repeat(100_000)}` });
    windows.show({ ...CHROMIUM, title: 'a\u202eb - Chromium' });
    for (const { observation } of seen)
      expect(observationSchema.safeParse(observation).error).toBeUndefined();
    expect(seen[0]?.observation.title).toHaveLength(MAX_TITLE_LENGTH);
    expect(seen[1]?.observation.title).toBe('a\u202eb');
    expect(seen[1]?.observation.url).toHaveLength(MAX_URL_LENGTH);
  });

  test('any title makes a valid observation', async () => {
    const { windows, seen } = await watched();
    let windowId = 0;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (title) => {
        windowId += 1;
        windows.show({ title, windowId });
        expect(observationSchema.safeParse(seen.at(-1)?.observation).success).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('browser tabs', () => {
  test("window and tab are one observation; the extension's URL wins", async () => {
    const { windows, tabs, seen } = await watched();
    tabs.front('chromium', 77, { title: 'Volcanoes', url: 'https://geo.invalid/v' });
    windows.show({ ...CHROMIUM, title: 'Volcanoes - Chromium', url: 'https://wrong.invalid/' });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.observation).toMatchObject({
      title: 'Volcanoes',
      url: 'https://geo.invalid/v',
      urlSource: 'extension',
    });
  });

  test('a window title that comes before its tab waits for it a moment', async () => {
    const { timers, windows, tabs, seen } = await watched();
    tabs.front('chromium', 77, { title: 'Volcanoes', url: 'https://geo.invalid/v' });
    windows.show({ ...CHROMIUM, title: 'Volcanoes - Chromium' });
    await timers.advance(1_000);
    windows.show({ ...CHROMIUM, title: 'Rivers - Chromium' });
    await timers.advance(100);
    tabs.front('chromium', 77, { title: 'Rivers', url: 'https://geo.invalid/r' });
    await timers.advance(1_000);
    expect(seen.map(({ observation }) => observation.url)).toEqual([
      'https://geo.invalid/v',
      'https://geo.invalid/r',
    ]);
  });

  test('a window of the browser that no tab explains has no URL', async () => {
    const { timers, windows, tabs, seen } = await watched();
    tabs.front('chromium', 77, { title: 'Volcanoes', url: 'https://geo.invalid/v' });
    await timers.advance(1_000);
    windows.show({ ...CHROMIUM, windowId: 8, title: 'Save file' });
    expect(seen).toHaveLength(0);
    await timers.advance(1_000);
    expect(seen[0]?.observation).toMatchObject({ title: 'Save file', url: null, urlSource: 'none' });
  });

  test('two browsers at once: the tab of the other process is not joined', async () => {
    const { windows, tabs, seen } = await watched();
    tabs.front('chromium', 55, { title: 'Other', url: 'https://other.invalid/' });
    windows.show({ ...CHROMIUM, title: 'Rivers - Chromium' });
    expect(seen[0]?.observation).toMatchObject({ title: 'Rivers - Chromium', url: null });
  });

  test('in-tab navigation is told without a new window title', async () => {
    const { windows, tabs, seen } = await watched();
    windows.show({ ...CHROMIUM, title: 'App - Chromium' });
    tabs.front('chromium', 77, { title: 'App', url: 'https://app.invalid/one' });
    tabs.front('chromium', 77, { title: 'App', url: 'https://app.invalid/two' });
    tabs.front('chromium', 77, { title: 'App', url: 'https://app.invalid/two' });
    expect(seen.map(({ observation }) => observation.url)).toEqual([
      null,
      'https://app.invalid/one',
      'https://app.invalid/two',
    ]);
  });

  test('a private window shows that it is private and nothing else', async () => {
    const { windows, tabs, seen } = await watched();
    tabs.front('chromium', 77, { title: 'secret', url: 'https://secret.invalid/', private: true });
    windows.show({ ...CHROMIUM, title: 'secret - Chromium' });
    windows.show({ appName: 'firefox', processId: 3, title: 'hidden — Mozilla Firefox Private Browsing' });
    for (const { observation, window } of seen) {
      expect(observation).toMatchObject({ title: '', url: null, private: true });
      expect(window).toBeNull();
    }
    expect(seen).toHaveLength(2);
  });

  test('a policy may show private windows', async () => {
    const { windows, tabs, seen } = await watched({ privateWindows: 'show' });
    tabs.front('chromium', 77, { title: 'shown', url: 'https://shown.invalid/', private: true });
    windows.show({ ...CHROMIUM, title: 'shown - Chromium' });
    expect(seen[0]?.observation).toMatchObject({ title: 'shown', private: true });
  });

  test('a browser without its extension is said to lack it', async () => {
    const { timers, windows, tabs, health } = await watched();
    windows.show({ ...CHROMIUM, title: 'One - Chromium' });
    await timers.advance(9_999);
    expect(health).toEqual([]);
    windows.show({ ...CHROMIUM, title: 'Two - Chromium' });
    await timers.advance(1);
    expect(health).toEqual(['extension.chromium:extension_missing']);
    tabs.front('chromium', 77, { title: 'Two', url: 'https://two.invalid/' });
    expect(health.at(-1)).toBe('extension.chromium:ok');
  });
});

describe('the health of an extension', () => {
  const MISSING = 'extension.chromium:extension_missing';
  const CONNECTED = { state: 'ok', code: 'extension_connected', message: '' } as const;
  const DISCONNECTED = { state: 'degraded', code: 'extension_disconnected', message: '' } as const;

  test('a browser that leaves the front before the time is over is not said to lack it', async () => {
    const { timers, windows, health } = await watched();
    windows.show({ ...CHROMIUM, title: 'One - Chromium' });
    await timers.advance(9_000);
    windows.show({ title: 'Letter home - Writer' });
    await timers.advance(60_000);
    windows.show({ ...CHROMIUM, title: 'One - Chromium' });
    await timers.advance(9_000);
    windows.read({ kind: 'nothing' });
    await timers.advance(60_000);
    expect(health).toEqual([]);
  });

  test('a dialog of a browser whose extension is connected says nothing', async () => {
    const { timers, windows, tabs, health } = await watched();
    tabs.health('chromium', CONNECTED);
    windows.show({ ...CHROMIUM, windowId: 8, title: 'Save file' });
    await timers.advance(60_000);
    expect(health).toEqual(['extension.chromium:extension_connected']);
  });

  test('an extension that connects in time is not missing; one that goes is', async () => {
    const { timers, windows, tabs, health } = await watched();
    windows.show({ ...CHROMIUM, title: 'One - Chromium' });
    await timers.advance(5_000);
    tabs.health('chromium', CONNECTED);
    await timers.advance(60_000);
    expect(health).not.toContain(MISSING);
    tabs.health('chromium', DISCONNECTED);
    windows.show({ ...CHROMIUM, title: 'Two - Chromium' });
    await timers.advance(10_000);
    expect(health.at(-1)).toBe(MISSING);
  });
});

describe('what policy leaves out', () => {
  const excluded = [
    { pattern: '*.bank.invalid', reason: 'bank' },
    { pattern: 'Diary*', reason: 'private_diary' },
  ];

  test.each([
    ['a host by the policy', { ...CHROMIUM, title: 'Your money' }, 'https://my.bank.invalid/x', 'bank'],
    ['a program by the policy', { appName: 'DiaryPro.exe', title: 'Dear diary' }, null, 'private_diary'],
    ['a password manager', { appName: 'KeePassXC', title: 'Passwords' }, null, 'password_manager'],
    ['a sign-in page', { ...CHROMIUM, title: 'Sign in' }, 'https://accounts.google.com/v3', 'sign_in'],
    [
      'a sign-in page without a URL',
      { ...CHROMIUM, title: 'Sign in - Google Accounts - Chromium' },
      null,
      'sign_in',
    ],
  ])('%s: content is left out and the reason said', async (_what, window, url, reason) => {
    const { windows, tabs, seen } = await watched({ excluded });
    if (url !== null) tabs.front('chromium', 77, { title: window.title, url });
    windows.show(window);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.observation).toMatchObject({ title: '', url: null, excluded: reason });
    expect(seen[0]?.window).toBeNull();
  });

  test('a host that only ends alike is not left out', async () => {
    const { windows, tabs, seen } = await watched({ excluded });
    tabs.front('chromium', 77, { title: 'x', url: 'https://notaccounts.google.com.evil.invalid/' });
    windows.show({ ...CHROMIUM, title: 'x - Chromium' });
    expect(seen[0]?.observation.excluded).toBeNull();
  });

  test('a new policy counts at once', async () => {
    const { windows, observe, seen } = await watched();
    observe.setSettings({
      ...SETTINGS,
      excluded,
      sharedAccounts: ['AMA*'],
      schoolNetworks: ['10.20.0.0/16'],
    });
    windows.show({ appName: 'diary', title: 'Dear diary' });
    expect(seen[0]?.observation).toMatchObject({
      excluded: 'private_diary',
      session: { account: 'shared', onSchoolNetwork: true },
    });
  });

  test.each([
    [['192.168.0.0/16'], false],
    [['fd00::/8'], true],
    [['nonsense', '10.20.4.0/40'], null],
  ])('networks %j: on the school network %s', async (schoolNetworks, expected) => {
    const { windows, seen } = await watched({ schoolNetworks });
    windows.show({});
    expect(seen[0]?.observation.session.onSchoolNetwork).toBe(expected);
  });
});
