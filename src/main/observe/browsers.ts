import type { ForegroundWindow } from '../ports/index.ts';

/** Program names of browsers, as paths and window classes spell them, by the name the extension uses. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['chrome', 'chrome'],
  ['google chrome', 'chrome'],
  ['google-chrome', 'chrome'],
  ['google-chrome-stable', 'chrome'],
  ['msedge', 'edge'],
  ['microsoft edge', 'edge'],
  ['microsoft-edge', 'edge'],
  ['microsoft-edge-stable', 'edge'],
  ['firefox', 'firefox'],
  ['firefox-esr', 'firefox'],
  ['firefox-bin', 'firefox'],
  ['chromium', 'chromium'],
  ['chromium-browser', 'chromium'],
  ['brave', 'brave'],
  ['brave browser', 'brave'],
  ['opera', 'opera'],
  ['vivaldi', 'vivaldi'],
  ['safari', 'safari'],
]);

/** The last part of a path of any system, without `.exe` or `.app`, in lower case. */
export function programName(path: string): string {
  return (path.split(/[\\/]/).pop() ?? '').toLowerCase().replace(/\.(exe|app)$/, '');
}

/** Which browser a window belongs to, or null. */
export function browserOf(window: Pick<ForegroundWindow, 'appName' | 'appPath'>): string | null {
  return (
    PROGRAMS.get(programName(window.appName)) ??
    (window.appPath === null ? undefined : PROGRAMS.get(programName(window.appPath))) ??
    null
  );
}

/** How browsers mark a private window in its title: Firefox, Edge, Chrome on some systems, Safari. */
const PRIVATE_MARKS = /(private browsing|\[?inprivate\]?|\(incognito\)|\bincognito\b)/i;

/** Whether a browser's window says in its title that it is private. The page's own title comes first, so only the end counts. */
export function looksPrivate(windowTitle: string): boolean {
  const marks = windowTitle.split(/ [-—–] /).slice(1);
  return marks.slice(-2).some((mark) => PRIVATE_MARKS.test(mark));
}
