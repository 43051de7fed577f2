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
import { createExtensionWatch } from './extensions.ts';
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
  /**
   * The last sighting, while it is in front and for a minute after (the agent's own windows do not count). A pupil
   * who puts away what frightened them, or whose way to the tray takes the focus, can still report it.
   */
  lastInFront(): Sighting | null;
  /** Tells what is in front once more, by the settings of now. */
  lookAgain(): void;
  /** Who is signed in; null before the first `start` has asked. */
  session(): Session | null;
}

/** Older facts (addresses, time zone) are asked again when something is seen. */
const FACTS_AGE_MS = 300_000;

/** How long what was in front is kept once nothing is; gone at once when the session is locked. */
const KEEP_FRONT_MS = 60_000;

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
  let frontLeftAtMs: number | null = null;
  let lastSight: Sight | null = null;
  let listener: ObserveListener | null = null;
  const extensions = createExtensionWatch(deps, (browser, health) =>
    listener?.onHealth(`extension.${browser}`, health),
  );

  async function readFacts(): Promise<void> {
    factsAtMs = timers.monotonic();
    facts = await deps.session.facts();
    session = describeSession(facts, settings);
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
    frontLeftAtMs = null;
    listener.onSighting(front);
  }

  const settle = createSettle<Seen>(timers, emit);

  function see(sight: Sight | null): void {
    if (sight?.window.processId === options.ownProcessId) return;
    extensions.inFront(sight);
    lastSight = sight;
    if (sight === null) {
      frontLeftAtMs ??= timers.monotonic();
      settle.clear();
      return;
    }
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
          onHealth: extensions.heard,
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
          front = null;
        }
        to.onWatching(wanted);
      }
      parts.add(deps.session.watchPresence(follow));
      parts.add({
        async dispose() {
          listener = null;
          await extensions.dispose();
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
    lastInFront() {
      const kept = frontLeftAtMs === null || timers.monotonic() - frontLeftAtMs < KEEP_FRONT_MS;
      return kept ? front : null;
    },
    lookAgain() {
      settle.clear();
      if (lastSight !== null) see(lastSight);
    },
    session: () => session,
  };
}
