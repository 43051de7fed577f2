import type { Timers } from '#kernel';

/** The browser's clock and timers. Background tabs slow timers down, so callers compare times, never count ticks. */
export function createBrowserTimers(): Timers {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, task) {
      const handle = setTimeout(task, delayMs);
      return { dispose: () => clearTimeout(handle) };
    },
    every(intervalMs, task) {
      const handle = setInterval(task, intervalMs);
      return { dispose: () => clearInterval(handle) };
    },
  };
}

/** A small store of this browser for choices such as the theme. Blocked storage means nothing is remembered. */
export interface Preferences {
  read(key: string): string | null;
  write(key: string, value: string | null): void;
}

export function createPreferences(): Preferences {
  return {
    read(key) {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Storage may be blocked by the school's browser policy; the choice then lasts until the page is left.
      }
    },
  };
}
