import type { FastifyRequest } from 'fastify';
import { CONSOLE_PATHS, type Permission } from '#contract';
import type { Timers } from '#kernel';
import type { App, EventStreams, Hook } from '../http/index.ts';
import { HEARTBEAT_MS } from '../http/index.ts';
import type { Bus, ServerEvent } from '../store/index.ts';

export interface LiveRouteDeps {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly streams: Pick<EventStreams, 'open'>;
  readonly timers: Pick<Timers, 'every'>;
  readonly guard: Hook;
  readonly personOf: (request: FastifyRequest) => {
    readonly sessionId: string;
    readonly permissions: readonly Permission[];
  };
  /** Whether a session is still open; asking does not keep it so. */
  readonly isOpen: (sessionId: string) => Promise<boolean>;
}

/** What a person with these permissions may hear. */
function mayHear(event: ServerEvent, permissions: readonly Permission[]): boolean {
  switch (event.kind) {
    case 'item':
    case 'screenshot':
      return permissions.includes('evidence_view');
    case 'device':
      return permissions.includes('fleet_view');
    default:
      return false;
  }
}

/** The console's live stream. It ends when the session ends or locks, and never keeps a session alive. */
export function liveRoutes(app: App, deps: LiveRouteDeps): void {
  app.get(
    CONSOLE_PATHS.events,
    { onRequest: deps.guard, schema: { summary: 'Server-sent events for the console', tags: ['console'] } },
    async (request, reply) => {
      const { sessionId, permissions } = deps.personOf(request);
      const stream = deps.streams.open(reply);
      const subscription = deps.bus.subscribe((event) => {
        if (event.kind === 'session_ended' && event.id === sessionId) stream.close();
        // A command beside the server may have ended the session; on SQLite this is all that is heard of it.
        else if (event.kind === 'changed') closeIfEnded();
        else if (mayHear(event, permissions)) stream.send(event);
      });
      const check = deps.timers.every(HEARTBEAT_MS, closeIfEnded);
      function closeIfEnded(): void {
        deps.isOpen(sessionId).then((open) => open || stream.close(), stream.close);
      }
      stream.onClose(() => {
        void subscription.dispose();
        void check.dispose();
      });
    },
  );
}
