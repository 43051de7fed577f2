import type { ToExtensionMessage } from '#contract';
import type { Disposable } from '#kernel';
import type { SourceHealth } from './windows.ts';

/** The foreground tab of the focused window of one browser, as its extension tells it. */
export interface BrowserTab {
  /** `chrome`, `edge`, `firefox`, `chromium` ... */
  readonly browser: string;
  /** The browser's process, where the relay could tell; joins tab and window. */
  readonly processId: number | null;
  readonly at: number;
  readonly url: string;
  readonly title: string;
  readonly private: boolean;
}

/** Tabs as the browser extensions report them, over the native-messaging relay. */
export interface BrowserTabs {
  /** `onTab` gets each change of the front tab; null when the browser lost focus or its last window. */
  watch(listener: {
    onTab(browser: string, processId: number | null, tab: BrowserTab | null): void;
    onHealth(browser: string, health: SourceHealth): void;
  }): Disposable;
  /** What extensions may say of private windows; told to every extension now and to each that connects later. */
  setSettings(settings: ToExtensionMessage): void;
}
