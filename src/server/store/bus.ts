import { z } from 'zod';
import { consoleEventSchema } from '#contract';
import type { Disposable } from '#kernel';

/** What one part of the school's servers tells the others. Never evidence: kinds, ids and states only. */
export const serverEventSchema = z.union([
  consoleEventSchema,
  z.discriminatedUnion('kind', [
    /** A new policy or intake key is in force. */
    z.object({ kind: z.literal('policy') }),
    /** A person signed out or was signed out; `id` of the session. */
    z.object({ kind: z.literal('session_ended'), id: z.string() }),
    /** A device was revoked or superseded. */
    z.object({ kind: z.literal('device_revoked'), id: z.string() }),
    /** Something may have been changed by another process: look again at whatever you keep in memory. */
    z.object({ kind: z.literal('changed') }),
  ]),
]);
export type ServerEvent = z.infer<typeof serverEventSchema>;

/** Tells every server process on the same database, this one included. Delivery is at most once. */
export interface Bus {
  publish(...events: readonly ServerEvent[]): void;
  subscribe(listener: (event: ServerEvent) => void): Disposable;
}

/** A bus inside one process. A listener that throws does not keep the others from hearing. */
export function createLocalBus(onFailure: (failure: unknown) => void): Bus {
  const listeners = new Set<(event: ServerEvent) => void>();
  return {
    publish(...events) {
      for (const event of events) {
        for (const listener of listeners) {
          try {
            listener(event);
          } catch (failure) {
            onFailure(failure);
          }
        }
      }
    },
    subscribe(listener) {
      // A wrapper, so that one function subscribed twice is told twice and leaves twice.
      const own = (event: ServerEvent) => listener(event);
      listeners.add(own);
      return { dispose: () => void listeners.delete(own) };
    },
  };
}
