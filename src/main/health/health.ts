import type { HealthItem } from '#contract';
import type { Clock, Disposable } from '#kernel';
import type { SourceHealth } from '../ports/index.ts';

/** The state of every part of the agent. Parts report; heartbeats and health records read. */
export interface Health {
  /** Sets the state of `part`. The same state and code again change nothing. */
  report(part: string, health: SourceHealth): void;
  items(): readonly HealthItem[];
  /** Calls back on each change, with the changed item, until disposed. */
  onChange(listener: (item: HealthItem) => void): Disposable;
}

/** Keeps one item a part. Messages are bounded; codes are for machines and never carry content. */
export function createHealth(deps: { readonly clock: Pick<Clock, 'now'> }): Health {
  const items = new Map<string, HealthItem>();
  const listeners = new Set<(item: HealthItem) => void>();
  return {
    report(part, { state, code, message }) {
      const known = items.get(part);
      if (known !== undefined && known.state === state && known.code === code) return;
      // A part that starts well is no news.
      const news = known !== undefined || state !== 'ok';
      const item: HealthItem = {
        part: part.slice(0, 60),
        state,
        code: code.slice(0, 60),
        message: message.slice(0, 500),
        since: deps.clock.now(),
      };
      items.set(part, item);
      if (news) for (const listener of listeners) listener(item);
    },
    items: () => [...items.values()],
    onChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}
