/**
 * The few parts of the WebExtension API that this extension uses, as Chrome, Edge and Firefox share
 * them. Passed in, so that the logic runs in tests without a browser.
 */
export interface ExtensionEvent<Arguments extends unknown[]> {
  addListener(listener: (...values: Arguments) => void): void;
}

export interface Tab {
  readonly url?: string;
  readonly title?: string;
  readonly incognito: boolean;
}

export interface NativePort {
  postMessage(message: unknown): void;
  readonly onMessage: ExtensionEvent<[unknown]>;
  readonly onDisconnect: ExtensionEvent<[unknown]>;
}

export interface BrowserApi {
  readonly tabs: {
    query(query: { active: true; windowId: number }): Promise<readonly Tab[]>;
    readonly onActivated: ExtensionEvent<[unknown]>;
    readonly onUpdated: ExtensionEvent<[number, { url?: string; title?: string; status?: string }, Tab]>;
    readonly onReplaced: ExtensionEvent<[number, number]>;
    readonly onRemoved: ExtensionEvent<[number, unknown]>;
  };
  readonly windows: {
    getLastFocused(): Promise<{ readonly id?: number }>;
    readonly onFocusChanged: ExtensionEvent<[number]>;
  };
  readonly runtime: {
    connectNative(host: string): NativePort;
    readonly lastError?: unknown;
    readonly onStartup: ExtensionEvent<[]>;
    readonly onInstalled: ExtensionEvent<[unknown]>;
  };
  readonly storage: {
    readonly managed: { get(key: string): Promise<Record<string, unknown>> };
    readonly onChanged: ExtensionEvent<[unknown, string]>;
  };
}
