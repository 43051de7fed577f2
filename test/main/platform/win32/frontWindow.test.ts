import { describe, expect, test } from 'vitest';
import type { ProcessFacts, WindowApi } from '../../../../src/main/platform/win32/api.ts';
import { createFrontWindowReader } from '../../../../src/main/platform/win32/frontWindow.ts';

interface FakeWindow {
  title?: string;
  className?: string;
  processId?: number;
  owner?: number;
  uwpApp?: number;
  realWindow?: number;
}

/** A desktop of invented windows and programs. */
function fakeApi(desktop: {
  front: number;
  windows?: Record<number, FakeWindow>;
  processes?: Record<number, ProcessFacts>;
  ownDesktop?: boolean;
  ownElevated?: boolean;
  names?: Record<string, string>;
  onNameRead?: (path: string) => void;
}): WindowApi {
  const window = (handle: number): FakeWindow => desktop.windows?.[handle] ?? {};
  return {
    foregroundWindow: () => desktop.front,
    ownerProcess: (handle) => window(handle).processId ?? 0,
    title: (handle, maxLength) => (window(handle).title ?? '').slice(0, maxLength),
    className: (handle) => window(handle).className ?? 'Normal',
    owner: (handle) => window(handle).owner ?? 0,
    firstChild: (handle, className) =>
      className === 'Windows.UI.Core.CoreWindow' ? (window(handle).uwpApp ?? 0) : 0,
    hungWindowBehind: (handle) => window(handle).realWindow ?? 0,
    bounds: (handle) => (handle === 1 ? { left: -1_920, top: 10, right: -920, bottom: 710 } : null),
    ownDesktopIsShown: () => desktop.ownDesktop ?? true,
    process(processId) {
      const facts = desktop.processes?.[processId];
      if (facts !== undefined) return facts;
      // A program that nobody described has just ended, and its windows with it.
      for (const each of Object.values(desktop.windows ?? {})) {
        if (each.processId === processId) each.processId = 0;
      }
      return { kind: 'closed' };
    },
    ownProcessIsElevated: () => desktop.ownElevated ?? false,
    productName(path) {
      desktop.onNameRead?.(path);
      return desktop.names?.[path] ?? null;
    },
  };
}

const found = (path: string | null, elevated: boolean | null = false): ProcessFacts => ({
  kind: 'found',
  path,
  elevated,
});
const read = (desktop: Parameters<typeof fakeApi>[0]) =>
  createFrontWindowReader(fakeApi(desktop), { maxTitleLength: 2_000 })();

const EDITOR = 'C:\\Program Files\\Editor\\editor.exe';

