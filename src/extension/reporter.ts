import { type BrowserName, type FrontTab, NATIVE_HOST_NAME, toExtensionMessageSchema } from '#contract';
import type { BrowserApi, NativePort } from './browserApi.ts';
import { isSameTab, readFrontTab } from './frontTab.ts';

/** What the reporter needs from the world besides the browser. */
export interface ReporterWorld {
  now(): number;
  after(delayMs: number, task: () => void): void;
}

const FIRST_RECONNECT_MS = 1_000;
const LONGEST_RECONNECT_MS = 60_000;
const FOCUS_SETTLES_MS = 200;

/**
 * Tells the agent which page is in front, on every event that can change it. Registers its listeners
 * synchronously, because a suspended worker is woken only for listeners set while its script runs.
 * Everything it knows can be read again from the browser, so nothing is kept across suspension.
 */
export function startReporter(browser: BrowserApi, browserName: BrowserName, world: ReporterWorld): void {
  let port: NativePort | null = null;
  let reconnectMs = FIRST_RECONNECT_MS;
  /** A timer will connect again: events before do not, so that an agent that is away costs one attempt a minute. */
  let isWaiting = false;
  let sent: FrontTab['tab'] | undefined;
  let managed: 'hide' | 'show' | null = null;
  let byAgent: 'hide' | 'show' = 'hide';
  let reading = false;
  let readAgain = false;

  /** The school's setting in the browser beats the agent's; both default to hiding. */
  const showsPrivate = () => (managed ?? byAgent) === 'show';

  function connect(): void {
    if (port !== null || isWaiting) return;
    const opened = browser.runtime.connectNative(NATIVE_HOST_NAME);
    port = opened;
    opened.onMessage.addListener((message) => {
      reconnectMs = FIRST_RECONNECT_MS;
      const parsed = toExtensionMessageSchema.safeParse(message);
      if (!parsed.success) return;
      byAgent = parsed.data.privateWindows;
      update();
    });
    opened.onDisconnect.addListener(() => {
      // Reading it keeps the browser from logging an unchecked error; the relay is simply not there yet.
      void browser.runtime.lastError;
      if (port !== opened) return;
      port = null;
      sent = undefined;
      isWaiting = true;
      world.after(reconnectMs, () => {
        isWaiting = false;
        connectAndUpdate();
      });
      reconnectMs = Math.min(reconnectMs * 2, LONGEST_RECONNECT_MS);
    });
  }

  function connectAndUpdate(): void {
    connect();
    update();
  }

  /** Reads and sends; events that come meanwhile cause one more reading, so the last state always arrives. */
  function update(): void {
    if (reading) {
      readAgain = true;
      return;
    }
    reading = true;
    void readFrontTab(browser, showsPrivate()).then((tab) => {
      reading = false;
      if (port !== null && (sent === undefined || !isSameTab(sent, tab))) {
        sent = tab;
        const message: FrontTab = { kind: 'front', version: 1, browser: browserName, at: world.now(), tab };
        port.postMessage(message);
      }
      if (readAgain) {
        readAgain = false;
        update();
      }
    });
  }

  function readManagedSettings(): void {
    void browser.storage.managed.get('privateWindows').then(
      (settings) => {
        managed =
          settings.privateWindows === 'show' || settings.privateWindows === 'hide'
            ? settings.privateWindows
            : null;
        update();
      },
      // Firefox rejects where the school has set nothing.
      () => update(),
    );
  }

  browser.tabs.onActivated.addListener(connectAndUpdate);
  browser.tabs.onReplaced.addListener(connectAndUpdate);
  browser.tabs.onRemoved.addListener(connectAndUpdate);
  browser.tabs.onUpdated.addListener((_id, change) => {
    // Covers navigation, history pushes of single-page sites and title changes; not loading spinners.
    if (change.url !== undefined || change.title !== undefined || change.status === 'complete')
      connectAndUpdate();
  });
  browser.windows.onFocusChanged.addListener(() => {
    connectAndUpdate();
    // The events of the window that loses focus and of the one that gets it come in no fixed order.
    world.after(FOCUS_SETTLES_MS, update);
  });
  browser.runtime.onStartup.addListener(connectAndUpdate);
  browser.runtime.onInstalled.addListener(connectAndUpdate);
  browser.storage.onChanged.addListener((_changes, area) => {
    if (area === 'managed') readManagedSettings();
  });
  connect();
  readManagedSettings();
}
