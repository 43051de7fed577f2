import { win32 } from 'node:path';
import type { ForegroundWindow, WindowReading } from '../../ports/index.ts';
import type { Rectangle, WindowApi, WindowHandle } from './api.ts';

/**
 * Windows of the desktop itself, which hold nothing a person reads. Whoever presses the tray's icon passes through
 * the taskbar: taken for a program, it would stand between the pupil and what they report.
 */
const DESKTOP_CLASSES: ReadonlySet<string> = new Set([
  // The wallpaper and the icons on it.
  'Progman',
  'WorkerW',
  // The taskbar of the first screen, and of the others.
  'Shell_TrayWnd',
  'Shell_SecondaryTrayWnd',
  // The icons hidden behind the arrow beside the clock: Windows 10, 11.
  'NotifyIconOverflowWindow',
  'TopLevelWindowForOverflowXamlIsland',
  // Switching between windows: Windows 10, 11, and the moment in which 11 makes ready.
  'MultitaskingViewFrame',
  'XamlExplorerHostIslandWindow',
  'ForegroundStaging',
]);
/** The stand-in that Windows shows for a window whose program does not answer. */
const GHOST_CLASS = 'Ghost';
/** Store apps live in a frame of this program; their own process has a child window of that class. */
const UWP_FRAME_PROGRAM = 'applicationframehost.exe';
const UWP_APP_CLASS = 'Windows.UI.Core.CoreWindow';
const MAX_KNOWN_NAMES = 64;

type Program = Pick<ForegroundWindow, 'appName' | 'appPath' | 'processId'>;

/** Reads the window in front, now. Never waits for another program. */
export type FrontWindowReader = () => WindowReading;

/**
 * Makes a reader over the Windows calls. It remembers the names of the last programs, as they are read from disk.
 * Of a title it reads at most `maxTitleLength` UTF-16 units.
 */
export function createFrontWindowReader(
  api: WindowApi,
  options: { readonly maxTitleLength: number },
): FrontWindowReader {
  const { maxTitleLength } = options;
  const names = new Map<string, string>();
  const ownElevated = api.ownProcessIsElevated();

  function nameOf(path: string): string {
    const known = names.get(path);
    if (known !== undefined) return known;
    const name = api.productName(path) ?? win32.basename(path, '.exe');
    const oldest = names.keys().next();
    if (names.size >= MAX_KNOWN_NAMES && !oldest.done) names.delete(oldest.value);
    names.set(path, name);
    return name;
  }

  /** The program that made a window, or why it may not be told. */
  function programOf(window: WindowHandle, processId: number): Program | 'elevated' | 'gone' {
    const facts = api.process(processId);
    if (facts.kind === 'closed') {
      // A process whose window is still there has not ended: it runs with more rights than the agent.
      return api.ownerProcess(window) === processId ? 'elevated' : 'gone';
    }
    if (facts.elevated !== false && !ownElevated) return 'elevated';
    return {
      appName: facts.path === null ? 'unknown' : nameOf(facts.path),
      appPath: facts.path,
      processId,
    };
  }

  function isStoreFrame(program: Program | string): boolean {
    return (
      typeof program !== 'string' &&
      program.appPath?.toLowerCase().endsWith(`\\${UWP_FRAME_PROGRAM}`) === true
    );
  }

  function titleOf(window: WindowHandle): string {
    const own = api.title(window, maxTitleLength);
    if (own !== '') return own;
    // A dialog or tool window without a title of its own belongs to a window that has one.
    const owner = api.owner(window);
    return owner === 0 ? '' : api.title(owner, maxTitleLength);
  }

  return () => {
    const front = api.foregroundWindow();
    if (front === 0)
      return api.ownDesktopIsShown() ? { kind: 'nothing' } : { kind: 'unknown', why: 'secure_desktop' };
    const frontClass = api.className(front);
    if (DESKTOP_CLASSES.has(frontClass)) return { kind: 'nothing' };
    const window = frontClass === GHOST_CLASS ? api.hungWindowBehind(front) : front;
    if (window === 0) return { kind: 'unknown', why: 'hung' };

    const processId = api.ownerProcess(window);
    if (processId === 0) return { kind: 'nothing' };
    let program = programOf(window, processId);
    if (isStoreFrame(program)) {
      const app = api.firstChild(window, UWP_APP_CLASS);
      const appProcessId = app === 0 ? 0 : api.ownerProcess(app);
      if (appProcessId !== 0) program = programOf(app, appProcessId);
    }
    if (program === 'elevated') return { kind: 'unknown', why: 'elevated' };
    if (program === 'gone') return { kind: 'unknown', why: 'unreadable' };
    return {
      kind: 'window',
      window: {
        windowId: window,
        title: titleOf(window),
        ...program,
        bounds: boundsFrom(api.bounds(window)),
        url: null,
      },
    };
  };
}

function boundsFrom(rectangle: Rectangle | null): ForegroundWindow['bounds'] {
  if (rectangle === null) return null;
  const { left, top, right, bottom } = rectangle;
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}
