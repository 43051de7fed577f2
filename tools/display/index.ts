import { setTimeout as delay } from 'node:timers/promises';
import { createDisposables, type Disposable } from '#kernel';
import { say } from '../bootstrap/say.mjs';
import { firstLine, startChild } from '../process/child.ts';
import { run } from '../process/run.ts';
import { ensurePrograms } from './packages.ts';

export { ensureLibraries, ensurePrograms, findProgram, installPackages } from './packages.ts';

/** A screen to open windows on. */
export interface Display extends Disposable {
  /** True when it was made for this run: nobody sees it. */
  readonly virtual: boolean;
  /** `DISPLAY`, `DBUS_SESSION_BUS_ADDRESS` ... for programs that shall appear on it. */
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

/**
 * The desktop of the person at this machine, or a virtual one where there is none.
 * A virtual one goes away when disposed; the person's own is left alone.
 */
export async function ensureDisplay(): Promise<Display> {
  if (process.platform !== 'linux') return ownDisplay();
  await ensurePrograms(['xprop', 'xwininfo']);
  if (process.env.DISPLAY !== undefined && process.env.DISPLAY !== '') return ownDisplay();
  const display = await startVirtualDisplay();
  say(
    `This machine has no display: using a virtual one (${display.environment.DISPLAY}), where nobody sees the windows.`,
  );
  return display;
}

function ownDisplay(): Display {
  const environment: Record<string, string> = {};
  for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XAUTHORITY', 'XDG_RUNTIME_DIR']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { virtual: false, environment, dispose: async () => undefined };
}

/** A virtual screen with a window manager and a session bus of its own. Linux only. */
export async function startVirtualDisplay(): Promise<Display> {
  await ensurePrograms(['Xvfb', 'openbox', 'dbus-daemon', 'xprop', 'xwininfo']);
  const parts = createDisposables();
  try {
    const server = parts.add(
      startChild(
        'Xvfb',
        ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp', '-noreset'],
        {
          stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
        },
      ),
    );
    const number = await firstLine(server, server.process.stdio[3] as NodeJS.ReadableStream);
    const bus = parts.add(
      startChild('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    const address = await firstLine(bus, bus.process.stdout);
    const environment = {
      DISPLAY: `:${number}`,
      DBUS_SESSION_BUS_ADDRESS: address,
      LIBGL_ALWAYS_SOFTWARE: '1',
    };
    const env = { ...process.env, ...environment };
    parts.add(startChild('openbox', ['--sm-disable'], { env }));
    await windowManagerReady(env);
    return { virtual: true, environment, dispose: () => parts.dispose() };
  } catch (failure) {
    await parts.dispose();
    throw failure;
  }
}

const WINDOW_MANAGER_DEADLINE_MS = 60_000;

/** A window manager announces itself on the root window; without it nothing is ever "in front". */
async function windowManagerReady(env: NodeJS.ProcessEnv): Promise<void> {
  const deadline = performance.now() + WINDOW_MANAGER_DEADLINE_MS;
  while (performance.now() < deadline) {
    const answer = await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env }).catch(() => '');
    if (answer.includes('window id')) return;
    await delay(50);
  }
  throw new Error('openbox did not start on the virtual display');
}
