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

/** White space and invisible marks that browsers add to or take out of a title. */
export function plainTitle(title: string): string {
  return title.replace(/[\s\p{Cf}\p{Cc}]+/gu, ' ').trim();
}

/**
 * How browsers end the title of a private window, as seen on their windows: `Mozilla Firefox Private Browsing`,
 * `Google Chrome (Incognito)`, `[InPrivate] - Microsoft Edge`. Anything looser, and a page could hide by its name.
 */
const PRIVATE_END =
  /(?:^|[-—–] )(?:(?:mozilla firefox|google chrome|chromium|brave|microsoft edge|opera|vivaldi|safari) )?(?:\((?:private browsing|inprivate|incognito)\)|private browsing)$|(?:^|[-—–] )\[inprivate\] [-—–] microsoft edge$/i;

/**
 * Whether a browser's window says in its title that it is private. `pageTitle` is what the extension calls the page, if it
 * is known: then only what the browser wrote behind it counts.
 */
export function looksPrivate(windowTitle: string, pageTitle = ''): boolean {
  const whole = plainTitle(windowTitle);
  const page = plainTitle(pageTitle);
  return PRIVATE_END.test(whole.startsWith(page) ? whole.slice(page.length) : whole);
}
