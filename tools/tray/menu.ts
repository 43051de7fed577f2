import { setTimeout as delay } from 'node:timers/promises';
import dbus from 'dbus-next';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM_PATH = '/StatusNotifierItem';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const POLL_MS = 100;
/** Far above what a tray takes to appear, or an entry to be enabled: a busy machine is slow, not broken. */
const DEADLINE_MS = 60_000;

/** An entry of a tray's menu, flat. */
export interface TrayEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
}

type Layout = [number, Record<string, dbus.Variant>, dbus.Variant<Layout>[]];

/** The tray of one program on a session bus, as a hand finds it. */
export interface TrayMenu {
  entries(): Promise<TrayEntry[]>;
  /**
   * Gives the first entry that `wanted` accepts, once there is one.
   *
   * @throws when there is none within a minute, naming those there are
   */
  entry(wanted: (entry: TrayEntry) => boolean): Promise<TrayEntry>;
  /** Chooses the entry with this label, once it is there and enabled. Fails as `entry` does. */
  choose(label: string): Promise<void>;
}

/** Connects to a session bus, gives `work` the tray of the process, and disconnects. */
export async function withTrayOf<Value>(
  process: { readonly busAddress: string; readonly processId: number },
  work: (menu: TrayMenu) => Promise<Value>,
): Promise<Value> {
  const bus = dbus.sessionBus({ busAddress: process.busAddress });
  try {
    return await work(await findTray(bus, process.processId));
  } finally {
    bus.disconnect();
  }
}

async function findTray(bus: dbus.MessageBus, processId: number): Promise<TrayMenu> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    for (const item of await registeredItems(bus)) {
      // `:1.5`, `org...-123-1` or either with a path after it, depending on the panel.
      const [name = '', ...path] = item.split('/');
      if ((await ownerOf(bus, name)) !== processId) continue;
      const itemPath = path.length > 0 ? `/${path.join('/')}` : ITEM_PATH;
      const menuPath = await property<string>(bus, name, itemPath, ITEM, 'Menu');
      return trayMenu(bus, name, menuPath);
    }
    await delay(POLL_MS);
  }
  throw new Error(`process ${processId} showed no tray within ${DEADLINE_MS / 1000} s`);
}

function trayMenu(bus: dbus.MessageBus, name: string, path: string): TrayMenu {
  const menu: TrayMenu = {
    async entries() {
      const body = await call(bus, name, path, MENU, 'GetLayout', 'iias', [0, -1, []]);
      return flat(body[1] as Layout);
    },
    async entry(wanted) {
      const deadline = performance.now() + DEADLINE_MS;
      let entries: TrayEntry[] = [];
      while (performance.now() < deadline) {
        // Panels announce that they will read; some programs fill the menu only then.
        await call(bus, name, path, MENU, 'AboutToShow', 'i', [0]).catch(() => []);
        entries = await menu.entries();
        const found = entries.find(wanted);
        if (found !== undefined) return found;
        await delay(POLL_MS);
      }
      throw new Error(`the tray shows only: ${entries.map((entry) => entry.label).join(' | ')}`);
    },
    async choose(label) {
      const { id } = await menu.entry((entry) => entry.label === label && entry.enabled);
      const event = [id, 'clicked', new dbus.Variant('i', 0), Math.floor(performance.now())];
      await call(bus, name, path, MENU, 'Event', 'isvu', event);
    },
  };
  return menu;
}

/** In a menu's labels an underscore marks the access key; a doubled one stands for itself. */
function flat([id, properties, children]: Layout): TrayEntry[] {
  const label = properties.label?.value as string | undefined;
  const own =
    label === undefined ? [] : [{ id, label: plain(label), enabled: properties.enabled?.value !== false }];
  return [...own, ...children.flatMap((child) => flat(child.value))];
}

function plain(label: string): string {
  return label.replace(/_(.)/g, '$1');
}

async function registeredItems(bus: dbus.MessageBus): Promise<string[]> {
  return property<string[]>(
    bus,
    WATCHER,
    '/StatusNotifierWatcher',
    WATCHER,
    'RegisteredStatusNotifierItems',
  ).catch(() => []);
}

async function ownerOf(bus: dbus.MessageBus, name: string): Promise<number | null> {
  const daemon = 'org.freedesktop.DBus';
  const body = await call(bus, daemon, '/org/freedesktop/DBus', daemon, 'GetConnectionUnixProcessID', 's', [
    name,
  ]).catch(() => []);
  return typeof body[0] === 'number' ? body[0] : null;
}

async function property<Value>(
  bus: dbus.MessageBus,
  name: string,
  path: string,
  owner: string,
  key: string,
): Promise<Value> {
  const body = await call(bus, name, path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [owner, key]);
  return (body[0] as dbus.Variant<Value>).value;
}

async function call(
  bus: dbus.MessageBus,
  destination: string,
  path: string,
  owner: string,
  member: string,
  signature: string,
  body: unknown[],
): Promise<unknown[]> {
  const reply = await bus.call(
    new dbus.Message({ destination, path, interface: owner, member, signature, body }),
  );
  return reply?.body ?? [];
}
