import type { Disposable, Timers } from '#kernel';
import type { Log } from '../ports/index.ts';

/** A machine that shuts down gives programs a few seconds; the outbox is durable at any moment, so more is not needed. */
const DEADLINE_MS = 4_000;

/** Stops everything, but waits no longer than the deadline. Never rejects. */
export async function stopWithin(
  parts: Disposable,
  deps: { readonly timers: Pick<Timers, 'after'>; readonly log: Pick<Log, 'warn' | 'error'> },
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const deadline = deps.timers.after(DEADLINE_MS, () => {
    deps.log.warn({ deadlineMs: DEADLINE_MS }, 'stopped without waiting for every part');
    resolve();
  });
  const stopped = Promise.resolve(parts.dispose()).catch((failure: unknown) =>
    deps.log.error({ failure }, 'a part failed to stop'),
  );
  await Promise.race([stopped, late]);
  await deadline.dispose();
}
