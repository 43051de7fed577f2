import { defineConfig } from '@playwright/test';
import { ensureBrowser, quietArguments } from './tools/browser/index.ts';

/**
 * Tests on the real console in a real Chromium, the real extension in the real browser, and the agent in the
 * real Electron. Each file brings its own servers and display; ports and folders are its own.
 */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Nothing is retried: a test that fails now and then is a fault to be found.
  retries: 0,
  forbidOnly: true,
  workers: 2,
  // Far above what anything takes: a busy machine makes a test slow, never red.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: await ensureBrowser(), args: quietArguments(), timeout: 120_000 },
  },
  projects: ['console', 'extension', 'agent'].map((name) => ({ name, testDir: `test/e2e/${name}` })),
});
