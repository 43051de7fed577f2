import dbus from 'dbus-next';
import type { Disposable } from '#kernel';

/**
 * The smallest desktop panel: programs on its bus get a tray. Electron's tray on Linux is a
 * StatusNotifierItem; without a watcher on the bus it falls back to X11 icons that nothing can press.
 *
 * Formats: freedesktop.org's StatusNotifierItem and Canonical's com.canonical.dbusmenu.
 */

const WATCHER = 'org.kde.StatusNotifierWatcher';
const WATCHER_PATH = '/StatusNotifierWatcher';
const { Interface, ACCESS_READ } = dbus.interface;

class Watcher extends Interface {
  readonly items: string[] = [];
  readonly onItem: (item: string) => void;

  constructor(onItem: (item: string) => void) {
    super(WATCHER);
    this.onItem = onItem;
  }

  RegisterStatusNotifierItem(service: string): void {
    if (!this.items.includes(service)) this.items.push(service);
    this.onItem(service);
  }

  RegisterStatusNotifierHost(_service: string): void {
    // This watcher is its own host.
  }

  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }

  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }

  get ProtocolVersion(): number {
    return 0;
  }

  StatusNotifierItemRegistered(service: string): string {
    return service;
  }

  StatusNotifierHostRegistered(): void {
    // A signal without arguments.
  }
}

Watcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: ACCESS_READ },
    IsStatusNotifierHostRegistered: { signature: 'b', access: ACCESS_READ },
    ProtocolVersion: { signature: 'i', access: ACCESS_READ },
  },
  signals: {
    StatusNotifierItemRegistered: { signature: 's' },
    StatusNotifierHostRegistered: { signature: '' },
  },
});

/**
 * Becomes the panel of a session bus, so that programs started later get a tray.
 *
 * @param busAddress `DBUS_SESSION_BUS_ADDRESS` of that session
 * @throws when the bus has a panel already
 */
export async function startTrayHost(busAddress: string): Promise<Disposable> {
  const bus = dbus.sessionBus({ busAddress });
  const watcher = new Watcher((item) => watcher.StatusNotifierItemRegistered(item));
  bus.export(WATCHER_PATH, watcher);
  const reply = await bus.requestName(WATCHER, dbus.NameFlag.DO_NOT_QUEUE);
  if (reply !== dbus.RequestNameReply.PRIMARY_OWNER) {
    bus.disconnect();
    throw new Error('this session already has a panel with a tray');
  }
  return { dispose: () => bus.disconnect() };
}
