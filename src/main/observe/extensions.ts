import type { Disposable, Timers } from '#kernel';
import type { SourceHealth } from '../ports/index.ts';
import type { Sight } from './join.ts';

/** A browser in front for this long without a word from its extension has none. */
const EXTENSION_MISSING_MS = 10_000;

const ANSWERS: SourceHealth = { state: 'ok', code: 'ok', message: 'The browser extension answers.' };

/** Tells of browsers whose extension is missing. */
export interface ExtensionWatch extends Disposable {
  /** What is in front now; null where nothing readable is. */
  inFront(sight: Sight | null): void;
  /** What the extensions' connection says of a browser. */
  heard(browser: string, health: SourceHealth): void;
}

/**
 * A browser that stays in front without its extension being connected is said to lack it; one word makes it well
 * again. A dialog or a private window of a browser whose extension is connected is no sign of anything.
 */
export function createExtensionWatch(
  deps: { readonly timers: Pick<Timers, 'after'> },
  tell: (browser: string, health: SourceHealth) => void,
): ExtensionWatch {
  const connected = new Set<string>();
  const missing = new Set<string>();
  let waiting: { readonly browser: string; readonly end: Disposable } | null = null;

  function stopWaiting(): void {
    void waiting?.end.dispose();
    waiting = null;
  }

  function sayMissing(browser: string): void {
    waiting = null;
    missing.add(browser);
    tell(browser, {
      state: 'degraded',
      code: 'extension_missing',
      message: `No address is seen in ${browser}: its extension is missing or disabled. Install it by policy.`,
    });
  }

  return {
    inFront(sight) {
      const browser = sight?.browser ?? null;
      if (browser !== waiting?.browser) stopWaiting();
      if (sight === null || browser === null || sight.urlSource === 'system') return;
      if (sight.urlSource === 'extension') {
        connected.add(browser);
        stopWaiting();
        if (missing.delete(browser)) tell(browser, ANSWERS);
      } else if (waiting === null && !connected.has(browser) && !missing.has(browser)) {
        const end = deps.timers.after(EXTENSION_MISSING_MS, () => sayMissing(browser));
        waiting = { browser, end };
      }
    },
    heard(browser, health) {
      if (health.code === 'extension_disconnected') connected.delete(browser);
      if (health.code === 'extension_connected') {
        connected.add(browser);
        missing.delete(browser);
        if (waiting?.browser === browser) stopWaiting();
      }
      tell(browser, health);
    },
    dispose: stopWaiting,
  };
}
