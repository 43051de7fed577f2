import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@playwright/test';
import { createDisposables } from '#kernel';
import { type Display, startVirtualDisplay } from '../../../tools/display/index.ts';
import { projectFolder } from '../../../tools/paths.ts';
import { startChild } from '../../../tools/process/child.ts';
import { buildParts, servePages, startBrowser, type WorkerApi } from './harness.ts';

declare const chrome: WorkerApi;

/**
 * Window and tab as one observation: the technicians' `watch` on a screen of its own, beside a real Chromium
 * with the real extension and relay.
 */

interface Line {
  readonly at: string;
  readonly app: { readonly name: string };
  readonly title: string;
  readonly url: string | null;
  readonly urlSource: string;
  readonly private: boolean;
}

let display: Display;
let parts: Awaited<ReturnType<typeof buildParts>>;
let pages: Awaited<ReturnType<typeof servePages>>;
let running: ReturnType<typeof createDisposables>;
let environment: Record<string, string>;

test.beforeAll(async () => {
  display = await startVirtualDisplay();
  parts = await buildParts();
  pages = await servePages();
});
test.afterAll(async () => {
  await pages.close();
  await parts.remove();
  await display.dispose();
});
test.beforeEach(async () => {
  running = createDisposables();
  const runtimeFolder = await mkdtemp(join(tmpdir(), 'lapwing-runtime-'));
  running.add({ dispose: () => rm(runtimeFolder, { recursive: true, force: true }) });
  environment = { ...display.environment, XDG_RUNTIME_DIR: runtimeFolder };
});
test.afterEach(() => running.dispose());

/** Lines as they come, and a wait for one that fits; the test's own time limit ends a wait in vain. */
function collect<Value>() {
  const all: Value[] = [];
  const checks = new Set<() => void>();
  return {
    all,
    add(value: Value) {
      all.push(value);
      for (const check of checks) check();
    },
    until(fits: (value: Value) => boolean): Promise<Value> {
      return new Promise((resolve) => {
        const check = () => {
          const found = all.find(fits);
          if (found === undefined) return;
          checks.delete(check);
          resolve(found);
        };
        checks.add(check);
        check();
      });
    },
  };
}

function startWatch() {
  const child = startChild(process.execPath, [join(projectFolder, 'tools/watch.ts')], {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const { stdout, stderr } = child.process;
  if (stdout === null || stderr === null) throw new Error('watch has no output');
  const observations = collect<Line>();
  const health = collect<string>();
  createInterface(stdout).on('line', (line) => observations.add(JSON.parse(line)));
  createInterface(stderr).on('line', (line) => health.add(line));
  return { observations, health };
}

async function browse(options?: { withExtension: boolean }) {
  const browser = await startBrowser(parts, environment, options);
  running.add({ dispose: browser.stop });
  const page = browser.context.pages()[0];
  if (page === undefined) throw new Error('the browser started without a page');
  return { browser, page };
}

test('a page is one observation with its address, a single-page change another', async () => {
  const { observations } = startWatch();
  const { page } = await browse();
  await page.goto(pages.search('volcanoes = fun "really"'));
  const seen = await observations.until((line) => line.title === 'volcanoes = fun "really"');
  expect(seen).toMatchObject({
    url: pages.search('volcanoes = fun "really"'),
    urlSource: 'extension',
    private: false,
  });
  await page.evaluate(() => {
    history.pushState({}, '', '/lesson/7');
    document.title = 'Lesson 7';
  });
  const lesson = await observations.until((line) => line.title === 'Lesson 7');
  expect(new URL(lesson.url ?? '').pathname).toBe('/lesson/7');
  // Once joined, no page is told twice. Where the machine is so slow that the browser's word comes after the wait for
  // it, the window is told alone first, as it must be; that wait is tested on virtual time.
  const settled = observations.all
    .slice(observations.all.indexOf(seen))
    .filter(({ urlSource }) => urlSource === 'extension');
  expect(new Set(settled.map((line) => `${line.title} ${line.url}`)).size).toBe(settled.length);
});

test('a private window is told as private, without its content', async () => {
  const { observations } = startWatch();
  const { browser, page } = await browse();
  // Before the extension's first word the agent has only the window's title, and no way to know it is private.
  await page.goto(pages.page('Public page'));
  await observations.until((line) => line.title === 'Public page' && line.urlSource === 'extension');
  const worker = await browser.worker();
  await worker.evaluate((url) => chrome.windows.create({ url, incognito: true }), pages.page('Private page'));
  const seen = await observations.until((line) => line.private);
  expect(seen).toMatchObject({ title: '', url: null, private: true });
  expect(JSON.stringify(observations.all)).not.toContain('Private page');
});

test('without the extension the title is seen, the address is not, and health says what is missing', async () => {
  const { observations, health } = startWatch();
  const { page } = await browse({ withExtension: false });
  await page.goto(pages.page('Alone'));
  const seen = await observations.until((line) => line.title.startsWith('Alone'));
  expect(seen).toMatchObject({ url: null, urlSource: 'none' });
  expect(await health.until((line) => line.includes('extension_missing'))).toContain('chromium');
});

test('an agent that starts after the browser learns the page in front', async () => {
  const { page } = await browse();
  await page.goto(pages.page('Here before'));
  const { observations } = startWatch();
  const seen = await observations.until(
    (line) => line.title === 'Here before' && line.urlSource === 'extension',
  );
  expect(seen.url).toBe(pages.page('Here before'));
});
