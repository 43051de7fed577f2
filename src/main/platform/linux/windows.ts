import { hostname } from 'node:os';
import type { Disposable } from '#kernel';
import type { Log, SourceHealth, Timers, WindowReading, Windows } from '../../ports/index.ts';
import { type ChangeGate, createAdaptivePoll, createChangeGate, createRefresher } from '../common/index.ts';
import {
  type Atoms,
  type Front,
  findFront,
  internAtoms,
  type Program,
  readProgram,
  readTitle,
} from './frontWindow.ts';
import { type ProcFiles, procFiles } from './processes.ts';
import { connectToX, type XConnection, type XEvent } from './xConnection.ts';

export interface LinuxWindowsOptions {
  /** The X display, such as `:0`; undefined where the session has none. */
  readonly display: string | undefined;
  /** The session is Wayland's: X11 then shows only programs that still use it. */
  readonly wayland: boolean;
}

type Deps = {
  readonly timers: Pick<Timers, 'after' | 'monotonic'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly connect?: typeof connectToX;
  readonly files?: ProcFiles;
};

/** At most one reading in this time, however fast a program changes its title, milliseconds. */
const PACE_MS = 100;
/** While a program changes its title without end; less than the second that a page must stay in front to count. */
const SLOWEST_PACE_MS = 500;
/** With events, a look this often catches what no event told. */
const SAFETY_POLL = { activeMs: 5_000, quietMs: 5_000, quietAfterMs: 60_000 };
/** Without a window manager the focus changes silently. */
const FOCUS_POLL = { activeMs: 1_000, quietMs: 5_000, quietAfterMs: 60_000 };
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** A window named as active may be gone already; the window manager says so within this time. */
const VANISHED_GRACE_MS = 150;

const HEALTH = {
  ok: { state: 'ok', code: 'x11_events', message: 'Window changes arrive as they happen.' },
  noWindowManager: {
    state: 'degraded',
    code: 'x11_no_window_manager',
    message: 'No window manager runs: the window in front is found by the input focus, once a second.',
  },
  wayland: {
    state: 'degraded',
    code: 'wayland_session',
    message:
      'This is a Wayland session: only programs that use X11 can be seen. Sign in with an X11 session.',
  },
  noDisplay: {
    state: 'failed',
    code: 'x11_no_display',
    message: 'The session has no X display (DISPLAY is not set), so no window can be seen.',
  },
  unreachable: {
    state: 'failed',
    code: 'x11_unreachable',
    message: 'The X server does not answer or refuses the connection. Trying again.',
  },
} satisfies Record<string, SourceHealth>;

/**
 * The window in front on an X11 desktop, over one X connection and without starting a process: the window
 * manager's and the window's own property changes are the events. Survives vanishing windows, a missing or
 * dying window manager, and an X server that goes away (health says so; it reconnects).
 */
export function createLinuxWindows(deps: Deps, options: LinuxWindowsOptions): Windows {
  const { timers, log, connect = connectToX, files = procFiles } = deps;

  return {
    eventDriven: true,
    watch(listener) {
      const gate = createChangeGate(listener);
      const { display } = options;
      if (display === undefined || display === '') {
        gate.health(HEALTH.noDisplay);
        return { dispose: gate.close };
      }

      let disposed = false;
      let watched: (Disposable & { onEvent(event: XEvent): void }) | null = null;
      let retry: Disposable | null = null;
      let retryMs = FIRST_RETRY_MS;

      async function open(address: string): Promise<void> {
        try {
          const connection = await connect(address, {
            onEvent: (event) => watched?.onEvent(event),
            onEnd: lost,
          });
          const atoms = await internAtoms(connection);
          if (disposed || atoms === null) {
            void connection.dispose();
            if (!disposed) lost();
            return;
          }
          retryMs = FIRST_RETRY_MS;
          watched = watchDesktop({ timers, log, files, connection, atoms, gate, wayland: options.wayland });
        } catch (failure) {
          log.warn({ code: HEALTH.unreachable.code, reason: reasonOf(failure) }, 'no X server');
          lost();
        }
      }

      function lost(): void {
        void watched?.dispose();
        watched = null;
        if (disposed || retry !== null) return;
        gate.health(HEALTH.unreachable);
        gate.reading({ kind: 'unknown', why: 'unreadable' });
        retry = timers.after(retryMs, () => {
          retry = null;
          void open(display as string);
        });
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }

      void open(display);
      return {
        dispose() {
          disposed = true;
          gate.close();
          void retry?.dispose();
          void watched?.dispose();
          watched = null;
        },
      };
    },
  };
}

