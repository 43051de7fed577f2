import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Disposable } from '#kernel';
import { ensureBrowser, quietArguments } from '../browser/index.ts';
import { startChild } from '../process/child.ts';
import { run } from '../process/run.ts';
import type { Colour } from './picture.ts';

/** A window whose title can be changed at a known moment. */
export interface TitledWindow extends Disposable {
  readonly colour: Colour;
  /** Its own pixels, without what the window manager adds. */
  readonly size: { readonly width: number; readonly height: number };
  /** Changes the title; resolves with the moment it changed, milliseconds since 1970. */
  retitle(title: string): Promise<number>;
  dispose(): Promise<void>;
}

/** A display with a pair of hands: programs are started on it, keys are typed into what is in front. */
export interface Desktop {
  openNative(): Promise<TitledWindow>;
  openBrowser(): Promise<TitledWindow>;
  /** Waits for a window with this title and brings it to the front. */
  bringToFront(title: string): Promise<void>;
  /** Presses keys by their X names, such as `Tab` or `ctrl+Return`. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
}

const NATIVE_COLOUR: Colour = [0x22, 0x55, 0xaa];
const PAGE_COLOUR: Colour = [0xe0, 0xa0, 0x30];
const WINDOW_DEADLINE_MS = 60_000;

const hex = (colour: Colour) => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** @param environment `DISPLAY` and the like, where the agent watches */
export function createDesktop(environment: Readonly<Record<string, string>>): Desktop {
  const env = { ...process.env, ...environment };
  const xdotool = async (...args: string[]) =>
    (await run('xdotool', args, { env, timeout: WINDOW_DEADLINE_MS })).trim();

  /**
   * `xdotool search` asks each window of the screen in turn and gives up when one of them closes meanwhile
   * (BadWindow), whichever it was: then the list it walked was out of date, and it walks a new one.
   */
  async function search(pattern: string): Promise<string> {
    for (;;) {
      try {
        return await xdotool('search', '--sync', '--onlyvisible', '--name', pattern);
      } catch (failure) {
        if (!(failure instanceof Error) || !failure.message.includes('BadWindow')) throw failure;
      }
    }
  }

  async function windowNamed(pattern: string): Promise<string> {
    const ids = await search(pattern);
    return ids.split('\n').at(-1) ?? '';
  }

  async function sizeOf(id: string): Promise<TitledWindow['size']> {
    const facts = await xdotool('getwindowgeometry', '--shell', id);
    const value = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(facts)?.[1]);
    return { width: value('WIDTH'), height: value('HEIGHT') };
  }

  return {
    async openNative() {
      const name = `Homework ${process.pid}`;
      const terminal = startChild(
        'xterm',
        [
          '-T',
          name,
          '-bg',
          hex(NATIVE_COLOUR),
          '-fg',
          'white',
          '-geometry',
          '80x24+40+60',
          '-e',
          'echo A window of the demo.; sleep 600',
        ],
        { env },
      );
      const id = await windowNamed(`^${name}$`);
      await xdotool('windowactivate', '--sync', id);
      return {
        colour: NATIVE_COLOUR,
        size: await sizeOf(id),
        async retitle(title) {
          const at = Date.now();
          await xdotool('set_window', '--name', title, id);
          return at;
        },
        dispose: terminal.dispose,
      };
    },

    async openBrowser() {
      const page = await startPage();
      const profile = await mkdtemp(join(tmpdir(), 'lapwing-demo-browser-'));
      const browser = startChild(
        await ensureBrowser(),
        [
          ...quietArguments(),
          `--user-data-dir=${profile}`,
          '--window-position=60,80',
          '--window-size=900,700',
          page.url,
        ],
        { env },
      );
      const id = await windowNamed(`^${page.firstTitle} `);
      await xdotool('windowactivate', '--sync', id);
      return {
        colour: PAGE_COLOUR,
        size: await sizeOf(id),
        retitle: page.retitle,
        async dispose() {
          await browser.dispose();
          await page.close();
          await rm(profile, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    },

    async bringToFront(title) {
      await xdotool('windowactivate', '--sync', await windowNamed(`^${title}$`));
    },
    async press(...keys) {
      await xdotool('key', '--clearmodifiers', '--delay', '60', ...keys);
    },
    async type(text) {
      await xdotool('type', '--clearmodifiers', '--delay', '15', text);
    },
  };
}

/** A local page that takes its title from here and says when it changed it. */
async function startPage() {
  const firstTitle = `Lesson ${process.pid}`;
  let sendTitle: (title: string) => void = () => undefined;
  let changed: (at: number) => void = () => undefined;
  const server = createServer((request, response) => {
    if (request.url === '/title') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      sendTitle = (title) => void response.write(`data: ${JSON.stringify(title)}\n\n`);
    } else if (request.url?.startsWith('/changed?') === true) {
      response.writeHead(204).end();
      changed(Number(request.url.split('?')[1]));
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html>
<html lang="en"><title>${firstTitle}</title><body style="margin:0;background:${hex(PAGE_COLOUR)}">
<script>
new EventSource('/title').onmessage = (event) => {
  document.title = JSON.parse(event.data);
  fetch('/changed?' + Date.now());
};
</script>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    firstTitle,
    retitle(title: string): Promise<number> {
      return new Promise((resolve) => {
        changed = resolve;
        sendTitle(title);
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
