import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDisposables, type Disposable } from '#kernel';
import { type Display, ensureDisplay, startVirtualDisplay } from '../display/index.ts';
import type { Child } from '../process/child.ts';
import { startTrayHost } from '../tray/index.ts';
import { type AgentProgram, startAgent } from './agent.ts';
import { type Account, addAccount, enrolToken, type SchoolServer, startSchoolServer } from './server.ts';

export { type AgentProgram, packagedAgent, startAgent, unpackagedAgent } from './agent.ts';
export { type RunningSchool, readRunning, removeRunning, writeRunning } from './running.ts';
export { type Account, addAccount, SCHOOL_NAME, type SchoolServer, startSchoolServer } from './server.ts';

/** A whole school on this machine: server, display, tray, agent. */
export interface DemoSchool extends Disposable {
  readonly url: string;
  readonly display: Display;
  readonly server: SchoolServer;
  readonly agent: Child;
  /** Made with the school, so known only the first time. */
  readonly newAccounts: { readonly technician: Account; readonly dsl: Account } | null;
  dispose(): Promise<void>;
}

/**
 * Starts the school of a folder, making it when the folder is new: two accounts, this machine enrolled.
 *
 * @param options.alwaysVirtual a display of its own even where there is one, for unattended runs
 */
export async function startDemoSchool(
  folder: string,
  program: AgentProgram,
  options: { readonly alwaysVirtual: boolean },
): Promise<DemoSchool> {
  const parts = createDisposables();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const isNew = !existsSync(join(folder, 'school.json'));
    const isEnrolled = existsSync(join(folder, 'agent'));
    const display = parts.add(options.alwaysVirtual ? await startVirtualDisplay() : await ensureDisplay());
    const busAddress = display.environment.DBUS_SESSION_BUS_ADDRESS;
    if (display.virtual && busAddress !== undefined) parts.add(await startTrayHost(busAddress));
    const server = parts.add(await startSchoolServer(folder));
    const newAccounts = isNew ? await makeAccounts(folder) : null;
    const token = isEnrolled ? null : await enrolToken(folder, server.url);
    const agent = parts.add(await startAgent(program, { folder, display, token }));
    return { url: server.url, display, server, agent, newAccounts, dispose: () => parts.dispose() };
  } catch (failure) {
    await parts.dispose();
    throw failure;
  }
}

async function makeAccounts(folder: string): Promise<{ technician: Account; dsl: Account }> {
  return {
    technician: await addAccount(folder, {
      username: 'technician',
      displayName: 'Tess Technician',
      role: 'technician',
    }),
    dsl: await addAccount(folder, { username: 'dsl', displayName: 'Dana Lead', role: 'dsl' }),
  };
}
