import { describe, expect, test } from 'vitest';
import { CHROMIUM, watched } from './fixture.ts';

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

  test.each([
    'hidden — Mozilla Firefox Private Browsing',
    'hidden — Mozilla Firefox (Private Browsing)',
    'hidden — Private Browsing',
    'hidden - [InPrivate] - Microsoft\u200b Edge',
    'hidden and 2 more pages - [InPrivate] - Microsoft Edge',
    'hidden - Google Chrome (Incognito)',
  ])('a window that ends as browsers end private ones is private: %s', async (title) => {
    const { windows, seen } = await watched();
    windows.show({ appName: 'chrome', processId: 3, title });
    expect(seen[0]?.observation).toMatchObject({ title: '', url: null, private: true });
  });

  test.each([
    'how to kill myself - incognito at DuckDuckGo - Google Chrome',
    'what is - InPrivate - Microsoft Edge',
    'private browsing - how to - Chromium',
  ])('a page cannot hide by its name: %s', async (title) => {
    const { windows, seen } = await watched();
    windows.show({ appName: 'chrome', processId: 3, title });
    expect(seen[0]?.observation).toMatchObject({ title, private: false });
  });

  test('what the extension says of a page is believed before the end of its name', async () => {
    const { windows, tabs, seen } = await watched();
    const title = 'hidden - [InPrivate]';
    tabs.front('edge', 77, { title, url: 'https://hiding.invalid/' });
    windows.show({ appName: 'msedge', processId: 77, title: `${title} - Microsoft Edge` });
    expect(seen[0]?.observation).toMatchObject({ title, url: 'https://hiding.invalid/', private: false });
    windows.show({ appName: 'msedge', processId: 77, title: `${title} - [InPrivate] - Microsoft Edge` });
    expect(seen.at(-1)?.observation).toMatchObject({ title: '', url: null, private: true });
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
