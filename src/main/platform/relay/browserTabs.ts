import { createServer, type Server, type Socket } from 'node:net';
import type { ToExtensionMessage } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { BrowserTabs, Log, SourceHealth } from '../../ports/index.ts';
import type { RelayAddress } from './address.ts';
import { type ConnectionFault, createConnection } from './connection.ts';
import { encodeFrame } from './frames.ts';
import { claimPlace, type Place } from './place.ts';

const RELISTEN_MS = 5_000;
/** Speaks for no browser yet. */
const UNKNOWN = 'unknown';
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

const TAKEN: SourceHealth = {
  state: 'degraded',
  code: 'relay_taken',
  message: 'Another Lapwing on this session has the browser extensions; tabs are not shown here.',
};
const NOT_LISTENING: SourceHealth = {
  state: 'failed',
  code: 'relay_not_listening',
  message: 'The agent cannot listen for browser extensions; it tries again in a few seconds.',
};
const LISTENING: SourceHealth = {
  state: 'ok',
  code: 'relay_listening',
  message: 'Ready for browser extensions.',
};

/** A listener that also tells the extensions what they may say of private windows. */
export interface RelayBrowserTabs extends BrowserTabs {
  /** Sent to every extension now and to each that connects later. */
  setSettings(settings: ToExtensionMessage): void;
}

/**
 * Browser tabs from the extensions, by way of the relays that the browsers start. Listens on a socket or
 * pipe of this user and session; any number of browsers at once. Where another Lapwing has the socket, it keeps
 * it, and this one tries again in a few seconds, as after every failure to listen.
 */
export function createRelayBrowserTabs(
  deps: { timers: Pick<Timers, 'after'>; log: Pick<Log, 'info' | 'warn'> },
  options: { address: RelayAddress; settings: ToExtensionMessage },
): RelayBrowserTabs {
  let settings = options.settings;
  /** The browser each connection speaks for, once it has said so. */
  const sockets = new Map<Socket, string | null>();

  return {
    setSettings(changed) {
      settings = changed;
      for (const socket of sockets.keys()) socket.write(encodeFrame(settings));
    },

    watch(listener): Disposable {
      const toldCodes = new Map<string, string>();
      let server: Server | null = null;
      let place: Place | null = null;
      let waiting: Disposable | null = null;
      let stopped = false;

      function tell(browser: string, health: SourceHealth): void {
        if (toldCodes.get(browser) === health.code) return;
        toldCodes.set(browser, health.code);
        listener.onHealth(browser, health);
      }

      function accept(socket: Socket): void {
        let processId: number | null = null;
        const browser = () => sockets.get(socket) ?? UNKNOWN;
        sockets.set(socket, null);
        const connection = createConnection({
          onHello(browserPid) {
            processId = browserPid === 0 ? null : browserPid;
            socket.write(encodeFrame(settings));
          },
          onFront(message) {
            sockets.set(socket, message.browser);
            tell(message.browser, CONNECTED);
            // What was refused before its browser was known is over once one speaks well.
            if (toldCodes.has(UNKNOWN)) tell(UNKNOWN, CONNECTED);
            const tab = message.tab && {
              browser: message.browser,
              processId,
              at: message.at,
              ...message.tab,
            };
            listener.onTab(message.browser, processId, tab);
          },
          onOversized: () => tell(browser(), OVERSIZED),
        });
        socket.on('data', (bytes: Buffer) => {
          const fault = connection.push(bytes);
          if (fault === null) return;
          deps.log.warn({ code: fault }, 'a relay was refused');
          tell(browser(), FAULTS[fault]);
          socket.destroy();
        });
        socket.on('error', (error: NodeJS.ErrnoException) =>
          deps.log.info({ code: error.code }, 'a relay broke off'),
        );
        socket.on('close', () => {
          const gone = browser();
          sockets.delete(socket);
          if (stopped || gone === UNKNOWN) return;
          listener.onTab(gone, processId, null);
          // Another profile of the same browser may still be connected.
          if (![...sockets.values()].includes(gone)) tell(gone, DISCONNECTED);
        });
      }

      function fail(code: string): void {
        if (stopped) return;
        deps.log.warn({ code }, 'cannot listen for browser extensions');
        tell('relay', code === 'taken' ? TAKEN : NOT_LISTENING);
        waiting = deps.timers.after(RELISTEN_MS, () => void listen());
      }

      async function listen(): Promise<void> {
        const claimed = await claimPlace(options.address);
        if (stopped) return;
        if (!claimed.ok) return fail(claimed.error);
        const listening = createServer(accept);
        server = listening;
        place = claimed.value;
        listening.maxConnections = MAX_CONNECTIONS;
        listening.on('error', (error: NodeJS.ErrnoException) => {
          listening.close();
          fail(
            options.address.kind === 'pipe' && error.code === 'EADDRINUSE'
              ? 'taken'
              : (error.code ?? 'failed'),
          );
        });
        listening.listen(claimed.value.listenPath, () => {
          const code = claimed.value.open();
          if (code === null) tell('relay', LISTENING);
          else listening.close(() => fail(code));
        });
      }

      void listen();
      return {
        async dispose() {
          stopped = true;
          void waiting?.dispose();
          for (const socket of sockets.keys()) socket.destroy();
          place?.leave();
          await new Promise<void>((resolve) => {
            if (server?.listening) server.close(() => resolve());
            else resolve();
          });
        },
      };
    },
  };
}
