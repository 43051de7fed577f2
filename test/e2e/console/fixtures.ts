import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { build } from 'vite';
import { type FakeConsoleServer, startFakeConsoleServer } from '../../fakes/consoleServer.ts';
import { serveFolder } from '../../fakes/staticFolder.ts';

const projectFolder = resolve(import.meta.dirname, '../../..');

/** Builds once a worker, into a folder of its own, so that a test never runs against yesterday's build. */
async function buildInto(configFile: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'lapwing-built-'));
  await build({ configFile: join(projectFolder, configFile), build: { outDir }, logLevel: 'error' });
  return outDir;
}

interface TestFixtures {
  /** An invented school behind a fresh fake server. */
  school: FakeConsoleServer;
  /** Fails the test when the page logs an error or breaks its content security policy. */
  cleanPage: Page;
}

interface WorkerFixtures {
  consoleFolder: string;
  /** Address of the pupils' windows and the gallery, served as plain files. */
  windowsUrl: string;
}

/** Answers that a test provokes show in the browser's console; they are not faults of the page. */
const PROVOKED = /Failed to load resource|net::ERR_/;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  consoleFolder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
    async ({}, use) => {
      const folder = await buildInto('vite.console.config.ts');
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  windowsUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern
    async ({}, use) => {
      const folder = await buildInto('vite.ui.config.ts');
      const server: Server = createServer(serveFolder(folder));
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  school: async ({ consoleFolder }, use) => {
    const server = await startFakeConsoleServer(consoleFolder);
    await use(server);
    await server.close();
  },
  cleanPage: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !PROVOKED.test(message.text())) faults.push(message.text());
    });
    await use(page);
    expect(faults).toEqual([]);
  },
});

/** Opens an item by its address and waits until it can be worked on by keyboard. */
export async function openItem(
  page: Page,
  school: FakeConsoleServer,
  item: { id: string } | undefined,
): Promise<void> {
  await page.goto(`${school.url}/queue/${item?.id}`);
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();
}

/**
 * Looks for faults of accessibility by axe's WCAG 2.2 A and AA rules. In the page itself and telling of faults alone,
 * axe takes less than half the time; only frames of other sites, of which we have none, would need more.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
}

/** Fails when something on the page sticks out sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, shown] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  expect(content).toBeLessThanOrEqual(shown as number);
}

export { expect };
