import type { Disposable } from '#kernel';

/** Whether somebody can be in front of the screen. */
export type Presence = 'active' | 'idle' | 'locked';

/** The signed-in person and the machine, as the operating system tells it. */
export interface SessionFacts {
  readonly user: string;
  readonly displayName: string | null;
  readonly accountType: 'local' | 'domain' | 'entra' | 'unknown';
  readonly machine: string;
  readonly timeZone: string;
  /** The machine's own addresses, for "on the school's network". */
  readonly addresses: readonly string[];
  /** Stable for this account on this machine; survives a re-image, differs for the next person to sign in. */
  readonly hardwareId: string;
}

export interface SessionPort {
  facts(): Promise<SessionFacts>;
  /** Calls `onPresence` with the present state and then on each change. */
  watchPresence(onPresence: (presence: Presence) => void): Disposable;
}
