import { createInterface } from 'node:readline';
import x11 from 'x11';

/**
 * A program with windows on X11 that does what programs do, told by one JSON value a line on standard input and
 * answering `done` once the X server has carried it out: `{do, name, ...}`.
 *   open {title, className, x, y, width, height}   title {text}        latin {text} (no `_NET_WM_NAME`)
 *   compound {text}   move {x, y, width, height}   claimPid {pid}      front {}   close {}   kiosk {title}
 *   storm {milliseconds, windows}: opens, renames (up to 100 kB) and closes windows as fast as the server takes it, so
 *     long and so many at least
 */
const display = await new Promise((resolve, reject) =>
  x11.createClient({ shm: false }, (failure, found) => (failure ? reject(failure) : resolve(found))),
);
const X = display.client;
const { root } = display.screen[0];
X.on('error', () => undefined);

const atom = (name) =>
  new Promise((resolve, reject) =>
    X.InternAtom(false, name, (failure, found) => (failure ? reject(failure) : resolve(found))),
  );
const [utf8, netName, netPid, compoundText, netActive] = await Promise.all(
  ['UTF8_STRING', '_NET_WM_NAME', '_NET_WM_PID', 'COMPOUND_TEXT', '_NET_ACTIVE_WINDOW'].map(atom),
);
const { STRING, WM_NAME, WM_CLASS, CARDINAL } = X.atoms;
const windows = new Map();

function setTitle(window, text) {
  X.ChangeProperty(0, window, netName, utf8, 8, Buffer.from(text, 'utf8'));
  X.ChangeProperty(0, window, WM_NAME, STRING, 8, Buffer.from('the old name', 'latin1'));
}

function open({ title, className = 'XProgram', x = 10, y = 10, width = 300, height = 200, kiosk = false }) {
  const window = X.AllocID();
  X.CreateWindow(window, root, x, y, width, height, 0, 0, 1, 0, { overrideRedirect: kiosk });
  X.ChangeProperty(0, window, WM_CLASS, STRING, 8, Buffer.from(`instance\0${className}\0`, 'latin1'));
  if (title !== undefined) setTitle(window, title);
  X.MapWindow(window);
  return window;
}

function front(window) {
  X.SendClientMessage(root, window, netActive, 32, [2, 0, 0]);
}

/** Renames one window over and over, so long that the window manager brings it to the front. */
async function renameFor(window, milliseconds, label) {
  const endMs = performance.now() + milliseconds;
  for (let index = 0; performance.now() < endMs; index += 1) {
    setTitle(
      window,
      index % 50 === 0 ? 'x'.repeat(100_000) : `${label}.${index} = "${'ж'.repeat(index % 40)}"`,
    );
    await X.sync();
  }
}

async function storm({ milliseconds, windows: atLeast }) {
  const endMs = performance.now() + milliseconds;
  const shown = [];
  let rounds = 0;
  while (performance.now() < endMs || rounds < atLeast) {
    rounds += 1;
    const window = open({ title: `storm ${rounds}` });
    shown.push(window);
    if (rounds % 20 === 0) await renameFor(window, 200, `storm ${rounds}`);
    if (shown.length > 5) X.DestroyWindow(shown.shift());
    // Closed while it is being read.
    if (rounds % 3 === 0) X.DestroyWindow(shown.pop());
    await X.sync();
  }
  for (const window of shown) X.DestroyWindow(window);
  return rounds;
}

async function obey({ do: what, name = 'main', ...rest }) {
  const window = windows.get(name);
  if (what === 'open') windows.set(name, open(rest));
  else if (what === 'title') setTitle(window, rest.text);
  else if (what === 'latin' || what === 'compound') {
    X.DeleteProperty(window, netName);
    const type = what === 'latin' ? STRING : compoundText;
    X.ChangeProperty(0, window, WM_NAME, type, 8, Buffer.from(rest.text, 'latin1'));
  } else if (what === 'move') X.ConfigureWindow(window, rest);
  else if (what === 'claimPid') {
    const value = Buffer.alloc(4);
    value.writeUInt32LE(rest.pid);
    X.ChangeProperty(0, window, netPid, CARDINAL, 32, value);
  } else if (what === 'front') front(window);
  else if (what === 'close') X.DestroyWindow(window);
  else if (what === 'storm') return storm(rest);
  await X.sync();
  return 0;
}

for await (const line of createInterface({ input: process.stdin })) {
  const result = await obey(JSON.parse(line));
  process.stdout.write(`done ${result}\n`);
}
process.exit(0);
