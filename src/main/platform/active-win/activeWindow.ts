import type { Timers } from '#kernel';
import type { ForegroundWindow, SourceHealth, WindowReading, Windows } from '../../ports/index.ts';

const POLL_MS = 1_000;

/** Beyond this a helper that hangs is given up; the next poll starts a new one. */
const READ_TIMEOUT_MS = 5_000;

const OK: SourceHealth = { state: 'ok', code: 'ok', message: 'Windows can be read.' };
const UNREADABLE: SourceHealth = {
  state: 'degraded',
  code: 'window_unreadable',
  message:
    'The window in front cannot be read. On a Mac, allow Screen Recording and Accessibility for the agent.',
};

/** The window in front by the `active-win` package, asked once a second while somebody is there. */
export function createActiveWindow(deps: { readonly timers: Pick<Timers, 'after'> }): Windows {
  async function read(): Promise<WindowReading> {
    const { activeWindow } = await import('active-win');
    const found = await activeWindow();
    if (found === undefined) return { kind: 'nothing' };
    const window: ForegroundWindow = {
      windowId: found.id,
      title: found.title ?? '',
      appName: found.owner.name,
      appPath: found.owner.path ?? null,
      processId: found.owner.processId,
      bounds: found.bounds,
      url: ('url' in found ? found.url : undefined) ?? null,
    };
    return { kind: 'window', window };
  }

  return {
    watch(listener) {
      let stopped = false;
      let last = '';
      let lastHealth = '';

      function tell(reading: WindowReading, health: SourceHealth): void {
        const text = JSON.stringify(reading);
        if (health.code !== lastHealth) {
          lastHealth = health.code;
          listener.onHealth(health);
        }
        if (text === last) return;
        last = text;
        listener.onReading(reading);
      }

      function poll(): void {
        let settled = false;
        const settle = (reading: WindowReading, health: SourceHealth) => {
          if (settled || stopped) return;
          settled = true;
          deadline.dispose();
          tell(reading, health);
          next = deps.timers.after(POLL_MS, poll);
        };
        const deadline = deps.timers.after(READ_TIMEOUT_MS, () =>
          settle({ kind: 'unknown', why: 'hung' }, UNREADABLE),
        );
        next = deadline;
        read().then(
          (reading) => settle(reading, OK),
          () => settle({ kind: 'unknown', why: 'unreadable' }, UNREADABLE),
        );
      }

      let next = deps.timers.after(0, poll);
      return {
        dispose() {
          stopped = true;
          next.dispose();
        },
      };
    },
  };
}
