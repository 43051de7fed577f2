import { powerMonitor } from 'electron';
import type { Disposable, Timers } from '#kernel';
import type { Presence, SessionFacts, SessionPort } from '../../ports/index.ts';

/** How often presence is asked. Locking is told by events where the system has them. */
const ASK_WHEN_ACTIVE_MS = 15_000;
/** Shorter while away, so that whoever comes back is seen within this time. */
const ASK_WHEN_AWAY_MS = 2_000;

/** Presence by Electron's power monitor, for systems whose adapter has no better one. */
export function createSession(
  deps: { readonly timers: Pick<Timers, 'after'>; readonly facts: () => Promise<SessionFacts> },
  options: { readonly idleAfterMs: number },
): SessionPort {
  return {
    facts: deps.facts,
    watchPresence(onPresence) {
      let presence: Presence | null = null;
      let locked = false;
      let next: Disposable | null = null;

      function look(): void {
        void next?.dispose();
        const system = powerMonitor.getSystemIdleState(options.idleAfterMs / 1_000);
        const now: Presence =
          locked || system === 'locked' ? 'locked' : system === 'idle' ? 'idle' : 'active';
        next = deps.timers.after(now === 'active' ? ASK_WHEN_ACTIVE_MS : ASK_WHEN_AWAY_MS, look);
        if (now === presence) return;
        presence = now;
        onPresence(now);
      }
      const onLock = () => {
        locked = true;
        look();
      };
      const onUnlock = () => {
        locked = false;
        look();
      };

      // `user-did-resign-active` and its opposite: fast user switching on macOS.
      powerMonitor.on('lock-screen', onLock).on('user-did-resign-active', onLock).on('suspend', onLock);
      powerMonitor
        .on('unlock-screen', onUnlock)
        .on('user-did-become-active', onUnlock)
        .on('resume', onUnlock);
      look();
      return {
        dispose() {
          void next?.dispose();
          powerMonitor
            .off('lock-screen', onLock)
            .off('user-did-resign-active', onLock)
            .off('suspend', onLock);
          powerMonitor
            .off('unlock-screen', onUnlock)
            .off('user-did-become-active', onUnlock)
            .off('resume', onUnlock);
        },
      };
    },
  };
}
