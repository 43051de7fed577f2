import { parentPort, workerData } from 'node:worker_threads';
import type { WindowReading } from '../../ports/index.ts';
import { openWindowApi } from './api.ts';
import { openEventLoop } from './eventLoop.ts';
import { createFrontWindowReader } from './frontWindow.ts';
import { SAFETY_POLL, STOP_INDEX, type ThreadMessage, type ThreadOptions } from './watchProtocol.ts';

/**
 * The thread that watches windows on Windows. It waits in the system's own message loop, where events arrive,
 * and reads there, so that whatever a call into Windows takes is never taken from the agent's main loop. It
 * never returns to its JavaScript event loop until it is told to stop.
 */
function watch(
  { stop: shared, maxTitleLength }: ThreadOptions,
  tell: (message: ThreadMessage) => void,
): void {
  const stop = new Int32Array(shared);
  const api = openWindowApi();
  const loop = openEventLoop();
  try {
    const read = createFrontWindowReader(api, { maxTitleLength });
    tell({ kind: 'ready', threadId: loop.threadId });
    let last = '';
    let readAtMs = Number.NEGATIVE_INFINITY;
    let changedAtMs = loop.nowMs();
    let wanted = true;

    while (Atomics.load(stop, STOP_INDEX) === 0) {
      const nowMs = loop.nowMs();
      const quiet = nowMs - changedAtMs >= SAFETY_POLL.quietAfterMs;
      const dueMs = wanted
        ? readAtMs + SAFETY_POLL.paceMs
        : readAtMs + (quiet ? SAFETY_POLL.quietMs : SAFETY_POLL.activeMs);
      if (nowMs >= dueMs) {
        readAtMs = nowMs;
        const reading = read();
        wanted = follow(reading);
        const text = JSON.stringify(reading);
        if (text !== last) {
          last = text;
          changedAtMs = nowMs;
          tell({ kind: 'reading', reading });
        }
      } else if (loop.wait(dueMs - nowMs)) {
        wanted = true;
      }
    }
  } finally {
    loop.close();
  }

  function follow(reading: WindowReading): boolean {
    // A store app's window belongs to the program that frames it, not to the program the reading names.
    const window = reading.kind === 'window' ? reading.window.windowId : 0;
    return loop.followTitle(window, window === 0 ? 0 : api.ownerProcess(window));
  }
}

if (parentPort !== null) {
  const port = parentPort;
  watch(workerData as ThreadOptions, (message) => port.postMessage(message));
}