describe('reading the window in front on Windows', () => {
  test('a normal window, on the monitor left of the first', () => {
    const reading = read({
      front: 1,
      windows: { 1: { title: 'Essay', processId: 5 } },
      processes: { 5: found(EDITOR) },
      names: { [EDITOR]: 'The Editor' },
    });
    expect(reading).toEqual({
      kind: 'window',
      window: {
        windowId: 1,
        title: 'Essay',
        appName: 'The Editor',
        appPath: EDITOR,
        processId: 5,
        bounds: { x: -1_920, y: 10, width: 1_000, height: 700 },
        url: null,
      },
    });
  });

  test('a program without version information goes by its file', () => {
    const reading = read({ front: 2, windows: { 2: { processId: 5 } }, processes: { 5: found(EDITOR) } });
    expect(reading).toMatchObject({ window: { appName: 'editor', bounds: null } });
  });

  test.each([
    ['the empty desktop', { front: 0 }, { kind: 'nothing' }],
    [
      'the wallpaper',
      { front: 1, windows: { 1: { className: 'Progman', processId: 5 } } },
      { kind: 'nothing' },
    ],
    [
      'the wallpaper behind icons',
      { front: 1, windows: { 1: { className: 'WorkerW' } } },
      { kind: 'nothing' },
    ],
    [
      'the taskbar, passed on the way to the tray',
      {
        front: 1,
        windows: { 1: { className: 'Shell_TrayWnd', processId: 5 } },
        processes: { 5: found(EDITOR) },
      },
      { kind: 'nothing' },
    ],
    [
      'the icons hidden beside the clock',
      { front: 1, windows: { 1: { className: 'TopLevelWindowForOverflowXamlIsland', processId: 5 } } },
      { kind: 'nothing' },
    ],
    [
      'a UAC prompt or the lock screen',
      { front: 0, ownDesktop: false },
      { kind: 'unknown', why: 'secure_desktop' },
    ],
    ['a window that has just gone', { front: 1, windows: { 1: { processId: 0 } } }, { kind: 'nothing' }],
    [
      'a program that has just ended',
      { front: 1, windows: { 1: { processId: 5 } } },
      { kind: 'unknown', why: 'unreadable' },
    ],
    [
      'a program that may not be opened',
      { front: 1, windows: { 1: { processId: 5 } }, processes: { 5: { kind: 'closed' } as const } },
      { kind: 'unknown', why: 'elevated' },
    ],
    [
      'an elevated program',
      { front: 1, windows: { 1: { processId: 5 } }, processes: { 5: found(EDITOR, true) } },
      { kind: 'unknown', why: 'elevated' },
    ],
    [
      'a program whose rights may not be asked',
      { front: 1, windows: { 1: { processId: 5 } }, processes: { 5: found(EDITOR, null) } },
      { kind: 'unknown', why: 'elevated' },
    ],
    [
      'a hung window with no way behind it',
      { front: 1, windows: { 1: { className: 'Ghost' } } },
      { kind: 'unknown', why: 'hung' },
    ],
  ])('%s', (_what, desktop, expected) => {
    expect(read(desktop)).toEqual(expected);
  });

  test('an agent that is elevated itself reads elevated programs', () => {
    const reading = read({
      front: 1,
      ownElevated: true,
      windows: { 1: { title: 'Setup', processId: 5 } },
      processes: { 5: found(EDITOR, true) },
    });
    expect(reading).toMatchObject({ window: { title: 'Setup' } });
  });

  test('behind "Not Responding" stands the window of the hung program', () => {
    const reading = read({
      front: 9,
      windows: {
        9: { className: 'Ghost', title: 'Essay (Not Responding)', realWindow: 1 },
        1: { title: 'Essay', processId: 5 },
      },
      processes: { 5: found(EDITOR) },
    });
    expect(reading).toMatchObject({ window: { windowId: 1, title: 'Essay', processId: 5 } });
  });

  test('an untitled dialog goes by its owner', () => {
    const windows = { 2: { processId: 5, owner: 1 }, 1: { title: 'Essay', processId: 5 } };
    expect(read({ front: 2, windows, processes: { 5: found(EDITOR) } })).toMatchObject({
      window: { windowId: 2, title: 'Essay' },
    });
  });

  describe('store apps', () => {
    const frame = found('C:\\Windows\\System32\\ApplicationFrameHost.exe');
    const app = found('C:\\Program Files\\WindowsApps\\Calc\\calc.exe');

    test('are named instead of their frame', () => {
      const windows = { 1: { title: 'Calculator', processId: 5, uwpApp: 2 }, 2: { processId: 6 } };
      const reading = read({ front: 1, windows, processes: { 5: frame, 6: app } });
      expect(reading).toMatchObject({
        window: { windowId: 1, title: 'Calculator', processId: 6, appName: 'calc' },
      });
    });

    test('still starting are the frame', () => {
      const reading = read({
        front: 1,
        windows: { 1: { title: 'Calculator', processId: 5 } },
        processes: { 5: frame },
      });
      expect(reading).toMatchObject({ window: { processId: 5, appName: 'ApplicationFrameHost' } });
    });

    test('that are elevated are unknown', () => {
      const windows = { 1: { processId: 5, uwpApp: 2 }, 2: { processId: 6 } };
      expect(read({ front: 1, windows, processes: { 5: frame, 6: { kind: 'closed' } } })).toEqual({
        kind: 'unknown',
        why: 'elevated',
      });
    });
  });

  test('names are read from disk once, and only so many are remembered', () => {
    const reads: string[] = [];
    const windows: Record<number, FakeWindow> = {};
    const processes: Record<number, ProcessFacts> = {};
    for (let id = 1; id <= 200; id += 1) {
      windows[id] = { processId: id };
      processes[id] = found(`C:\\${id}.exe`);
    }
    const desktop = { front: 1, windows, processes, onNameRead: (path: string) => void reads.push(path) };
    const api = fakeApi(desktop);
    const reader = createFrontWindowReader(api, { maxTitleLength: 10 });
    reader();
    reader();
    expect(reads).toEqual(['C:\\1.exe']);
    for (desktop.front = 2; desktop.front <= 200; desktop.front += 1) reader();
    desktop.front = 1;
    reader();
    expect(reads).toHaveLength(201);
  });
});
