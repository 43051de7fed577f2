import type { HealthEvent, HealthItem } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { Random } from '../ports/index.ts';
import type { Health } from './health.ts';

/** Changes within this time are one record, so that a source that flaps cannot flood the outbox. */
const GATHER_MS = 5_000;

/** Between two records, whatever happens: 1,440 small records a day at most. */
const PACE_MS = 60_000;

/**
 * Writes each change of health as a durable record, gathered and paced: first what is already wrong, last what changed
 * before the end. A part that comes and goes within the pace is written once, as it is then.
 */
export function createHealthJournal(deps: {
  readonly health: Pick<Health, 'items' | 'onChange'>;
  readonly timers: Pick<Timers, 'after' | 'now' | 'monotonic'>;
  readonly random: Pick<Random, 'id'>;
  readonly write: (record: HealthEvent) => void;
}): Disposable {
  const { timers } = deps;
  const changed = new Map<string, HealthItem>();
  let waiting: Disposable | null = null;
  let writtenMs = Number.NEGATIVE_INFINITY;

  function write(): void {
    waiting = null;
    writtenMs = timers.monotonic();
    const items = [...changed.values()].slice(0, 100);
    changed.clear();
    deps.write({ kind: 'health', id: deps.random.id(), at: timers.now(), items });
  }

  function note(item: HealthItem): void {
    changed.set(item.part, item);
    const paceMs = writtenMs + PACE_MS - timers.monotonic();
    waiting ??= timers.after(Math.max(GATHER_MS, paceMs), write);
  }

  for (const item of deps.health.items()) if (item.state !== 'ok') note(item);
  const listening = deps.health.onChange(note);
  return {
    dispose() {
      void listening.dispose();
      void waiting?.dispose();
      if (waiting !== null) write();
    },
  };
}
