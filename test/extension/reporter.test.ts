import { describe, expect, test } from 'vitest';
import type { FrontTab } from '#contract';
import type { BrowserApi, NativePort, Tab } from '../../src/extension/browserApi.ts';
import { startReporter } from '../../src/extension/reporter.ts';
import { createFakeTimers } from '../fakes/timers.ts';

type Listener = (...values: never[]) => void;

function createEvent() {
  const listeners: Listener[] = [];
  return {
    addListener: (listener: Listener) => void listeners.push(listener),
    emit: (...values: unknown[]) => {
      for (const listener of listeners) listener(...(values as never[]));
    },
  };
}

/** A browser with one window at a time in front, whose tabs the test changes. */
function createFakeBrowser(options: { managed?: Record<string, unknown> | 'none' } = {}) {
  const events = {
    activated: createEvent(),
    updated: createEvent(),
    replaced: createEvent(),
    removed: createEvent(),
    focus: createEvent(),
    startup: createEvent(),
    installed: createEvent(),
    storage: createEvent(),
  };
  const sent: FrontTab[] = [];
  const ports: { message: ReturnType<typeof createEvent>; disconnect: ReturnType<typeof createEvent> }[] = [];
  const state = {
    windowId: 7 as number | undefined,
    tab: { url: 'https://school.example/', title: 'Start', incognito: false } as Tab | undefined,
    managed: options.managed ?? {},
  };
  const api: BrowserApi = {
    tabs: {
      query: async () => (state.tab === undefined ? [] : [state.tab]),
      onActivated: events.activated,
      onUpdated: events.updated,
      onReplaced: events.replaced,
      onRemoved: events.removed,
    },
    windows: {
      getLastFocused: async () => (state.windowId === undefined ? {} : { id: state.windowId }),
      onFocusChanged: events.focus,
    },
    runtime: {
      connectNative: () => {
        const port = { message: createEvent(), disconnect: createEvent() };
        ports.push(port);
        return {
          postMessage: (message: unknown) => void sent.push(message as FrontTab),
          onMessage: port.message,
          onDisconnect: port.disconnect,
        } satisfies NativePort;
      },
      onStartup: events.startup,
      onInstalled: events.installed,
    },
    storage: {
      managed: {
        get: async () => {
          if (state.managed === 'none') throw new Error('Managed storage manifest not found');
          return state.managed;
        },
      },
      onChanged: events.storage,
    },
  };
  return { api, events, sent, ports, state };
}

async function start(options: { managed?: Record<string, unknown> | 'none' } = {}) {
  const browser = createFakeBrowser(options);
  const timers = createFakeTimers();
  startReporter(browser.api, 'chromium', timers);
  await timers.advance(0);
  return { ...browser, timers, shown: () => browser.sent.map((message) => message.tab?.url ?? null) };
}

