import { basename } from 'node:path';
import { MAX_TITLE_LENGTH } from '#contract';
import type { ForegroundWindow } from '../../ports/index.ts';
import { describeProcess, type ProcFiles } from './processes.ts';
import type { XConnection } from './xConnection.ts';
import { decodeNumber, decodeTextProperty, decodeWindowClass } from './xText.ts';

/** The longest title kept is this long in UTF-8; more is never fetched, however long the program makes it. */
const MAX_TITLE_BYTES = MAX_TITLE_LENGTH * 3;
const MAX_CLASS_BYTES = 1_024;
const MAX_HOST_BYTES = 256;
/** How many of the topmost windows to look at for one that is a program's, where no window manager says. */
const MAX_STACK_LOOKS = 32;

/** Which window is in front, and who says so. */
export interface Front {
  /** 0 for none. */
  readonly window: number;
  /** The window manager's own window, which goes when it dies; 0 where none runs. */
  readonly manager: number;
}

/** The program behind a window; does not change while the window lives. */
export type Program = Pick<ForegroundWindow, 'appName' | 'appPath' | 'processId'>;

/** The atoms the adapter reads, by name. */
export type Atoms = Readonly<Record<(typeof ATOM_NAMES)[number], number>>;

const ATOM_NAMES = [
  'UTF8_STRING',
  'WM_NAME',
  'WM_CLASS',
  'WM_CLIENT_MACHINE',
  '_NET_ACTIVE_WINDOW',
  '_NET_SUPPORTING_WM_CHECK',
  '_NET_WM_NAME',
  '_NET_WM_PID',
] as const;

/** Looks the atoms up; null where the connection ended meanwhile. */
export async function internAtoms(connection: XConnection): Promise<Atoms | null> {
  const numbers = await Promise.all(ATOM_NAMES.map((name) => connection.atom(name)));
  if (numbers.includes(null)) return null;
  return Object.fromEntries(ATOM_NAMES.map((name, index) => [name, numbers[index]])) as unknown as Atoms;
}

/**
 * Finds the window in front: by the window manager (EWMH `_NET_ACTIVE_WINDOW`), else by the input focus,
 * else the topmost program window, as on a kiosk that runs one program and no window manager.
 */
export async function findFront(connection: XConnection, atoms: Atoms): Promise<Front> {
  const { root } = connection;
  const [check, active] = await Promise.all([
    connection.property(root, atoms._NET_SUPPORTING_WM_CHECK, 4).then(decodeNumber),
    connection.property(root, atoms._NET_ACTIVE_WINDOW, 4).then(decodeNumber),
  ]);
  if (check !== null) {
    // EWMH: the property stays behind when a window manager dies; its window does not.
    const own = decodeNumber(await connection.property(check, atoms._NET_SUPPORTING_WM_CHECK, 4));
    if (own === check) return { window: active ?? 0, manager: check };
  }
  const window = (await findFocused(connection, atoms)) ?? (await findTopmost(connection, atoms));
  return { window, manager: 0 };
}

async function findFocused(connection: XConnection, atoms: Atoms): Promise<number | null> {
  let window = await connection.inputFocus();
  // 0 and 1 are None and PointerRoot. Toolkits often focus a child: climb to the program's own window.
  while (window !== null && window > 1 && window !== connection.root) {
    if (await isProgramWindow(connection, atoms, window)) return window;
    window = (await connection.tree(window))?.parent ?? null;
  }
  return null;
}

async function findTopmost(connection: XConnection, atoms: Atoms): Promise<number> {
  const children = (await connection.tree(connection.root))?.children ?? [];
  for (const window of children.slice(-MAX_STACK_LOOKS).reverse()) {
    if ((await isShown(connection, window)) && (await isProgramWindow(connection, atoms, window)))
      return window;
  }
  return 0;
}

/** Viewable and larger than the single pixel of a toolkit's helper window. */
async function isShown(connection: XConnection, window: number): Promise<boolean> {
  const [viewable, bounds] = await Promise.all([connection.isViewable(window), connection.bounds(window)]);
  return viewable && bounds !== null && bounds.width > 1 && bounds.height > 1;
}

async function isProgramWindow(connection: XConnection, atoms: Atoms, window: number): Promise<boolean> {
  const properties = await Promise.all([
    connection.property(window, atoms.WM_CLASS, 4),
    connection.property(window, atoms._NET_WM_NAME, 4),
    connection.property(window, atoms.WM_NAME, 4),
  ]);
  return properties.some((property) => property !== null);
}

/** The title, or the part of it that an observation may hold. Programs set `_NET_WM_NAME`; old ones only `WM_NAME`. */
export async function readTitle(connection: XConnection, atoms: Atoms, window: number): Promise<string> {
  const [modern, classic] = await Promise.all([
    connection.property(window, atoms._NET_WM_NAME, MAX_TITLE_BYTES),
    connection.property(window, atoms.WM_NAME, MAX_TITLE_BYTES),
  ]);
  const property = modern ?? classic;
  return property === null ? '' : decodeTextProperty(property, atoms.UTF8_STRING);
}

/**
 * Names the program behind a window. The server's own word for the process comes first: `_NET_WM_PID` is
 * set by the program and says nothing when the program runs on another machine (`WM_CLIENT_MACHINE`).
 */
export async function readProgram(
  connection: XConnection,
  atoms: Atoms,
  files: ProcFiles,
  machine: string,
  window: number,
): Promise<Program> {
  const [fromServer, claimed, host, windowClass] = await Promise.all([
    connection.processOf(window),
    connection.property(window, atoms._NET_WM_PID, 4).then(decodeNumber),
    connection.property(window, atoms.WM_CLIENT_MACHINE, MAX_HOST_BYTES),
    connection.property(window, atoms.WM_CLASS, MAX_CLASS_BYTES),
  ]);
  const elsewhere = host !== null && decodeTextProperty(host, atoms.UTF8_STRING) !== machine;
  const processId = fromServer ?? (elsewhere ? null : claimed) ?? null;
  const found = processId === null ? { path: null, name: null } : await describeProcess(files, processId);
  const className = windowClass === null ? null : decodeWindowClass(windowClass);
  return {
    appName: className ?? (found.path === null ? found.name : basename(found.path)) ?? 'unknown',
    appPath: found.path,
    processId,
  };
}
