import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Display } from '../display/index.ts';
import { ensureLibraries } from '../display/index.ts';
import { ensureElectron, sandboxArguments } from '../electron/index.ts';
import { projectFolder } from '../paths.ts';
import { type Child, startChild } from '../process/child.ts';

/** What to run as the agent: the sources' build in the Electron in use, or a packaged program. */
export interface AgentProgram {
  readonly executable: string;
  readonly args: readonly string[];
}

/** The build in `out/`, in the Electron in use. */
export async function unpackagedAgent(): Promise<AgentProgram> {
  const { executable } = await ensureElectron();
  await ensureLibraries(executable);
  return { executable, args: [...sandboxArguments(), projectFolder] };
}

/** A program that `npm run package` made. */
export async function packagedAgent(executable: string): Promise<AgentProgram> {
  await ensureLibraries(executable);
  return { executable, args: sandboxArguments() };
}

/**
 * Starts an agent with a data folder of its own.
 *
 * @param folder where its data and what it prints (`agent.out`) go
 * @param token an enrolment token, or null for a device that is enrolled already
 */
export async function startAgent(
  program: AgentProgram,
  place: {
    readonly folder: string;
    readonly display: Pick<Display, 'environment'>;
    readonly token: string | null;
  },
): Promise<Child> {
  const dataFolder = join(place.folder, 'agent');
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const args = [...program.args];
  if (place.token !== null) {
    // By file, so that the secret stands in no list of processes.
    const tokenFile = join(place.folder, 'enrolment-token');
    await writeFile(tokenFile, place.token, { mode: 0o600 });
    args.push('--enrol', `@${tokenFile}`);
  }
  const child = startChild(program.executable, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    deadlineMs: 15_000,
    env: { ...process.env, ...place.display.environment, LAPWING_DATA_FOLDER: dataFolder },
  });
  const printed = createWriteStream(join(place.folder, 'agent.out'));
  child.process.stdout?.pipe(printed, { end: false });
  child.process.stderr?.pipe(printed, { end: false });
  return child;
}
