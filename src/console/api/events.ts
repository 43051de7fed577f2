import { CONSOLE_PATHS, type ConsoleEvent, consoleEventSchema } from '#contract';
import type { Disposable, Timers } from '#kernel';

/** What the live stream needs of the browser's EventSource. */
export interface EventStream {
  addEventListener(name: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
  /** 2 when the browser has given up, for example after an error status. */
  readonly readyState: number;
}

export type Connection = 'connecting' | 'live' | 'lost';

interface LiveEventsListener {
  onEvent(event: ConsoleEvent): void;
  /** `live` after `lost` means that events may have been missed: load everything again. */
  onConnection(connection: Connection): void;
}

const CLOSED = 2;
const firstRetryMs = 2_000;
const longestRetryMs = 30_000;
const EVENT_NAMES = ['item', 'screenshot', 'device'] as const satisfies ConsoleEvent['kind'][];

/**
 * Keeps one stream of server-sent events open. The browser reconnects by itself after a broken line; after an
 * error status it gives up, so this opens a new stream, waiting twice as long each time.
 */
export function createLiveEvents(deps: { open(url: string): EventStream; timers: Pick<Timers, 'after'> }): {
  watch(listener: LiveEventsListener): Disposable;
} {
  return {
    watch(listener) {
      let stream: EventStream | undefined;
      let retry: Disposable | undefined;
      let retryMs = firstRetryMs;

      function connect(): void {
        listener.onConnection('connecting');
        const opened = deps.open(CONSOLE_PATHS.events);
        stream = opened;
        opened.addEventListener('open', () => {
          retryMs = firstRetryMs;
          listener.onConnection('live');
        });
        opened.addEventListener('error', () => {
          listener.onConnection('lost');
          if (opened.readyState !== CLOSED || stream !== opened) return;
          stream = undefined;
          retry = deps.timers.after(retryMs, connect);
          retryMs = Math.min(longestRetryMs, retryMs * 2);
        });
        for (const name of EVENT_NAMES) {
          opened.addEventListener(name, ({ data }) => {
            const event = parseEvent(data);
            if (event !== undefined) listener.onEvent(event);
          });
        }
      }

      connect();
      return {
        dispose() {
          void retry?.dispose();
          const open = stream;
          stream = undefined;
          open?.close();
        },
      };
    },
  };
}

/** An event this console does not know is of a newer server: it is ignored, the next reload catches up. */
function parseEvent(data: unknown): ConsoleEvent | undefined {
  try {
    return consoleEventSchema.parse(JSON.parse(String(data)));
  } catch {
    return undefined;
  }
}
