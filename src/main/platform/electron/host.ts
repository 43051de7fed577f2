import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, Menu, powerMonitor } from 'electron';
import type {
  Files,
  Http,
  KeyVault,
  Log,
  Pages,
  Random,
  RuleCompiler,
  Screen,
  Timers,
  Tray,
} from '../../ports/index.ts';
import {
  createFiles,
  createHttp,
  createLog,
  createMachineLists,
  createRandom,
  createRuleCompiler,
  createTimers,
  machineFolder,
  type TokenPlace,
  tokenPlaces,
} from '../node/index.ts';
import { isAdministrator } from './administrator.ts';
import { type AgentArguments, parseArguments } from './arguments.ts';
import { createKeyVault } from './keyVault.ts';
import { createPages, registerPageScheme } from './pages.ts';
import { createScreen } from './screen.ts';
import { createSources, type Sources } from './sources.ts';
import { createTray } from './tray.ts';

/** Everything of the outside world that the agent uses, as Electron and Node give it. */
export interface HostPorts extends Sources {
  readonly screen: Screen;
  readonly keyVault: KeyVault;
  readonly files: Files;
  readonly tray: Tray;
  readonly pages: Pages;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** HTTP that trusts this CA alone, or the system's where it is null. */
  readonly connect: (caPem: string | null) => Http;
  readonly ruleCompiler: RuleCompiler;
  readonly compiledPacks: () => Promise<Uint8Array | null>;
  readonly machineLists: ReturnType<typeof createMachineLists>;
  readonly tokenSources: readonly TokenPlace[];
}

export interface HostOptions {
  readonly agentVersion: string;
  readonly platform: 'win32' | 'darwin' | 'linux';
  readonly development: boolean;
  readonly ownProcessId: number;
}

/** What the host runs: the agent, or the technician's live view of what is seen. */
export interface Host {
  createAgent(ports: HostPorts, options: HostOptions): { start(): Promise<void>; stop(): Promise<void> };
  createWatch(
    ports: Sources & Pick<HostPorts, 'timers'>,
    out: { line(text: string): void; health(text: string): void },
    options: { readonly ownProcessId: number },
  ): { start(): Promise<void>; stop(): Promise<void> };
}

/** Exit codes, for scripts and service managers. */
const EXIT = { ok: 0, failed: 1, alreadyRunning: 3, notAllowed: 4 } as const;

/** The development runtime's major version is below this; it is never shipped, so what runs on it is development. */
const FIRST_SHIPPED_ELECTRON = 45;

function isDevelopment(): boolean {
  return !app.isPackaged || Number.parseInt(process.versions.electron, 10) < FIRST_SHIPPED_ELECTRON;
}

/** Sets what must be set before Electron is ready. */
function prepare(development: boolean): void {
  const folder = process.env.LAPWING_DATA_FOLDER;
  if (development && folder !== undefined && folder !== '') app.setPath('userData', folder);
  // The agent draws two plain pages on demand: a GPU process would cost memory all day for nothing.
  app.disableHardwareAcceleration();
  app.commandLine.appendSwitch('in-process-gpu');
  // Without this the system's OpenGL is loaded into the main process to find out that it is not wanted.
  if (process.platform === 'linux') app.commandLine.appendSwitch('use-gl', 'disabled');
  app.commandLine.appendSwitch('disable-features', 'SpareRendererForSitePerProcess,MediaRouter');
  registerPageScheme();
  Menu.setApplicationMenu(null);
  app.dock?.hide();
  // Closing a pupil's window must not end the agent.
  app.on('window-all-closed', () => undefined);
}

/**
 * Runs the agent in Electron: one instance a session, ports, signals, an orderly end.
 * Returns at once; never await Electron's readiness at the top level of a module, it would not come.
 */
export function startHost(host: Host): void {
  const development = isDevelopment();
  const args = parseArguments(process.argv.slice(process.defaultApp === true ? 2 : 1));
  prepare(development);
  // The lock is the agent's alone: a technician's watch must not keep it from starting.
  if (args.watch === null && !app.requestSingleInstanceLock()) {
    process.stderr.write('Lapwing is already running in this session.\n');
    app.exit(EXIT.alreadyRunning);
    return;
  }
  app
    .whenReady()
    .then(() =>
      args.watch === null
        ? runAgent(host, args, development)
        : runWatch(host, args.watch.seconds, development),
    )
    .catch((failure: unknown) => {
      process.stderr.write(
        `Lapwing could not start: ${failure instanceof Error ? failure.stack : 'unknown'}\n`,
      );
      app.exit(EXIT.failed);
    });
}

