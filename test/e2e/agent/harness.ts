import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ElectronApplication, _electron as electron, expect } from '@playwright/test';
import {
  CONSOLE_PATHS,
  CSRF_HEADER,
  type ItemResponse,
  itemResponseSchema,
  type QueueItem,
  queueResponseSchema,
} from '#contract';
import { createDisposables, type Disposable } from '#kernel';
import { ensureBuilt } from '../../../tools/build/index.ts';
import { type Display, startVirtualDisplay } from '../../../tools/display/index.ts';
import { type Child, firstLine, startChild } from '../../../tools/process/child.ts';
import { addAccount, startSchoolServer, unpackagedAgent } from '../../../tools/school/index.ts';
import { enrolToken } from '../../../tools/school/server.ts';
import { startTrayHost, type TrayMenu, withTrayOf } from '../../../tools/tray/index.ts';

/** A school with its server and a desktop with a tray, for one spec file. */
export interface Desk extends Disposable {
  readonly folder: string;
  readonly display: Display;
  /** Shows a window of two colours; disposing closes it. */
  showWindow(
    title: string,
    ...colours: readonly string[]
  ): Promise<Child & { setTitle(title: string): void }>;
  startAgent(options?: AgentStart): Promise<RunningAgent>;
  reviewer(): Promise<Reviewer>;
  stopServer(): Promise<void>;
  /** At the same address as before. */
  startServer(): Promise<void>;
  /** Runs the agent with these arguments until it ends; it is asked to once it has printed `until`. */
  runAgent(
    args: readonly string[],
    options: { readonly name: string; readonly until?: string },
  ): Promise<{ code: number | string; out: string; err: string }>;
  dispose(): Promise<void>;
}

interface AgentStart {
  /** The data folder's name: another name is another device. */
  readonly name?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The enrolment token; left out: a good one; null: none. */
  readonly token?: string | null;
}

export interface RunningAgent {
  readonly app: ElectronApplication;
  readonly processId: number;
  readonly dataFolder: string;
  /** The tray of this agent. */
  tray<Value>(work: (tray: TrayMenu) => Promise<Value>): Promise<Value>;
  /** Resolves when the agent has logged this message. */
  logged(message: string): Promise<void>;
  log(): Promise<string>;
  isRunning(): boolean;
  /** Asks it to end; gives its exit code. */
  stop(): Promise<number | null>;
}

/** A technician at the console's API. */
export interface Reviewer {
  items(): Promise<readonly QueueItem[]>;
  item(id: string): Promise<ItemResponse>;
  screenshot(id: string): Promise<Buffer | null>;
}

/** Starts server, virtual display, window manager and tray; with `bare`, a display with nothing on it. */
export async function startDesk(options: { readonly bare?: boolean } = {}): Promise<Desk> {
  await ensureBuilt(['agent']);
  const parts = createDisposables();
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-agent-'));
  parts.add({ dispose: () => rm(folder, { recursive: true, force: true }) });
  const display = parts.add(options.bare === true ? await startBareDisplay() : await startVirtualDisplay());
  const busAddress = display.environment.DBUS_SESSION_BUS_ADDRESS ?? '';
  if (busAddress !== '') parts.add(await startTrayHost(busAddress));
  // A port the system gives: schools that other tests start at the same moment choose from a fixed range.
  await writeFile(join(folder, 'school.json'), JSON.stringify({ port: await freePort() }));
  let server = await startSchoolServer(folder);
  parts.add({ dispose: () => server.dispose() });
  const program = await unpackagedAgent();
  const env = { ...(process.env as Record<string, string>), ...display.environment };
  let tokenFiles = 0;

  async function startAgent(start: AgentStart = {}): Promise<RunningAgent> {
    const { name = 'device', environment = {}, args = [] } = start;
    const dataFolder = join(folder, name);
    const tokenFile = join(folder, `token-${tokenFiles++}`);
    const token = start.token === undefined ? await enrolToken(folder, server.url) : start.token;
    if (token !== null) await writeFile(tokenFile, token, { mode: 0o600 });
    const enrol = token === null ? [] : ['--enrol', `@${tokenFile}`];
    const app = await electron.launch({
      executablePath: program.executable,
      args: [...program.args, ...enrol, ...args],
      env: { ...env, LAPWING_DATA_FOLDER: dataFolder, ...environment },
    });
    const child = app.process();
    const processId = child.pid ?? 0;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const log = () => readFile(join(dataFolder, 'logs', 'agent.log'), 'utf8').catch(() => '');
    const agent: RunningAgent = {
      app,
      processId,
      dataFolder,
      tray: (work) => withTrayOf({ busAddress, processId }, work),
      log,
      async logged(message) {
        await expect.poll(log).toContain(`"message":"${message}"`);
      },
      isRunning: () => child.exitCode === null && child.signalCode === null,
      async stop() {
        child.kill('SIGTERM');
        return ended;
      },
    };
    parts.add({ dispose: async () => void (await agent.stop()) });
    return agent;
  }

  return {
    folder,
    display,
    startAgent,
    async showWindow(title, ...colours) {
      const script = fileURLToPath(new URL('colourWindow.mjs', import.meta.url));
      const child = parts.add(
        startChild(process.execPath, [script, title, ...colours], {
          env,
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
      );
      await firstLine(child, child.process.stdout);
      return { ...child, setTitle: (text) => void child.process.stdin?.write(`${text}\n`) };
    },
    async runAgent(args, { name, until }) {
      const child = parts.add(
        startChild(program.executable, [...program.args, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...env, LAPWING_DATA_FOLDER: join(folder, name) },
        }),
      );
      const said = { out: '', err: '' };
      child.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said.out += text;
        if (until !== undefined && said.out.includes(until)) child.process.kill('SIGTERM');
      });
      child.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said.err += text;
      });
      return { code: await child.ended, ...said };
    },
    stopServer: () => server.dispose(),
    async startServer() {
      server = await startSchoolServer(folder);
    },
    reviewer: () => signIn(folder, server.url),
    dispose: () => parts.dispose(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** An X server alone: no window manager, no session bus, so no tray either. */
async function startBareDisplay(): Promise<Display> {
  const server = startChild(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp', '-noreset'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const number = await firstLine(server, server.process.stdio[3] as NodeJS.ReadableStream);
  const environment = { DISPLAY: `:${number}`, DBUS_SESSION_BUS_ADDRESS: '', LIBGL_ALWAYS_SOFTWARE: '1' };
  return { virtual: true, environment, dispose: server.dispose };
}

async function signIn(folder: string, serverUrl: string): Promise<Reviewer> {
  const username = `tech${Math.floor(performance.now())}`;
  const account = await addAccount(folder, { username, displayName: 'Tess Technician', role: 'technician' });
  const url = (path: string) => serverUrl + path;
  const answer = await fetch(url(CONSOLE_PATHS.session), {
    method: 'POST',
    headers: { 'content-type': 'application/json', [CSRF_HEADER]: '1' },
    body: JSON.stringify(account),
  });
  expect(answer.status).toBe(200);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const get = (path: string) => fetch(url(path), { headers: { cookie } });
  return {
    items: async () => queueResponseSchema.parse(await (await get(CONSOLE_PATHS.queue)).json()).items,
    item: async (id) => itemResponseSchema.parse(await (await get(`${CONSOLE_PATHS.items}/${id}`)).json()),
    async screenshot(id) {
      const picture = await get(`${CONSOLE_PATHS.items}/${id}/screenshot`);
      return picture.ok ? Buffer.from(await picture.arrayBuffer()) : null;
    },
  };
}
