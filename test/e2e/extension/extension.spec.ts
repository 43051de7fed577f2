import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createTimers } from '../../../src/main/platform/node/index.ts';
import { type Display, ensureDisplay } from '../../../tools/display/index.ts';
import { buildParts, servePages, startAgentEnd, startBrowser, type WorkerApi } from './harness.ts';

declare const chrome: WorkerApi;

/** Real Chromium, the real extension, the real relay, the agent's real listener. */
test.describe.configure({ mode: 'serial' });

const timers = createTimers();
let display: Display;
let parts: Awaited<ReturnType<typeof buildParts>>;
let pages: Awaited<ReturnType<typeof servePages>>;
let runtimeFolder: string;
let agent: ReturnType<typeof startAgentEnd>;
let browser: Awaited<ReturnType<typeof startBrowser>>;

const titles = () => agent.told.map((tab) => tab?.title ?? null);
const last = () => agent.told.at(-1) ?? null;
const untilInFront = (title: string) => agent.until(() => last()?.title === title);

test.beforeAll(async () => {
  display = await ensureDisplay();
  parts = await buildParts();
  pages = await servePages();
});
test.afterAll(async () => {
  await pages.close();
  await parts.remove();
  await display.dispose();
});

test.beforeEach(async () => {
  runtimeFolder = await mkdtemp(join(tmpdir(), 'lapwing-runtime-'));
  agent = startAgentEnd(runtimeFolder);
  browser = await startBrowser(parts, { ...display.environment, XDG_RUNTIME_DIR: runtimeFolder });
  await agent.until(() => agent.health.includes('extension_connected'));
});
test.afterEach(async () => {
  await browser.stop();
  await agent.stop();
  await rm(runtimeFolder, { recursive: true, force: true });
});

async function firstPage() {
  const page = browser.context.pages()[0];
  if (page === undefined) throw new Error('the browser started without a page');
  return page;
}

test('a search arrives with its address and title, never a frame or a background tab', async () => {
  const page = await firstPage();
  await page.goto(pages.search('volcanoes for year 5'));
  await untilInFront('volcanoes for year 5');
  expect(last()).toMatchObject({ url: pages.search('volcanoes for year 5'), private: false });

  const worker = await browser.worker();
  await worker.evaluate((url) => chrome.tabs.create({ url, active: false }), pages.page('In the background'));
  await page.goto(pages.page('In front'));
  await untilInFront('In front');
  expect(titles()).not.toContain('In the background');
  expect(titles()).not.toContain('Frame');
});

test('single-page sites: history pushes and title changes arrive without a load', async () => {
  const page = await firstPage();
  await page.goto(pages.page('Shell'));
  await page.evaluate(() => {
    history.pushState({}, '', '/lesson/7');
    document.title = 'Lesson 7';
  });
  await untilInFront('Lesson 7');
  expect(new URL(last()?.url ?? '').pathname).toBe('/lesson/7');
});

test('two windows: the focused one is told; a tab dragged out is followed', async () => {
  const page = await firstPage();
  await page.goto(pages.page('First window'));
  await untilInFront('First window');
  const worker = await browser.worker();
  await worker.evaluate((url) => chrome.windows.create({ url }), pages.page('Second window'));
  await untilInFront('Second window');
  await worker.evaluate(async () => {
    const first = (await chrome.tabs.query({})).find((tab) => tab.url.includes('First'));
    if (first) await chrome.windows.update(first.windowId, { focused: true });
  });
  await untilInFront('First window');

  // Moving a tab to a window of its own is what dragging it out does.
  await worker.evaluate(async (url) => {
    const first = (await chrome.tabs.query({})).find((tab) => tab.url.includes('First'));
    const extra = await chrome.tabs.create({ url, ...(first ? { windowId: first.windowId } : {}) });
    await chrome.windows.create({ tabId: extra.id });
  }, pages.page('Dragged out'));
  await untilInFront('Dragged out');
});

test('a private window is told as private, without its content', async () => {
  const worker = await browser.worker();
  await worker.evaluate((url) => chrome.windows.create({ url, incognito: true }), pages.page('Private page'));
  await agent.until(() => last()?.private === true);
  expect(last()).toMatchObject({ url: '', title: '', private: true });
  expect(titles()).not.toContain('Private page');
});

test('the extension reloaded and the agent restarted: what is in front is told again', async () => {
  const page = await firstPage();
  await page.goto(pages.page('Still here'));
  await untilInFront('Still here');

  await agent.stop();
  agent = startAgentEnd(runtimeFolder);
  await untilInFront('Still here');

  await browser.reloadExtension();
  await agent.until(() => agent.health.includes('extension_disconnected'));
  await agent.until(() => agent.health.filter((code) => code === 'extension_connected').length === 2);
  await untilInFront('Still here');
});

test('200 tab changes in well under a minute: every one arrives, in order', async () => {
  const worker = await browser.worker();
  const addresses = [0, 1, 2, 3, 4, 5, 6].map((index) => pages.page(`Tab ${index}`));
  const ids = await worker.evaluate(async (urls) => {
    const tabs = [];
    for (const url of urls) tabs.push((await chrome.tabs.create({ url, active: false })).id);
    return tabs;
  }, addresses);
  const page = await firstPage();
  await page.goto(pages.page('Ready'));
  await untilInFront('Ready');

  const wanted: string[] = [];
  for (let change = 0; change < 200; change++) {
    const index = (change * 3 + Math.floor(change / 7)) % ids.length;
    if (wanted.at(-1) === `Tab ${index}`) continue;
    await worker.evaluate((id) => chrome.tabs.update(id, { active: true }), ids[index] ?? 0);
    wanted.push(`Tab ${index}`);
    await pace(100);
  }
  expect(wanted.length).toBeGreaterThan(190);
  await untilInFront(wanted.at(-1) ?? '');
  const seen = titles()
    .filter((title) => title?.startsWith('Tab '))
    .filter((title, index, all) => title !== all[index - 1]);
  expect(seen).toEqual(wanted);
});

/** The speed of the load: how long each tab stays in front. Nothing waits for a result by it. */
function pace(stayMs: number): Promise<void> {
  return new Promise((resolve) => timers.after(stayMs, resolve));
}
