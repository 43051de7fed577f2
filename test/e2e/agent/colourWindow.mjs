import { createInterface } from 'node:readline';
import x11 from 'x11';

/**
 * A program with one window on X11: its left half in one colour, its right half in another.
 * `node colourWindow.mjs TITLE LEFT RIGHT` (colours as `rrggbb`); each further line on standard input is a new
 * title. Says `shown` once the window is on the screen. Ends with its standard input.
 */
const [title = '', left = '1f6b4f', right = '6b3f7a'] = process.argv.slice(2);
const SIZE = { width: 400, height: 300 };

const { client: X, screen } = await new Promise((resolve, reject) =>
  x11.createClient({ shm: false }, (failure, display) => (failure ? reject(failure) : resolve(display))),
);
const { root } = screen[0];
const atom = (name) =>
  new Promise((resolve, reject) =>
    X.InternAtom(false, name, (failure, found) => (failure ? reject(failure) : resolve(found))),
  );
const [utf8, netName, netPid] = await Promise.all(['UTF8_STRING', '_NET_WM_NAME', '_NET_WM_PID'].map(atom));

const window = X.AllocID();
const half = X.AllocID();
const pixel = (colour) => Number.parseInt(colour, 16);
X.CreateWindow(window, root, 60, 60, SIZE.width, SIZE.height, 0, 0, 1, 0, { backgroundPixel: pixel(left) });
X.CreateWindow(half, window, SIZE.width / 2, 0, SIZE.width / 2, SIZE.height, 0, 0, 1, 0, {
  backgroundPixel: pixel(right),
});
X.ChangeProperty(0, window, X.atoms.WM_CLASS, X.atoms.STRING, 8, Buffer.from('paint\0Paint\0'));
const processId = Buffer.alloc(4);
processId.writeUInt32LE(process.pid);
X.ChangeProperty(0, window, netPid, X.atoms.CARDINAL, 32, processId);

function setTitle(text) {
  // Both names, as every toolkit does: Chromium's window capture passes over windows without the old one.
  X.ChangeProperty(0, window, X.atoms.WM_NAME, X.atoms.STRING, 8, Buffer.from(text, 'latin1'));
  X.ChangeProperty(0, window, netName, utf8, 8, Buffer.from(text, 'utf8'));
}

setTitle(title);
X.MapWindow(half);
X.MapWindow(window);
await X.sync();
process.stdout.write('shown\n');
const lines = createInterface({ input: process.stdin });
lines.on('line', setTitle);
lines.on('close', () => process.exit(0));
