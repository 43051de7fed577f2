import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserTabs, Log, SessionPort, Timers, Windows } from '../../ports/index.ts';

/** Without keyboard or mouse for this long nobody is there. Long, because a film changes its title untouched. */
const IDLE_AFTER_MS = 600_000;

/** Where windows, tabs and presence come from on this system. */
export interface Sources {
  readonly windows: Windows;
  readonly session: SessionPort;
  readonly tabs: BrowserTabs;
}

/** Picks this system's adapters. Loaded on demand, so that no system carries another's code in memory. */
export async function createSources(
  deps: { readonly timers: Timers; readonly log: Log },
  options: { readonly mainFolder: string },
): Promise<Sources> {
  const tabs = await createTabs(deps);
  if (process.platform === 'linux') {
    const { createLinuxSession, createLinuxWindows } = await import('../linux/index.ts');
    const display = process.env.DISPLAY;
    const wayland = process.env.XDG_SESSION_TYPE === 'wayland';
    return {
      windows: createLinuxWindows(deps, { display, wayland }),
      session: createLinuxSession(deps, { display, idleAfterMs: IDLE_AFTER_MS }),
      tabs,
    };
  }
  if (process.platform === 'win32') {
    const { createWindowsSession, createWindowsWindows } = await import('../win32/index.ts');
    const threadUrl = pathToFileURL(join(options.mainFolder, 'watchThread.js'));
    return {
      windows: createWindowsWindows(deps, { threadUrl }),
      session: createWindowsSession(deps, { idleAfterMs: IDLE_AFTER_MS }),
      tabs,
    };
  }
  const { createActiveWindow } = await import('../active-win/index.ts');
  const { createSession } = await import('./session.ts');
  return { windows: createActiveWindow(deps), session: createSession(deps), tabs };
}

async function createTabs(deps: { readonly timers: Timers; readonly log: Log }): Promise<BrowserTabs> {
  const { createRelayBrowserTabs, relayAddress } = await import('../relay/index.ts');
  const address = relayAddress({
    platform: process.platform,
    environment: process.env,
    userId: process.getuid?.() ?? null,
    logonSession: process.platform === 'win32' ? (await import('../win32/index.ts')).logonSession() : null,
    darwinTempFolder: process.platform === 'darwin' ? (process.env.TMPDIR ?? null) : null,
  });
  return createRelayBrowserTabs(deps, { address, settings: { kind: 'settings', privateWindows: 'hide' } });
}
