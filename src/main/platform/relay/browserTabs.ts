import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { ToExtensionMessage } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { BrowserTabs, Log, SourceHealth } from '../../ports/index.ts';
import type { RelayAddress } from './address.ts';
import { type ConnectionFault, createConnection } from './connection.ts';
import { encodeFrame } from './frames.ts';

const RELISTEN_MS = 5_000;
/** One relay a browser profile; more than this is somebody trying. */
const MAX_CONNECTIONS = 32;

const FAULTS: Record<ConnectionFault, SourceHealth> = {
  malformed: {
    state: 'degraded',
    code: 'extension_malformed',
    message:
      'A browser extension sent something the agent does not understand. Update the Lapwing extension.',
  },
  unknown_extension: {
    state: 'degraded',
    code: 'extension_unknown',
    message: 'An extension that is not Lapwing tried to speak to the agent and was refused.',
  },
  out_of_order: {
    state: 'degraded',
    code: 'extension_malformed',
    message: 'A program spoke to the agent out of order and was refused.',
  },
};
const CONNECTED: SourceHealth = {
  state: 'ok',
  code: 'extension_connected',
  message: 'The Lapwing extension is connected.',
};
const DISCONNECTED: SourceHealth = {
  state: 'degraded',
  code: 'extension_disconnected',
  message:
    'The Lapwing extension of this browser has gone. Pages in it are seen by their window titles only.',
};
const OVERSIZED: SourceHealth = {
  state: 'degraded',
  code: 'extension_oversized',
  message: 'A browser extension sent a message that is too long; it was left out.',
};

/** A listener that also tells the extensions what they may say of private windows. */
export interface RelayBrowserTabs extends BrowserTabs {
  /** Sent to every extension now and to each that connects later. */
  setSettings(settings: ToExtensionMessage): void;
}

/**
 * Browser tabs from the extensions, by way of the relays that the browsers start. Listens on a socket or
 * pipe of this user and session; any number of browsers at once; listens again when the system takes
 * the socket away.
 */
export function createRelayBrowserTabs(
  deps: { timers: Pick<Timers, 'after'>; log: Pick<Log, 'info' | 'warn'> },
  options: { address: RelayAddress; settings: ToExtensionMessage },
): RelayBrowserTabs {
  let settings = options.settings;
  const sockets = new Set<Socket>();

  return {
    setSettings(changed) {
      settings = changed;
      for (const socket of sockets) socket.write(encodeFrame(settings));
    },

    watch(listener): Disposable {
      let server: Server | null = null;
      let waiting: Disposable | null = null;
      let stopped = false;

      function accept(socket: Socket): void {
        let browser = 'unknown';
        let processId: number | null = null;
        sockets.add(socket);
        const connection = createConnection({
          onHello(browserPid) {
            processId = browserPid === 0 ? null : browserPid;
            socket.write(encodeFrame(settings));
          },
          onFront(message) {
            if (browser !== message.browser) {
              browser = message.browser;
              listener.onHealth(browser, CONNECTED);
            }
            const tab = message.tab && { browser, processId, at: message.at, ...message.tab };
            listener.onTab(browser, processId, tab);
          },
          onOversized: () => listener.onHealth(browser, OVERSIZED),
        });
        socket.on('data', (bytes: Buffer) => {
          const fault = connection.push(bytes);
          if (fault === null) return;
          deps.log.warn({ code: fault }, 'a relay was refused');
          listener.onHealth(browser, FAULTS[fault]);
          socket.destroy();
        });
        socket.on('error', (error: NodeJS.ErrnoException) =>
          deps.log.info({ code: error.code }, 'a relay broke off'),
        );
        socket.on('close', () => {
          sockets.delete(socket);
          if (stopped || browser === 'unknown') return;
          listener.onTab(browser, processId, null);
          listener.onHealth(browser, DISCONNECTED);
        });
      }

      function listen(): void {
        if (stopped) return;
        const listening = createServer(accept);
        server = listening;
        listening.maxConnections = MAX_CONNECTIONS;
        listening.on('error', (error: NodeJS.ErrnoException) => {
          deps.log.warn({ code: error.code }, 'cannot listen for browser extensions');
          listener.onHealth('relay', {
            state: 'failed',
            code: 'relay_not_listening',
            message: 'The agent cannot listen for browser extensions; it tries again in a few seconds.',
          });
          listening.close();
          waiting = deps.timers.after(RELISTEN_MS, listen);
        });
        const problem = prepareFolder(options.address);
        if (problem === null) {
          listening.listen(options.address.path, () =>
            listener.onHealth('relay', {
              state: 'ok',
              code: 'relay_listening',
              message: 'Ready for browser extensions.',
            }),
          );
        } else listening.emit('error', Object.assign(new Error(problem), { code: problem }));
      }

      listen();
      return {
        async dispose() {
          stopped = true;
          waiting?.dispose();
          for (const socket of sockets) socket.destroy();
          await new Promise<void>((resolve) => {
            if (server?.listening) server.close(() => resolve());
            else resolve();
          });
        },
      };
    },
  };
}

/**
 * Makes the socket's folder and clears a socket that a killed agent left. Gives a code where the folder is
 * not this user's own, so that nobody else can stand in for the agent.
 */
function prepareFolder(address: RelayAddress): string | null {
  if (address.kind === 'pipe') return null;
  try {
    mkdirSync(address.folder, { recursive: true, mode: 0o700 });
    const folder = lstatSync(address.folder);
    if (!folder.isDirectory() || folder.uid !== process.getuid?.()) return 'folder_not_own';
    chmodSync(address.folder, 0o700);
    // One agent a session (single instance), so a socket that is there belongs to nobody.
    rmSync(address.path, { force: true });
    return null;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code ?? 'folder_failed';
  }
}
