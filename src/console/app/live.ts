import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ConsoleEvent } from '#contract';
import { type Connection, type createLiveEvents, keys } from '../api/index.ts';

/** Reloads that come while one is running become one more reload at its end, so a burst never queues up. */
export function coalesce(reload: () => Promise<unknown>): () => void {
  let isRunning = false;
  let isWanted = false;
  async function run(): Promise<void> {
    isRunning = true;
    do {
      isWanted = false;
      await reload();
    } while (isWanted);
    isRunning = false;
  }
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}

type LiveEvents = ReturnType<typeof createLiveEvents>;

/** Keeps the cache in step with the server's events and says whether the line is up. */
export function useLive(
  client: QueryClient,
  events: LiveEvents,
  onCritical: (event: ConsoleEvent) => void,
): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    const reloadQueue = coalesce(() => client.invalidateQueries({ queryKey: keys.queues }));
    const reloadDevices = coalesce(() => client.invalidateQueries({ queryKey: keys.devices }));
    let wasLost = false;
    const watching = events.watch({
      onEvent(event) {
        if (event.kind === 'device') return reloadDevices();
        void client.invalidateQueries({ queryKey: keys.item(event.id) });
        if (event.kind === 'item') reloadQueue();
        if (event.kind === 'item' && event.severity === 'critical' && event.state === 'waiting')
          onCritical(event);
      },
      onConnection(next) {
        setConnection((now) => (next === 'connecting' && now === 'lost' ? 'lost' : next));
        if (next === 'connecting' || (next === 'live' && !wasLost)) return;
        wasLost = next === 'lost';
        // Lost: asking tells a broken line from a session that ended. Live again: events may have been missed.
        reloadQueue();
        reloadDevices();
      },
    });
    return () => void watching.dispose();
  }, [client, events, onCritical]);
  return connection;
}
