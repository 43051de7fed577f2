import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { Problem } from '../bootstrap/say.mjs';
import { findProgram, installPackages } from '../display/index.ts';
import { sandboxArguments } from '../electron/index.ts';

/** Where macOS and Windows put Chrome. */
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * A Chromium to test with: one that is installed, else Playwright's own, else Debian's (installed as root).
 *
 * @returns the path of its program
 * @throws Problem with the one command to run
 */
export async function ensureBrowser(): Promise<string> {
  const installed =
    (await findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')) ??
    USUAL_PLACES.find((path) => existsSync(path)) ??
    (existsSync(chromium.executablePath()) ? chromium.executablePath() : null);
  if (installed !== null) return installed;
  if (process.platform === 'linux') {
    await installPackages(['chromium'], 'Chromium, for tests');
    const debian = await findProgram('chromium');
    if (debian !== null) return debian;
  }
  throw new Problem('There is no Chromium or Chrome to test with.', 'npx playwright install chromium');
}

/** Options for a quiet Chromium: no first-run pages, no downloads, no phoning home. */
export function quietArguments(): string[] {
  return [
    ...sandboxArguments(),
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--password-store=basic',
  ];
}