/**
 * Stops in order on a signal, `app.quit` and, on Linux and macOS, the system's shutdown. Windows ends programs
 * without windows unasked; nothing is lost then, because the outbox is durable at any moment.
 */
function stopOnEnd(stop: () => Promise<void>): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void stop().then(
      () => app.exit(EXIT.ok),
      () => app.exit(EXIT.failed),
    );
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    end();
  });
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    end();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

async function runAgent(host: Host, args: AgentArguments, development: boolean): Promise<void> {
  const timers = createTimers();
  const dataFolder = app.getPath('userData');
  const log = createLog(timers, {
    path: join(dataFolder, 'logs', 'agent.log'),
    echo: development ? (line) => process.stdout.write(line) : null,
  });
  // A closed terminal is no reason to stop.
  process.stdout.on('error', () => undefined);
  process.on('uncaughtException', (failure) => log.error({ failure, at: firstFrame(failure) }, 'uncaught'));
  process.on('unhandledRejection', (failure) => log.error({ failure, at: firstFrame(failure) }, 'unhandled'));
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const files = createFiles({ root: dataFolder });
  const resources = join(app.getAppPath(), 'resources');
  const out = join(app.getAppPath(), 'out');
  const ports: HostPorts = {
    ...(await createSources({ timers, log, dataFiles: files }, app.getAppPath())),
    screen: createScreen(),
    keyVault: createKeyVault({ files }),
    files,
    tray: createTray({ iconFolder: join(resources, 'icons', 'tray') }),
    pages: createPages(
      { log },
      {
        rendererFolder: join(out, 'renderer'),
        preloadPath: join(out, 'preload', 'preload.cjs'),
        titles: { report: 'Report something', notice: 'About monitoring on this computer' },
        development,
      },
    ),
    timers,
    random: createRandom(),
    log,
    connect: (caPem) => createHttp({ caPem }),
    ruleCompiler: createRuleCompiler({
      threadUrl: pathToFileURL(join(out, 'main', 'compileThread.js')),
      rulesFolder: join(resources, 'rules'),
      machineFolder: machineFolder(),
    }),
    compiledPacks: () => readFile(join(out, 'main', 'rules.lwr')).catch(() => null),
    machineLists: createMachineLists({ timers }, machineFolder()),
    tokenSources: tokenPlaces({ argument: args.enrol, programFolder: dirname(app.getPath('exe')) }),
  };
  const agent = host.createAgent(ports, {
    agentVersion: app.getVersion(),
    platform: process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
    development,
    ownProcessId: process.pid,
  });
  stopOnEnd(() => agent.stop());
  await agent.start();
}

async function runWatch(host: Host, seconds: number | null, development: boolean): Promise<void> {
  if (!development && !(await isAdministrator())) {
    process.stderr.write('Only an administrator of this computer may watch what Lapwing sees.\n');
    app.exit(EXIT.notAllowed);
    return;
  }
  const timers = createTimers();
  const health = (text: string) => process.stderr.write(`${text}\n`);
  const log = createLog(timers, { path: null, echo: (line) => process.stderr.write(line) });
  const watch = host.createWatch(
    {
      ...(await createSources({ timers, log, dataFiles: null }, app.getAppPath())),
      timers,
    },
    { line: (text) => process.stdout.write(`${text}\n`), health },
    { ownProcessId: process.pid },
  );
  stopOnEnd(() => watch.stop());
  // Whoever reads the lines has gone, as `head` does.
  process.stdout.on('error', () => app.quit());
  await watch.start();
  if (seconds !== null) timers.after(seconds * 1_000, () => app.quit());
}

/** Where a failure came from: a place in our code, never the message, which may quote what was seen. */
function firstFrame(failure: unknown): string {
  const stack = failure instanceof Error ? (failure.stack ?? '') : '';
  return /\n\s+at (.*)/.exec(stack)?.[1] ?? 'unknown';
}
