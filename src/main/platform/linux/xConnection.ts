// The package brings no types; a program that imports this file from another layer finds them by this line.
/// <reference path="./x11.d.ts" />
import x11, {
  type XClient,
  type XDisplay,
  type XEvent,
  type XProperty,
  type XReply,
  type XResourceExtension,
  type XScreenSaverExtension,
} from 'x11';
import type { Disposable } from '#kernel';

export type { XEvent, XProperty };

/** One connection to an X server. A question whose window has vanished, or whose server has, answers null. */
export interface XConnection extends Disposable {
  readonly root: number;
  readonly eventMask: typeof x11.eventMask;
  /** The number of an atom; null only where the connection is gone. */
  atom(name: string): Promise<number | null>;
  /** At most `maxBytes` of a property; null where it is not set. */
  property(window: number, atom: number, maxBytes: number): Promise<XProperty | null>;
  /** Size, and the upper left corner in root coordinates; null where the window is gone. */
  bounds(window: number): Promise<{ x: number; y: number; width: number; height: number } | null>;
  isViewable(window: number): Promise<boolean>;
  tree(window: number): Promise<{ readonly parent: number; readonly children: readonly number[] } | null>;
  inputFocus(): Promise<number | null>;
  /** The process behind a window, as the server itself knows it; null where it does not (remote, old server). */
  processOf(window: number): Promise<number | null>;
  /** Milliseconds since the last input and whether the screen saver covers the screen. */
  idle(): Promise<{ readonly idleMs: number; readonly covered: boolean } | null>;
  /** Says which events of a window to receive; 0 for none. */
  select(window: number, eventMask: number): void;
}

const ANY_TYPE = 0;
const VIEWABLE = 2;
const LOCAL_CLIENT_PID = 2;
const SCREEN_SAVER_ON = 1;

/**
 * Connects to the X server named by `display` (such as `:0`). Rejects where there is none. `onEnd` is called
 * once, when an established connection is lost, not when it is disposed.
 */
export function connectToX(
  display: string,
  listener: { onEvent(event: XEvent): void; onEnd(): void },
): Promise<XConnection> {
  return new Promise((resolve, reject) => {
    let established: { connection: XConnection; end(): void } | null = null;
    // Connecting may fail in several ways and the library may report more than one of them.
    const client = x11.createClient({ display, disableBigRequests: true, shm: false }, (failure, server) => {
      if (failure !== undefined && failure !== null) {
        reject(failure);
        return;
      }
      established = establish(client, server, listener.onEnd);
      resolve(established.connection);
    });
    client.on('error', (failure) => {
      // A numbered error is the server's answer to one request (a window that vanished): normal life.
      if (failure.error !== undefined) return;
      if (established === null) reject(failure);
      else established.end();
    });
    client.on('end', () => established?.end());
    client.on('event', (event) => {
      if (established !== null) listener.onEvent(event);
    });
  });
}

function establish(client: XClient, server: XDisplay, onEnd: () => void) {
  const root = server.screen[0]?.root ?? 0;
  // The library keeps one cache of atoms for all connections, but each X server numbers them anew.
  client.atoms = { ...client.atoms };
  const pending = new Set<() => void>();
  let open = true;

  /** Sends one request and gives its reply; null on an X error and where the connection is or gets closed. */
  function ask<Value>(send: (reply: XReply<Value>) => void): Promise<Value | null> {
    return new Promise((resolve) => {
      if (!open) {
        resolve(null);
        return;
      }
      const abandon = () => resolve(null);
      pending.add(abandon);
      send((failure, value) => {
        pending.delete(abandon);
        resolve(failure ? null : value);
        return true;
      });
    });
  }

  function close(): boolean {
    if (!open) return false;
    open = false;
    for (const abandon of pending) abandon();
    pending.clear();
    return true;
  }

  const resources = ask<XResourceExtension>((reply) => client.require('res', reply));
  let screenSaver: Promise<XScreenSaverExtension | null> | null = null;
  const atoms = new Map<string, number>();

  const connection: XConnection = {
    root,
    eventMask: x11.eventMask,

    async atom(name) {
      const known = atoms.get(name);
      if (known !== undefined) return known;
      const atom = await ask<number>((reply) => client.InternAtom(false, name, reply));
      if (atom !== null) atoms.set(name, atom);
      return atom;
    },

    async property(window, atom, maxBytes) {
      const property = await ask<XProperty>((reply) =>
        client.GetProperty(0, window, atom, ANY_TYPE, 0, Math.ceil(maxBytes / 4), reply),
      );
      return property === null || property.type === 0 ? null : property;
    },

    async bounds(window) {
      const [size, place] = await Promise.all([
        ask<{ width: number; height: number }>((reply) => client.GetGeometry(window, reply)),
        ask<{ destX: number; destY: number }>((reply) =>
          client.TranslateCoordinates(window, root, 0, 0, reply),
        ),
      ]);
      if (size === null || place === null) return null;
      return { x: place.destX, y: place.destY, width: size.width, height: size.height };
    },

    async isViewable(window) {
      const attributes = await ask<{ mapState: number }>((reply) =>
        client.GetWindowAttributes(window, reply),
      );
      return attributes?.mapState === VIEWABLE;
    },

    tree(window) {
      return ask((reply) => client.QueryTree(window, reply));
    },

    async inputFocus() {
      const answer = await ask<{ focus: number }>((reply) => client.GetInputFocus(reply));
      return answer?.focus ?? null;
    },

    async processOf(window) {
      const extension = await resources;
      if (extension === null) return null;
      const ids = await ask<readonly { value: readonly number[] }[]>((reply) =>
        extension.QueryClientIds([{ client: window, mask: LOCAL_CLIENT_PID }], reply),
      );
      return ids?.[0]?.value[0] || null;
    },

    async idle() {
      screenSaver ??= ask<XScreenSaverExtension>((reply) => client.require('screen-saver', reply));
      const extension = await screenSaver;
      if (extension === null) return null;
      const state = await ask<{ state: number; idle: number }>((reply) => extension.QueryInfo(root, reply));
      return state === null ? null : { idleMs: state.idle, covered: state.state === SCREEN_SAVER_ON };
    },

    select(window, eventMask) {
      if (open) client.ChangeWindowAttributes(window, { eventMask });
    },

    dispose() {
      if (close()) client.terminate();
    },
  };

  return {
    connection,
    end() {
      if (close()) onEnd();
    },
  };
}
