import type { WindowReading } from '../../ports/index.ts';

/** What the main thread starts the watching thread with. The thread ends soon after a 1 is written to `stop`. */
export interface ThreadOptions {
  readonly stop: SharedArrayBuffer;
  readonly maxTitleLength: number;
}

/** What the watching thread tells the main thread. */
export type ThreadMessage =
  | { readonly kind: 'ready'; readonly threadId: number }
  | { readonly kind: 'reading'; readonly reading: WindowReading };

/** Where in the shared memory the main thread writes a 1 to stop the watching thread. */
export const STOP_INDEX = 0;

/** Between two readings: never less than `paceMs`; without any event, `activeMs`, or `quietMs` once nothing changes. */
export const SAFETY_POLL = { paceMs: 100, activeMs: 2_000, quietMs: 5_000, quietAfterMs: 60_000 };
