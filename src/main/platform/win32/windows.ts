import { Worker } from 'node:worker_threads';
import { MAX_TITLE_LENGTH } from '#contract';
import type { Disposable } from '#kernel';
import type { Log, SourceHealth, Timers, Windows } from '../../ports/index.ts';
import { createAdaptivePoll, createChangeGate } from '../common/index.ts';
import { openWindowApi } from './api.ts';
import { openWaker } from './eventLoop.ts';
import { createFrontWindowReader, type FrontWindowReader } from './frontWindow.ts';
import { STOP_INDEX, type ThreadMessage, type ThreadOptions } from './watchProtocol.ts';

/** The watching thread as the adapter sees it; the tests put their own in place. */
export interface WatchThread {
  onMessage(listener: (message: ThreadMessage) => void): void;
  /** Called once when the thread ended, whether it was told to or failed. */
  onEnd(listener: (reason: string) => void): void;
  stop(threadId: number | null): void;
}

type Deps = {
  readonly timers: Pick<Timers, 'after' | 'monotonic'>;
  readonly log: Pick<Log, 'warn'>;
  readonly startThread?: () => WatchThread;
  readonly openReader?: () => FrontWindowReader;
};

const RESTART_AFTER_MS = 30_000;
/** Without the thread: one look a second, one in five seconds while nothing changes. */
const FALLBACK_POLL = { activeMs: 1_000, quietMs: 5_000, quietAfterMs: 60_000 };

const HEALTH = {
  ok: { state: 'ok', code: 'windows_events', message: 'Window changes arrive as they happen.' },
  polling: {
    state: 'degraded',
    code: 'windows_polling',
    message: 'The thread for window events could not run: windows are looked at once a second instead.',
  },
  unavailable: {
    state: 'failed',
    code: 'windows_calls_missing',
    message:
      'The native library for calls into Windows (koffi) could not be loaded. Install the agent again.',
  },
} satisfies Record<string, SourceHealth>;

/**
 * The window in front on Windows: events (`SetWinEventHook`) on a thread of its own with a slow poll as safety
 * net. When the thread ends, the main loop polls and the thread is started again after half a minute.
 * @param options.threadUrl Where the built `watchThread` is: a `file:` URL.
 */
export function createWindowsWindows(deps: Deps, options: { readonly threadUrl: URL }): Windows {
  const { timers, log } = deps;
  const startThread = deps.startThread ?? (() => startWatchThread(options.threadUrl));
  const openReader =
    deps.openReader ?? (() => createFrontWindowReader(openWindowApi(), { maxTitleLength: MAX_TITLE_LENGTH }));

  return {
    eventDriven: true,
    watch(listener) {
      const gate = createChangeGate(listener);
      let disposed = false;
      let thread: WatchThread | null = null;
      let threadId: number | null = null;
      let fallback: Disposable | null = null;
      let restart: Disposable | null = null;

      function begin(): void {
        threadId = null;
        try {
          thread = startThread();
        } catch (failure) {
          ended(reasonOf(failure));
          return;
        }
        thread.onEnd(ended);
        thread.onMessage((message) => {
          if (message.kind === 'reading') {
            gate.reading(message.reading);
            return;
          }
          threadId = message.threadId;
          void fallback?.dispose();
          fallback = null;
          gate.health(HEALTH.ok);
          if (disposed) thread?.stop(threadId);
        });
      }

      function ended(reason: string): void {
        thread = null;
        if (disposed) return;
        log.warn({ code: HEALTH.polling.code, reason }, 'the thread for window events ended');
        fallback ??= poll();
        restart = timers.after(RESTART_AFTER_MS, begin);
      }

      function poll(): Disposable | null {
        try {
          const read = openReader();
          const look = () => {
            if (gate.reading(read())) adaptive.touch();
          };
          const adaptive = createAdaptivePoll(timers, FALLBACK_POLL, look);
          gate.health(HEALTH.polling);
          look();
          return adaptive;
        } catch (failure) {
          log.warn({ code: HEALTH.unavailable.code, reason: reasonOf(failure) }, 'windows cannot be read');
          gate.health(HEALTH.unavailable);
          gate.reading({ kind: 'unknown', why: 'unreadable' });
          return null;
        }
      }

      begin();
      return {
        dispose() {
          disposed = true;
          gate.close();
          thread?.stop(threadId);
          void fallback?.dispose();
          void restart?.dispose();
        },
      };
    },
  };
}

function startWatchThread(threadUrl: URL): WatchThread {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const wake = openWaker();
  const worker = new Worker(threadUrl, {
    workerData: { stop: shared, maxTitleLength: MAX_TITLE_LENGTH } satisfies ThreadOptions,
    name: 'lapwing-windows',
    resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
  });
  let failure: string | null = null;
  worker.on('error', (error) => {
    failure = reasonOf(error);
  });
  return {
    onMessage: (listener) => void worker.on('message', listener),
    onEnd: (listener) => void worker.on('exit', (code) => listener(failure ?? `exit code ${code}`)),
    stop(threadId) {
      Atomics.store(new Int32Array(shared), STOP_INDEX, 1);
      if (threadId !== null) wake(threadId);
    },
  };
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'unknown';
}
