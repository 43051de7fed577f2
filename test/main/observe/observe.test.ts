import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TITLE_LENGTH, MAX_URL_LENGTH, observationSchema } from '#contract';
import { CHROMIUM, SETTINGS, watched } from './fixture.ts';

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
    const { windows, seen } = await watched();
    windows.show({});
    windows.read({ kind: 'unknown', why: 'elevated' });
    windows.read({ kind: 'unknown', why: 'hung' });
    windows.read({ kind: 'nothing' });
    expect(seen).toHaveLength(1);
  });

  test('what was in front can be reported for a minute after it was put away, not once the session is locked', async () => {
    const { windows, session, timers, observe } = await watched();
    const lastTitle = () => observe.lastInFront()?.observation.title;
    expect(observe.lastInFront()).toBeNull();
    windows.show({ title: 'frightening' });
    await timers.advance(3_600_000);
    windows.read({ kind: 'nothing' });
    await timers.advance(30_000);
    windows.read({ kind: 'unknown', why: 'elevated' });
    await timers.advance(29_999);
    expect(lastTitle()).toBe('frightening');
    await timers.advance(1);
    expect(observe.lastInFront()).toBeNull();
    windows.show({ title: 'frightening' });
    expect(lastTitle()).toBe('frightening');
    session.presence('locked');
    expect(observe.lastInFront()).toBeNull();
  });

  test('what is in front is told once more when asked, by the settings of now; what is gone is not', async () => {
    const { windows, observe, seen, titles } = await watched();
    observe.lookAgain();
    windows.show({ title: 'My account' });
    observe.lookAgain();
    observe.setSettings({ ...SETTINGS, excluded: [{ pattern: 'writer', reason: 'banking' }] });
    observe.lookAgain();
    windows.read({ kind: 'nothing' });
    observe.lookAgain();
    expect(titles()).toEqual(['My account', 'My account', '']);
    expect(seen.at(-1)?.observation.excluded).toBe('banking');
  });

  test("the agent's own window leaves what was behind it in front", async () => {
    const { windows, titles, observe } = await watched();
    windows.show({ title: 'behind' });
    windows.show({ title: 'Report something', processId: 9_999, windowId: 5 });
    expect(titles()).toEqual(['behind']);
    expect(observe.lastInFront()?.observation.title).toBe('behind');
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