/** Watches over one connection until disposed, which also closes the connection. */
function watchDesktop(parts: {
  readonly timers: Deps['timers'];
  readonly log: Deps['log'];
  readonly files: ProcFiles;
  readonly connection: XConnection;
  readonly atoms: Atoms;
  readonly gate: ChangeGate;
  readonly wayland: boolean;
}): Disposable & { onEvent(event: XEvent): void } {
  const { timers, log, files, connection, atoms, gate, wayland } = parts;
  const { root, eventMask } = connection;
  const machine = hostname();
  const titleAtoms = new Set([atoms._NET_WM_NAME, atoms.WM_NAME]);
  const programAtoms = new Set([atoms.WM_CLASS, atoms._NET_WM_PID]);
  const rootAtoms = new Set([atoms._NET_ACTIVE_WINDOW, atoms._NET_SUPPORTING_WM_CHECK]);
  let front: Front | null = null;
  let program: Program | null = null;
  let programChanged = false;
  let vanished = 0;
  let grace: Disposable | null = null;

  const refresher = createRefresher(
    timers,
    {
      paceMs: PACE_MS,
      slowestPaceMs: SLOWEST_PACE_MS,
      onFailure: (failure) => log.warn({ reason: reasonOf(failure) }, 'a window could not be read'),
    },
    async () => {
      const reading = await read();
      if (reading !== null && gate.reading(reading)) poll.touch();
    },
  );
  const poll = createAdaptivePoll(timers, SAFETY_POLL, refresher.request);

  async function read(): Promise<WindowReading | null> {
    const found = await findFront(connection, atoms);
    follow(found);
    if (programChanged) program = null;
    programChanged = false;
    if (found.window === 0) return { kind: 'nothing' };
    const [title, bounds, knownProgram] = await Promise.all([
      readTitle(connection, atoms, found.window),
      connection.bounds(found.window),
      program ?? readProgram(connection, atoms, files, machine, found.window),
    ]);
    if (bounds === null) return vanishedWindow(found.window);
    program = knownProgram;
    vanished = 0;
    return { kind: 'window', window: { windowId: found.window, title, ...knownProgram, bounds, url: null } };
  }

  /** A window that vanished while it was read is skipped once; when it is still named, nothing is in front. */
  function vanishedWindow(window: number): WindowReading | null {
    if (vanished === window) return { kind: 'nothing' };
    vanished = window;
    grace = timers.after(VANISHED_GRACE_MS, refresher.request);
    return null;
  }

  function follow(next: Front): void {
    if (front?.manager !== next.manager) {
      const managed = next.manager !== 0;
      connection.select(root, eventMask.PropertyChange | (managed ? 0 : eventMask.SubstructureNotify));
      if (managed) connection.select(next.manager, eventMask.StructureNotify);
      poll.setIntervals(managed ? SAFETY_POLL : FOCUS_POLL);
      gate.health(wayland ? HEALTH.wayland : managed ? HEALTH.ok : HEALTH.noWindowManager);
    }
    if (front?.window !== next.window) {
      if (front !== null && front.window !== 0) connection.select(front.window, 0);
      if (next.window !== 0)
        connection.select(next.window, eventMask.PropertyChange | eventMask.StructureNotify);
      program = null;
    }
    front = next;
  }

  /** Events that say nothing about title, program or place (such as each key press's time stamp) cost nothing. */
  function matters(event: XEvent): boolean {
    if (event.name !== 'PropertyNotify') return true;
    const atom = event.atom ?? 0;
    if (event.wid === root) return rootAtoms.has(atom);
    if (programAtoms.has(atom)) programChanged = true;
    return titleAtoms.has(atom) || programAtoms.has(atom);
  }

  connection.select(root, eventMask.PropertyChange);
  refresher.request();

  return {
    onEvent(event) {
      if (matters(event)) refresher.request();
    },
    dispose() {
      void grace?.dispose();
      void poll.dispose();
      void refresher.dispose();
      void connection.dispose();
    },
  };
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'unknown';
}
