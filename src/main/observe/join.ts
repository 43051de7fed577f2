import type { Disposable, Timers } from '#kernel';
import type { BrowserTab, ForegroundWindow, WindowReading } from '../ports/index.ts';
import { browserOf, looksPrivate, plainTitle } from './browsers.ts';

/** Window and tab as one: what is in front, before policy has its say. */
export interface Sight {
  readonly window: ForegroundWindow;
  /** Null where the window is no browser's. */
  readonly browser: string | null;
  readonly title: string;
  readonly url: string | null;
  readonly urlSource: 'extension' | 'system' | 'none';
  readonly private: boolean;
}

/**
 * How long a browser's new window title waits for its tab. The extension usually speaks first;
 * without this a fast page would be told twice, once without its URL, and a private one by its title.
 */
const TAB_GRACE_MS = 1_000;

interface KnownTab {
  readonly browser: string;
  readonly processId: number | null;
  readonly tab: BrowserTab;
  readonly arrivedMs: number;
}

/** Whether a window's title is that of the tab: browsers append their name and shorten long titles. */
function isTitleOf(windowTitle: string, tab: BrowserTab): boolean {
  const wanted = plainTitle(tab.title).slice(0, 60);
  return wanted === '' || plainTitle(windowTitle).includes(wanted);
}

/**
 * Joins windows and browser tabs, by process and time, into one stream. The extension's URL wins over
 * the system's. `onSight` gets every change, null when nothing readable is in front.
 */
export function createJoin(
  deps: { readonly timers: Pick<Timers, 'after' | 'monotonic'> },
  onSight: (sight: Sight | null) => void,
): Disposable & {
  setReading(reading: WindowReading): void;
  setTab(browser: string, processId: number | null, tab: BrowserTab | null): void;
} {
  const tabs = new Map<string, KnownTab>();
  let window: ForegroundWindow | null = null;
  let windowArrivedMs = 0;
  let grace: Disposable | null = null;

  function tabOf(front: ForegroundWindow): KnownTab | null {
    const browser = browserOf(front);
    for (const known of tabs.values()) {
      // The extension is in no private window unless policy lets it: that tab belongs to another window.
      if (!known.tab.private && looksPrivate(front.title, known.tab.title)) continue;
      if (known.processId !== null && known.processId === front.processId) return known;
      if ((known.processId === null || front.processId === null) && known.browser === browser) return known;
    }
    return null;
  }

  function withoutTab(front: ForegroundWindow): Sight {
    const browser = browserOf(front);
    return {
      window: front,
      browser,
      title: front.title,
      url: front.url,
      urlSource: front.url === null ? 'none' : 'system',
      private: browser !== null && looksPrivate(front.title),
    };
  }

  function withTab(front: ForegroundWindow, { browser, tab }: KnownTab): Sight {
    const { title, url } = tab;
    return { window: front, browser, title, url, urlSource: 'extension', private: tab.private };
  }

  function tell(): void {
    void grace?.dispose();
    grace = null;
    if (window === null) return onSight(null);
    const front = window;
    const known = tabOf(front);
    if (known === null) return onSight(withoutTab(front));
    if (isTitleOf(front.title, known.tab) || known.arrivedMs >= windowArrivedMs) {
      return onSight(withTab(front, known));
    }
    const waitedMs = deps.timers.monotonic() - windowArrivedMs;
    // A dialog, or a window the extension does not see: the tab's URL would be a guess.
    if (waitedMs >= TAB_GRACE_MS) onSight(withoutTab(front));
    else grace = deps.timers.after(TAB_GRACE_MS - waitedMs, tell);
  }

  return {
    setReading(reading) {
      window = reading.kind === 'window' ? reading.window : null;
      windowArrivedMs = deps.timers.monotonic();
      tell();
    },
    setTab(browser, processId, tab) {
      const key = `${browser}:${processId ?? ''}`;
      if (tab === null) tabs.delete(key);
      else tabs.set(key, { browser, processId, tab, arrivedMs: deps.timers.monotonic() });
      // A browser behind another window changes nothing of what is in front.
      if (window !== null && (processId === window.processId || browserOf(window) === browser)) tell();
    },
    dispose() {
      void grace?.dispose();
      grace = null;
      tabs.clear();
      window = null;
    },
  };
}
