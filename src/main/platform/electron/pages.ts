import { readFile } from 'node:fs/promises';
import { BrowserWindow, ipcMain, protocol, type Session, session, type WebContents } from 'electron';
import { type ChannelName, channels } from '#ipc';
import type { Log, PageName, Pages } from '../../ports/index.ts';
import { RefusedCall, runCall } from './ipcGuard.ts';
import { PAGE_HEADERS, PAGE_ORIGIN, PAGE_SCHEME, resolvePageFile } from './pageFiles.ts';

export interface PagesOptions {
  /** Absolute folder of the built pages. */
  readonly rendererFolder: string;
  /** Absolute path of the built preload script. */
  readonly preloadPath: string;
  /** Titles of the windows, in the pupil's words. */
  readonly titles: Readonly<Record<PageName, string>>;
  /** Allows the developer tools. */
  readonly development: boolean;
}

const SIZES: Readonly<Record<PageName, { width: number; height: number }>> = {
  report: { width: 760, height: 760 },
  notice: { width: 720, height: 680 },
};

/** Must run before Electron is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } },
  ]);
}

/** A session in memory that can load page files and nothing else. */
function createPageSession(rendererFolder: string): Session {
  const own = session.fromPartition('pages');
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  own.on('will-download', (event) => event.preventDefault());
  own.webRequest.onBeforeRequest((details, answer) => {
    const allowed = details.url.startsWith(`${PAGE_ORIGIN}/`) || details.url.startsWith('devtools:');
    answer({ cancel: !allowed && !details.url.startsWith('data:image/') });
  });
  own.protocol.handle(PAGE_SCHEME, async (request) => {
    const file = request.method === 'GET' ? resolvePageFile(rendererFolder, request.url) : null;
    const bytes = file === null ? null : await readFile(file.path).catch(() => null);
    if (file === null || bytes === null) return new Response(null, { status: 404, headers: PAGE_HEADERS });
    return new Response(new Uint8Array(bytes), {
      headers: { ...PAGE_HEADERS, 'content-type': file.mediaType },
    });
  });
  return own;
}

function lockDown(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-attach-webview'] as const) {
    // One handler for three events whose first argument is all that is used.
    contents.on(name as 'will-navigate', (event) => event.preventDefault());
  }
}

/** The pupils' windows in sandboxed renderers. No renderer lives while no window is open. */
export function createPages(deps: { readonly log: Log }, options: PagesOptions): Pages {
  const windows = new Map<PageName, BrowserWindow>();
  let pageSession: Session | null = null;

  function openWindow(page: PageName, closed?: () => void): BrowserWindow {
    pageSession ??= createPageSession(options.rendererFolder);
    const window = new BrowserWindow({
      ...SIZES[page],
      minWidth: 360,
      minHeight: 400,
      title: options.titles[page],
      show: false,
      autoHideMenuBar: true,
      backgroundColor: '#faf9f5',
      webPreferences: {
        session: pageSession,
        preload: options.preloadPath,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: options.development,
      },
    });
    window.removeMenu();
    lockDown(window.webContents);
    window.once('ready-to-show', () => window.show());
    window.once('closed', () => {
      windows.delete(page);
      closed?.();
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      deps.log.error({ page, reason }, 'a page ended by itself');
      if (!window.isDestroyed()) window.destroy();
    });
    window
      .loadURL(`${PAGE_ORIGIN}/${page}/index.html`)
      .catch(() => deps.log.error({ page }, 'a page did not load'));
    return window;
  }

  return {
    serve(handlers) {
      const names = Object.keys(channels) as ChannelName[];
      for (const name of names) {
        ipcMain.handle(name, async (event, input: unknown) => {
          const frame = event.senderFrame;
          const window = [...windows.values()].find(({ webContents }) => webContents === event.sender);
          const sender = {
            frameUrl: frame?.url ?? null,
            isTopFrame: frame !== null && frame.parent === null,
            isOwnPage: window !== undefined,
          };
          try {
            return await runCall(handlers, name, input, sender, { close: () => window?.close() });
          } catch (failure) {
            const code = failure instanceof RefusedCall ? failure.message : 'failed';
            deps.log.warn({ channel: name, code }, 'a call of a page was refused');
            throw new Error(code);
          }
        });
      }
      return {
        dispose() {
          for (const name of names) ipcMain.removeHandler(name);
          for (const window of windows.values()) window.destroy();
        },
      };
    },
    open(page, closed) {
      const present = windows.get(page);
      if (present === undefined) {
        windows.set(page, openWindow(page, closed));
        return;
      }
      if (present.isMinimized()) present.restore();
      present.show();
      present.focus();
    },
  };
}
