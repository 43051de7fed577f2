import type { Disposable, Timers } from '#kernel';

export type IdleState = { kind: 'active' } | { kind: 'warning'; leftMs: number } | { kind: 'locked' };

export interface IdleLock extends Disposable {
  /** Somebody is at the keyboard. Does nothing once locked. */
  touch(): void;
}

interface IdleLockOptions {
  idleMs: number;
  /** How long before the lock to say so. */
  warnMs: number;
  onState(state: IdleState): void;
}

const checkEveryMs = 1_000;

/**
 * Locks after `idleMs` without a touch and warns `warnMs` before. Compares wall time at every check, so a machine
 * that slept through the limit is locked when it wakes. Starts at once; dispose to stop.
 */
export function createIdleLock(
  deps: { timers: Pick<Timers, 'now' | 'every'> },
  options: IdleLockOptions,
): IdleLock {
  const { timers } = deps;
  let touchedAt = timers.now();
  let kind: IdleState['kind'] = 'active';

  function enter(state: IdleState): void {
    if (state.kind === kind && kind !== 'warning') return;
    kind = state.kind;
    options.onState(state);
  }

  function check(): void {
    if (kind === 'locked') return;
    const leftMs = options.idleMs - (timers.now() - touchedAt);
    if (leftMs <= 0) enter({ kind: 'locked' });
    else if (leftMs <= options.warnMs) enter({ kind: 'warning', leftMs });
    else enter({ kind: 'active' });
  }

  const checking = timers.every(checkEveryMs, check);
  return {
    touch() {
      check();
      if (kind === 'locked') return;
      touchedAt = timers.now();
      enter({ kind: 'active' });
    },
    dispose: () => checking.dispose(),
  };
}
