import { z } from 'zod';
import type { BrowserName } from '#contract';
import type { BrowserApi } from './browserApi.ts';
import { startReporter } from './reporter.ts';

declare const chrome: BrowserApi | undefined;
declare const browser: BrowserApi | undefined;

function nameOfBrowser(agent: { userAgent: string }): BrowserName {
  if (agent.userAgent.includes('Firefox/')) return 'firefox';
  if (agent.userAgent.includes('Edg/')) return 'edge';
  const brands =
    (agent as { userAgentData?: { brands: readonly { brand: string }[] } }).userAgentData?.brands ?? [];
  return brands.some(({ brand }) => brand === 'Google Chrome') ? 'chrome' : 'chromium';
}

// An extension may not compile code at run time; without this zod tries and the browser notes an error.
z.config({ jitless: true });

const api = typeof browser === 'undefined' ? chrome : browser;
if (api !== undefined) {
  startReporter(api, nameOfBrowser(navigator), {
    now: () => Date.now(),
    after: (delayMs, task) => void setTimeout(task, delayMs),
  });
}
