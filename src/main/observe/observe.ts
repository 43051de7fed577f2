import {
  boundText,
  MAX_TITLE_LENGTH,
  MAX_URL_LENGTH,
  type Observation,
  type Policy,
  type Session,
} from '#contract';
import { createDisposables, type Disposable, type Timers } from '#kernel';
import type {
  BrowserTabs,
  ForegroundWindow,
  Presence,
  SessionFacts,
  SessionPort,
  SourceHealth,
  Windows,
} from '../ports/index.ts';
import { compileExclusions } from './exclusions.ts';
import { createJoin, type Sight } from './join.ts';
import { describeSession } from './sessions.ts';
import { createSettle } from './settle.ts';

/** What a policy says about observing. */
export interface ObserveSettings {
  readonly sharedAccounts: Policy['sharedAccounts'];
  readonly schoolNetworks: Policy['capture']['schoolNetworks'];
  readonly excluded: Policy['capture']['excluded'];
  readonly privateWindows: Policy['capture']['privateWindows'];
}

/** An observation and the window it was made of; null where no picture may be taken of it. */
export interface Sighting {
  readonly observation: Observation;
  readonly window: ForegroundWindow | null;
}

export interface ObserveDeps {
  readonly windows: Windows;
  readonly tabs: BrowserTabs;
  readonly session: SessionPort;
  readonly timers: Pick<Timers, 'after' | 'now' | 'monotonic'>;
}

export interface ObserveOptions {
  readonly settings: ObserveSettings;
  /** The agent's own process: its windows are no observations, and what was in front before stays so. */
  readonly ownProcessId: number;
}

export interface ObserveListener {
  onSighting(sighting: Sighting): void;
  /** Whether anything is watched just now; told on each change. */
  onWatching(watching: boolean): void;
  /** `part` is `observe` or `extension.<browser>`. */
  onHealth(part: string, health: SourceHealth): void;
}

/** What is in front of the person, as one stream of changes. */
export interface Observe {
  /** Starts watching. Nothing is watched while the session is locked, and nothing is polled while nobody is there. */
  start(listener: ObserveListener): Promise<Disposable>;
  setSettings(settings: ObserveSettings): void;
  /** The last sighting, while it is still in front (the agent's own windows do not count). */
  inFront(): Sighting | null;
  /** Who is signed in; null before the first `start` has asked. */
  session(): Session | null;
}

/** Older facts (addresses, time zone) are asked again when something is seen. */
const FACTS_AGE_MS = 300_000;

/** A browser in front for this long without a word from its extension has none. */
const EXTENSION_MISSING_MS = 10_000;

interface Seen {
  readonly place: string;
  readonly title: string;
  readonly sight: Sight;
  readonly excluded: string | null;
  readonly hidden: boolean;
}

/** Joins windows, tabs, presence and session into observations. Every text it emits is bounded. */
export function createObserve(deps: ObserveDeps, options: ObserveOptions): Observe {
  const { timers } = deps;
  let settings = options.settings;
  let excludedBecause = compileExclusions(settings.excluded);
  let facts: SessionFacts | null = null;
  let factsAtMs = 0;
  let session: Session | null = null;
  let front: Sighting | null = null;
  let listener: ObserveListener | null = null;
  const withoutExtension = new Map<string, Disposable>();

  async function readFacts(): Promise<void> {
    factsAtMs = timers.monotonic();
    facts = await deps.session.facts();
    session = describeSession(facts, settings);
  }

  /** A browser whose extension has not spoken within the time is said to lack it; one word makes it well again. */
  function watchExtension({ browser, urlSource }: Sight): void {
    if (browser === null || urlSource === 'system') return;
    const part = `extension.${browser}`;
    const missing = withoutExtension.get(browser);
    if (urlSource === 'extension') {
      withoutExtension.delete(browser);
      void missing?.dispose();
      if (missing !== undefined) {
        listener?.onHealth(part, { state: 'ok', code: 'ok', message: 'The browser extension answers.' });
      }
    } else if (missing === undefined) {
      const tell = () =>
        listener?.onHealth(part, {
          state: 'degraded',
          code: 'extension_missing',
          message: `No address is seen in ${browser}: its extension is missing or disabled. Install it by policy.`,
        });
      withoutExtension.set(browser, timers.after(EXTENSION_MISSING_MS, tell));
    }
  }

  function emit({ sight, excluded, hidden }: Seen): void {
    if (session === null || listener === null) return;
    if (timers.monotonic() - factsAtMs > FACTS_AGE_MS) void readFacts();
    const empty = excluded !== null || hidden;
    const { window } = sight;
    const observation: Observation = {
      at: timers.now(),
      app: {
        name: boundText(window.appName, 512),
        path: window.appPath === null ? null : boundText(window.appPath, 4_096),
        processId: window.processId,
      },
      title: empty ? '' : boundText(sight.title, MAX_TITLE_LENGTH),
      url: empty || sight.url === null ? null : boundText(sight.url, MAX_URL_LENGTH),
      urlSource: sight.urlSource,
      private: sight.private,
      excluded,
      session,
    };
    front = { observation, window: empty ? null : window };
    listener.onSighting(front);
  }

  const settle = createSettle<Seen>(timers, emit);

  function see(sight: Sight | null): void {
    if (sight === null) {
      front = null;
      settle.clear();
      return;
    }
    if (sight.window.processId === options.ownProcessId) return;
    watchExtension(sight);
    const excluded = excludedBecause(sight);
    const hidden = sight.private && settings.privateWindows === 'hide';
    const { processId, appName, windowId } = sight.window;
    const empty = excluded !== null || hidden;
    const place = [processId, appName, empty ? '' : windowId, empty ? '' : sight.url, excluded, hidden].join(
      '\n',
    );
    // Titles are cut before they are compared: settling a title of 100 kB must cost no more than a short one.
    settle.offer({
      place,
      title: empty ? '' : sight.title.slice(0, MAX_TITLE_LENGTH),
      sight,
      excluded,
      hidden,
    });
  }

  return {
    async start(to) {
      listener = to;
      await readFacts();
      const parts = createDisposables();
      const join = parts.add(createJoin({ timers }, see));
      parts.add(settle);
      parts.add(
        deps.tabs.watch({
          onTab: (browser, processId, tab) => join.setTab(browser, processId, tab),
          onHealth: (browser, health) => to.onHealth(`extension.${browser}`, health),
        }),
      );
      let watching: Disposable | null = null;
      function follow(presence: Presence): void {
        const wanted = presence === 'active' || (presence === 'idle' && deps.windows.eventDriven === true);
        if (wanted === (watching !== null)) return;
        if (wanted) {
          void readFacts();
          watching = deps.windows.watch({
            onReading: (reading) => join.setReading(reading),
            onHealth: (health) => to.onHealth('observe', health),
          });
        } else {
          void watching?.dispose();
          watching = null;
          join.setReading({ kind: 'nothing' });
        }
        to.onWatching(wanted);
      }
      parts.add(deps.session.watchPresence(follow));
      parts.add({
        async dispose() {
          listener = null;
          for (const missing of withoutExtension.values()) void missing.dispose();
          await watching?.dispose();
        },
      });
      return parts;
    },
    setSettings(next) {
      settings = next;
      excludedBecause = compileExclusions(next.excluded);
      if (facts !== null) session = describeSession(facts, next);
    },
    inFront: () => front,
    session: () => session,
  };
}
