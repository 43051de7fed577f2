import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Worker } from '@playwright/test';
import { EXTENSION_ID_CHROMIUM, NATIVE_HOST_NAME } from '#contract';
import { createTimers } from '../../../src/main/platform/node/index.ts';
import { createRelayBrowserTabs } from '../../../src/main/platform/relay/index.ts';
import type { BrowserTab } from '../../../src/main/ports/index.ts';
import { ensureBrowser, quietArguments } from '../../../tools/browser/index.ts';
import { buildExtension } from '../../../tools/extension/build.ts';
import { buildRelay } from '../../../tools/relay/build.ts';

/** The small part of the extension's own API that tests use inside its worker to act as a person would. */
export interface WorkerApi {
  tabs: {
    query(query: object): Promise<{ id: number; windowId: number; url: string }[]>;
    create(options: { url: string; active?: boolean; windowId?: number }): Promise<{ id: number }>;
    update(id: number, change: { active: true }): Promise<unknown>;
  };
  windows: {
    create(options: {
      url?: string;
      tabId?: number;
      incognito?: boolean;
      focused?: boolean;
    }): Promise<{ id: number }>;
    update(id: number, change: { focused: true }): Promise<unknown>;
  };
}

/** Builds extension and relay once for a test file. */
export async function buildParts() {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-extension-'));
  await buildExtension(join(folder, 'extension'));
  const relay = await buildRelay('native', folder);
  return {
    extension: join(folder, 'extension/chromium'),
    relay,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A web server whose pages have the title that their address asks for: `/page?title=Maths`. */
export async function servePages() {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const title = url.searchParams.get('title') ?? url.searchParams.get('q') ?? 'Untitled';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    response.end(`<!doctype html><title>${escaped}</title><iframe srcdoc="<title>Frame</title>"></iframe>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    page: (title: string) => `${origin}/page?title=${encodeURIComponent(title)}`,
    search: (words: string) => `${origin}/search?q=${encodeURIComponent(words)}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The agent's end: everything it was told, and a way to wait for one thing. */
export function startAgentEnd(runtimeFolder: string) {
  const told: (BrowserTab | null)[] = [];
  const health: string[] = [];
  const checks = new Set<() => void>();
  const quiet = () => undefined;
  const folder = join(runtimeFolder, 'lapwing');
  const tabs = createRelayBrowserTabs(
    { timers: createTimers(), log: { info: quiet, warn: quiet } },
    {
      address: { kind: 'socket', folder, path: join(folder, 'relay.sock') },
      settings: { kind: 'settings', privateWindows: 'hide' },
    },
  );
  const notify = () => {
    for (const check of checks) check();
  };
  const watching = tabs.watch({
    onTab(_browser, _processId, tab) {
      told.push(tab);
      notify();
    },
    onHealth(_browser, state) {
      health.push(state.code);
      notify();
    },
  });
  return {
    told,
    health,
    tabs,
    /** Resolves as soon as `isTrue` holds; the test's own time limit ends a wait in vain. */
    until(isTrue: () => boolean): Promise<void> {
      return new Promise((resolve) => {
        const check = () => {
          if (!isTrue()) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      });
    },
    stop: async () => watching.dispose(),
  };
}

/** Starts a real Chromium with the real extension and the relay registered for its profile. */
export async function startBrowser(
  parts: { extension: string; relay: string },
  environment: Record<string, string>,
  options: { withExtension: boolean } = { withExtension: true },
) {
  const profile = await mkdtemp(join(tmpdir(), 'lapwing-profile-'));
  await mkdir(join(profile, 'NativeMessagingHosts'));
  await writeFile(
    join(profile, `NativeMessagingHosts/${NATIVE_HOST_NAME}.json`),
    JSON.stringify({
      name: NATIVE_HOST_NAME,
      description: 'Lapwing relay',
      path: parts.relay,
      type: 'stdio',
      allowed_origins: [`chrome-extension://${EXTENSION_ID_CHROMIUM}/`],
    }),
  );
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureBrowser(),
    headless: false,
    viewport: null,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [...quietArguments(), '--enable-unsafe-extension-debugging', '--window-size=900,600'],
    env: { ...(process.env as Record<string, string>), ...environment },
  });
  const browser = context.browser();
  if (browser === null) throw new Error('Playwright gave no browser for the profile');
  const session = await browser.newBrowserCDPSession();
  const load = { path: parts.extension, enableInIncognito: true };
  const loadExtension = () => session.send('Extensions.loadUnpacked' as never, load as never);
  if (options.withExtension) await loadExtension();
  return {
    context,
    /** Loads it over itself, as an update does. (`runtime.reload` leaves an unpacked extension off outside developer mode.) */
    reloadExtension: loadExtension,
    worker: () => workerOf(context),
    async stop() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

async function workerOf(context: BrowserContext): Promise<Worker> {
  const started = context.serviceWorkers().find((worker) => worker.url().includes(EXTENSION_ID_CHROMIUM));
  return started ?? context.waitForEvent('serviceworker');
}
