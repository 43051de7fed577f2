import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Disposable } from '#kernel';
import type { BrowserTabs, Files, Log, Presence, SessionPort, Timers, Windows } from '../../ports/index.ts';

/** Without keyboard or mouse for this long nobody is there. Long, because a film changes its title untouched. */
const IDLE_AFTER_MS = 600_000;

/** Where windows, tabs and presence come from on this system. */
export interface Sources {
  readonly windows: Windows;
  readonly session: SessionPort;
  readonly tabs: BrowserTabs;
}

interface Deps {
  readonly timers: Timers;
  readonly log: Log;
  /** Where the adapters keep what they must know at the next start; null for a watch, which keeps nothing. */
  readonly dataFiles: Files | null;
}

/**
 * Picks this system's adapters. Loaded on demand, so that no system carries another's code in memory.
 *
 * @param appFolder the app's own folder, or the archive it is packed in
 */
export async function createSources(deps: Deps, appFolder: string): Promise<Sources> {
  const tabs = await createTabs(deps);
  if (process.platform === 'win32') return { ...(await createOnWindows(deps, appFolder)), tabs };
  if (process.platform === 'darwin') return { ...(await createOnMac(deps, appFolder)), tabs };
  const { createLinuxSession, createLinuxWindows } = await import('../linux/index.ts');
  const display = process.env.DISPLAY;
  const wayland = process.env.XDG_SESSION_TYPE === 'wayland';
  return {
    windows: createLinuxWindows(deps, { display, wayland }),
    session: createLinuxSession(deps, { display, idleAfterMs: IDLE_AFTER_MS }),
    tabs,
  };
}

async function createOnWindows(deps: Deps, appFolder: string): Promise<Omit<Sources, 'tabs'>> {
  const { createWindowsSession, createWindowsWindows } = await import('../win32/index.ts');
  const threadUrl = pathToFileURL(join(appFolder, 'out', 'main', 'watchThread.js'));
  return {
    windows: createWindowsWindows(deps, { threadUrl }),
    session: createWindowsSession(deps, { idleAfterMs: IDLE_AFTER_MS }),
  };
}

async function createOnMac(deps: Deps, appFolder: string): Promise<Omit<Sources, 'tabs'>> {
  const { createDarwinWindows, readDarwinSessionFacts } = await import('../darwin/index.ts');
  // The system can start a program only where it lies outside the archive.
  const unpacked = appFolder.replace(/\.asar$/, '.asar.unpacked');
  const helperPath = join(unpacked, 'node_modules', 'active-win', 'main');
  if (process.versions.electron === undefined) {
    // Plain Node, as in `npm run watch`, can ask neither for permissions nor for presence: the helper's answers must do.
    return {
      windows: createDarwinWindows(
        { ...deps, hasPermission: null, onProgramActivated: null },
        { helperPath },
      ),
      session: { facts: readDarwinSessionFacts, watchPresence: alwaysPresent },
    };
  }
  const { hasPermission, onProgramActivated } = await import('./mac.ts');
  const { createSession } = await import('./session.ts');
  return {
    windows: createDarwinWindows({ ...deps, hasPermission, onProgramActivated }, { helperPath }),
    session: createSession({ ...deps, facts: readDarwinSessionFacts }, { idleAfterMs: IDLE_AFTER_MS }),
  };
}

function alwaysPresent(onPresence: (presence: Presence) => void): Disposable {
  onPresence('active');
  return { dispose: () => undefined };
}

async function createTabs(deps: Deps): Promise<BrowserTabs> {
  const { createRelayBrowserTabs, relayAddress } = await import('../relay/index.ts');
  const onWindows = process.platform === 'win32';
  const address = relayAddress({
    platform: process.platform,
    environment: process.env,
    userId: process.getuid?.() ?? null,
    logonSession: onWindows ? (await import('../win32/index.ts')).logonSession() : null,
    darwinTempFolder: process.platform === 'darwin' ? (process.env.TMPDIR ?? null) : null,
  });
  return createRelayBrowserTabs(deps, { address, settings: { kind: 'settings', privateWindows: 'hide' } });
}
