import { EventEmitter } from 'node:events';
import type { connectToX, XConnection, XProperty } from '../../../../src/main/platform/linux/xConnection.ts';

interface FakeWindow {
  title: string;
  className: string;
}

/** An X server in memory, as far as the adapter asks it, that counts what it is asked. */
export interface FakeX {
  readonly windows: Map<number, FakeWindow>;
  active: number;
  questions: number;
  /** Windows with these ids vanish while their title is read. */
  readonly vanishing: Set<number>;
  readonly selected: Map<number, number>;
  idle: { idleMs: number; covered: boolean } | null;
  refuse: boolean;
  readonly connect: typeof connectToX;
  tellActive(): void;
  tellTitle(window: number): void;
  /** The time stamp that a program leaves on its window with each key press. */
  tellKeyPress(window: number): void;
  end(): void;
}

const ROOT = 1;
const MANAGER = 2;

export function createFakeX(): FakeX {
  const atoms = new Map<string, number>();
  const atomOf = (name: string) => {
    if (!atoms.has(name)) atoms.set(name, atoms.size + 100);
    return atoms.get(name) ?? 0;
  };
  const events = new EventEmitter();
  const number = (value: number): XProperty => {
    const data = Buffer.alloc(4);
    data.writeUInt32LE(value);
    return { type: 33, format: 32, bytesAfter: 0, data };
  };
  const text = (value: string, maxBytes: number): XProperty => {
    const data = Buffer.from(value, 'utf8');
    return {
      type: atomOf('UTF8_STRING'),
      format: 8,
      bytesAfter: Math.max(0, data.length - maxBytes),
      data: data.subarray(0, maxBytes),
    };
  };

  const x: FakeX = {
    windows: new Map(),
    active: 0,
    questions: 0,
    vanishing: new Set(),
    selected: new Map(),
    idle: { idleMs: 0, covered: false },
    refuse: false,
    async connect(_display, listener) {
      if (x.refuse) throw new Error('refused');
      const onEvent = (event: Parameters<typeof listener.onEvent>[0]) => listener.onEvent(event);
      const onEnd = () => listener.onEnd();
      events.on('event', onEvent);
      events.once('end', onEnd);
      const connection: XConnection = {
        root: ROOT,
        eventMask: { StructureNotify: 1, SubstructureNotify: 2, PropertyChange: 4 },
        atom: async (name) => atomOf(name),
        async property(window, atom, maxBytes) {
          x.questions += 1;
          if (atom === atomOf('_NET_SUPPORTING_WM_CHECK')) return number(MANAGER);
          if (window === ROOT && atom === atomOf('_NET_ACTIVE_WINDOW')) return number(x.active);
          if (x.vanishing.has(window)) x.windows.delete(window);
          const found = x.windows.get(window);
          if (found === undefined) return null;
          if (atom === atomOf('_NET_WM_NAME')) return text(found.title, maxBytes);
          return atom === atomOf('WM_CLASS') ? text(`a\0${found.className}\0`, maxBytes) : null;
        },
        async bounds(window) {
          x.questions += 1;
          return x.windows.has(window) ? { x: 0, y: 0, width: 10, height: 10 } : null;
        },
        isViewable: async () => true,
        tree: async () => null,
        inputFocus: async () => null,
        processOf: async () => null,
        idle: async () => x.idle,
        select: (window, mask) => void x.selected.set(window, mask),
        dispose() {
          events.off('event', onEvent);
          events.off('end', onEnd);
        },
      };
      return connection;
    },
    tellActive: () =>
      void events.emit('event', { name: 'PropertyNotify', wid: ROOT, atom: atomOf('_NET_ACTIVE_WINDOW') }),
    tellTitle: (window) =>
      void events.emit('event', { name: 'PropertyNotify', wid: window, atom: atomOf('_NET_WM_NAME') }),
    tellKeyPress: (window) =>
      void events.emit('event', { name: 'PropertyNotify', wid: window, atom: atomOf('_NET_WM_USER_TIME') }),
    end: () => void events.emit('end'),
  };
  return x;
}