describe('the reporter', () => {
  test('tells the front tab at once, and each change once', async () => {
    const { state, events, timers, shown, sent } = await start();
    expect(sent[0]).toEqual({
      kind: 'front',
      version: 1,
      browser: 'chromium',
      at: timers.now(),
      tab: { url: 'https://school.example/', title: 'Start', private: false },
    });
    state.tab = { url: 'https://school.example/#/maths', title: 'Maths', incognito: false };
    events.updated.emit(1, { url: state.tab.url }, state.tab);
    await timers.advance(0);
    events.activated.emit({});
    events.focus.emit(7);
    await timers.advance(0);
    // Nothing new: nothing is told.
    expect(shown()).toEqual(['https://school.example/', 'https://school.example/#/maths']);
  });

  test('does not read the tab again for loading spinners and icons', async () => {
    const { state, events, timers, shown } = await start();
    state.tab = { url: 'https://other.example/', title: 'Other', incognito: false };
    events.updated.emit(1, { status: 'loading' }, state.tab);
    await timers.advance(0);
    expect(shown()).toHaveLength(1);
  });

  test('a change that comes while one is being read still arrives', async () => {
    const { state, events, timers, shown } = await start();
    events.activated.emit({});
    state.tab = { url: 'https://last.example/', title: 'Last', incognito: false };
    events.activated.emit({});
    await timers.advance(0);
    expect(shown().at(-1)).toBe('https://last.example/');
  });

  test('reads again after a change of focus has settled, because browsers answer late', async () => {
    const { state, events, timers, shown } = await start();
    events.focus.emit(8);
    await timers.advance(199);
    state.tab = { url: 'https://second-window.example/', title: 'Second', incognito: false };
    expect(shown()).toEqual(['https://school.example/']);
    await timers.advance(1);
    expect(shown()).toEqual(['https://school.example/', 'https://second-window.example/']);
  });

  test('while the agent is away, events start no further connections', async () => {
    const { events, ports, timers } = await start();
    ports[0]?.disconnect.emit();
    for (let event = 0; event < 200; event += 1) {
      events.activated.emit({});
      await timers.advance(3_000);
      ports.at(-1)?.disconnect.emit();
    }
    const before = ports.length;
    expect(before).toBeLessThan(20);
    await timers.advance(60_000);
    expect(ports.length - before).toBe(1);
  });

  test('says when the last window has closed', async () => {
    const { state, events, timers, shown } = await start();
    state.windowId = undefined;
    events.removed.emit(1, {});
    await timers.advance(0);
    expect(shown()).toEqual(['https://school.example/', null]);
  });

  test('a private window is told without content, unless the agent allows it', async () => {
    const { state, events, timers, sent, ports } = await start();
    state.tab = { url: 'https://secret.example/', title: 'Secret', incognito: true };
    events.activated.emit({});
    await timers.advance(0);
    expect(sent.at(-1)?.tab).toEqual({ url: '', title: '', private: true });
    ports[0]?.message.emit({ kind: 'settings', privateWindows: 'show' });
    await timers.advance(0);
    expect(sent.at(-1)?.tab).toEqual({ url: 'https://secret.example/', title: 'Secret', private: true });
  });

  test("the browser's managed setting beats the agent's", async () => {
    const { state, events, timers, sent, ports } = await start({ managed: { privateWindows: 'hide' } });
    ports[0]?.message.emit({ kind: 'settings', privateWindows: 'show' });
    state.tab = { url: 'https://secret.example/', title: 'Secret', incognito: true };
    events.activated.emit({});
    await timers.advance(0);
    expect(sent.at(-1)?.tab).toEqual({ url: '', title: '', private: true });
  });

  test('works where the school manages nothing, and ignores a setting it does not know', async () => {
    for (const managed of ['none', { privateWindows: 'sometimes' }] as const) {
      const { shown } = await start({ managed });
      expect(shown()).toEqual(['https://school.example/']);
    }
  });

  test('connects again when the relay goes, later and later, and tells the front tab anew', async () => {
    const { ports, timers, shown } = await start();
    ports[0]?.disconnect.emit();
    await timers.advance(999);
    expect(ports).toHaveLength(1);
    await timers.advance(1);
    expect(ports).toHaveLength(2);
    expect(shown()).toEqual(['https://school.example/', 'https://school.example/']);
    ports[1]?.disconnect.emit();
    await timers.advance(1_999);
    expect(ports).toHaveLength(2);
    await timers.advance(1);
    expect(ports).toHaveLength(3);
  });

  test('hostile titles are bounded and well formed', async () => {
    const { state, events, timers, sent } = await start();
    state.tab = { url: 'https://x.example/', title: `\ud800${'x'.repeat(100_000)}`, incognito: false };
    events.updated.emit(1, { title: state.tab.title }, state.tab);
    await timers.advance(0);
    expect(sent.at(-1)?.tab?.title).toHaveLength(2_000);
    expect(sent.at(-1)?.tab?.title.startsWith('\ufffd')).toBe(true);
  });
});
