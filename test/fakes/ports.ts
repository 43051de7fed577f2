import type {
  BrowserTab,
  BrowserTabs,
  ForegroundWindow,
  Log,
  PageHandlers,
  PageName,
  Pages,
  Presence,
  Random,
  Screen,
  ScreenPicture,
  SessionFacts,
  SessionPort,
  SourceHealth,
  Tray,
  TrayChoice,
  TrayView,
  WindowReading,
  Windows,
} from '../../src/main/ports/index.ts';

/** A window as a test wants it; the rest is filled in. */
export function aWindow(over: Partial<ForegroundWindow> = {}): ForegroundWindow {
  return {
    windowId: 100,
    title: 'Letter home - Writer',
    appName: 'Writer',
    appPath: '/usr/bin/writer',
    processId: 41,
    bounds: { x: 0, y: 0, width: 800, height: 600 },
    url: null,
    ...over,
  };
}

/** A desktop whose windows a test puts in front. */
export function createFakeWindows(): Windows & {
  show(over: Partial<ForegroundWindow>): void;
  read(reading: WindowReading): void;
  health(health: SourceHealth): void;
  watching(): number;
} {
  const listeners = new Set<Parameters<Windows['watch']>[0]>();
  let last: WindowReading = { kind: 'nothing' };
  function read(reading: WindowReading): void {
    last = reading;
    for (const listener of listeners) listener.onReading(reading);
  }
  return {
    watch(listener) {
      listeners.add(listener);
      listener.onReading(last);
      return { dispose: () => void listeners.delete(listener) };
    },
    show: (over) => read({ kind: 'window', window: aWindow(over) }),
    read,
    health(health) {
      for (const listener of listeners) listener.onHealth(health);
    },
    watching: () => listeners.size,
  };
}

/** Browser extensions that a test speaks for. */
export function createFakeTabs(): BrowserTabs & {
  front(browser: string, processId: number | null, tab: Partial<BrowserTab> | null): void;
  health(browser: string, health: SourceHealth): void;
  privateWindows(): 'hide' | 'show' | null;
} {
  const listeners = new Set<Parameters<BrowserTabs['watch']>[0]>();
  let told: 'hide' | 'show' | null = null;
  return {
    watch(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    setSettings({ privateWindows }) {
      told = privateWindows;
    },
    front(browser, processId, tab) {
      const full = tab && { browser, processId, at: 0, url: '', title: '', private: false, ...tab };
      for (const listener of listeners) listener.onTab(browser, processId, full);
    },
    health(browser, health) {
      for (const listener of listeners) listener.onHealth(browser, health);
    },
    privateWindows: () => told,
  };
}

export const FACTS: SessionFacts = {
  user: 'ama.mensah',
  displayName: 'Ama Mensah',
  accountType: 'domain',
  machine: 'ROOM4-07',
  timeZone: 'Europe/London',
  addresses: ['10.20.4.17', 'fd00::17'],
  hardwareId: 'hardware-1',
};

/** A session whose presence a test decides. */
export function createFakeSession(facts: SessionFacts = FACTS): SessionPort & {
  presence(presence: Presence): void;
  facts: () => Promise<SessionFacts>;
} {
  const listeners = new Set<(presence: Presence) => void>();
  let present: Presence = 'active';
  return {
    facts: async () => facts,
    watchPresence(listener) {
      listeners.add(listener);
      listener(present);
      return { dispose: () => void listeners.delete(listener) };
    },
    presence(next) {
      present = next;
      for (const listener of listeners) listener(next);
    },
  };
}

export const PICTURE: ScreenPicture = {
  kind: 'taken',
  mediaType: 'image/jpeg',
  bytes: new Uint8Array([1, 2, 3]),
  width: 800,
  height: 600,
};

/** A screen that answers as a test says and remembers which windows it was asked for. */
export function createFakeScreen(
  take: (window: ForegroundWindow) => Promise<ScreenPicture> = async () => PICTURE,
): Screen & { readonly taken: number[] } {
  const taken: number[] = [];
  return {
    taken,
    takeWindow(window) {
      taken.push(window.windowId);
      return take(window);
    },
  };
}

/** Ids that count up; chance that is always the same. */
export function createFakeRandom(): Random {
  let count = 0;
  return {
    id() {
      count += 1;
      return `01977000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
    },
    fraction: () => 0.5,
  };
}

/** A log that keeps what it was told. */
export function createFakeLog(): Log & {
  readonly entries: { level: string; fields: object; message: string }[];
} {
  const entries: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void entries.push({ level, fields, message });
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A tray that a test looks at and presses. */
export function createFakeTray(): Tray & { view(): TrayView | null; choose(choice: TrayChoice): void } {
  let view: TrayView | null = null;
  let onChoose: (choice: TrayChoice) => void = () => undefined;
  return {
    open(listener) {
      onChoose = listener;
      return {
        show(next) {
          view = next;
        },
        dispose() {
          view = null;
        },
      };
    },
    view: () => view,
    choose: (choice) => onChoose(choice),
  };
}

/** Pages that a test speaks for. */
export function createFakePages(): Pages & {
  readonly opened: PageName[];
  handlers(): PageHandlers | null;
  /** The person closes the page. */
  close(page: PageName): void;
} {
  const opened: PageName[] = [];
  const open = new Map<PageName, (() => void) | undefined>();
  let handlers: PageHandlers | null = null;
  return {
    opened,
    serve(served) {
      handlers = served;
      return {
        dispose() {
          handlers = null;
        },
      };
    },
    open(page, closed) {
      opened.push(page);
      if (!open.has(page)) open.set(page, closed);
    },
    handlers: () => handlers,
    close(page) {
      const closed = open.get(page);
      open.delete(page);
      closed?.();
    },
  };
}
