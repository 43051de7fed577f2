import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { exitWith, Problem, say } from './bootstrap/say.mjs';
import { ensureBuilt } from './build/index.ts';
import { signIn } from './demo/consoleClient.ts';
import { type DemoResult, driveOnce } from './demo/drive.ts';
import { ensurePrograms } from './display/index.ts';
import { schoolFolder } from './paths.ts';
import {
  type Account,
  addAccount,
  packagedAgent,
  type RunningSchool,
  readRunning,
  startDemoSchool,
  unpackagedAgent,
} from './school/index.ts';

/**
 * `npm run demo -- --once [--json] [--packaged PROGRAM]`: drives a school without hands and checks what its
 * console shows. Uses the school that `npm start` runs, else one of its own in a temporary folder.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      packaged: { type: 'string' },
    },
  });
  if (process.platform !== 'linux') {
    throw new Problem(
      'The demo presses keys through X11, so it runs on Linux only.',
      'Run npm start and try by hand.',
    );
  }
  if (!values.once) throw new Problem('The demo runs once, then ends.', 'npm run demo -- --once [--json]');
  await ensurePrograms(['xdotool', 'xterm']);
  const running = values.packaged === undefined ? await readRunning(schoolFolder) : null;
  const result = running === null ? await driveOwnSchool(values.packaged) : await driveRunningSchool(running);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  for (const problem of result.problems) say(`problem: ${problem}`);
  process.exitCode = result.ok ? 0 : 1;
}

async function driveRunningSchool(running: RunningSchool): Promise<DemoResult> {
  say(`Driving the school that is running (console: ${running.url})`);
  const client = await signIn(running.url, await driversAccount());
  return driveOnce({ client, agentProcessId: running.agentProcessId, environment: running.environment });
}

async function driveOwnSchool(packaged: string | undefined): Promise<DemoResult> {
  const program = packaged === undefined ? await unpackagedAgent() : await packagedAgent(packaged);
  await ensureBuilt(packaged === undefined ? ['agent', 'console'] : ['console']);
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-demo-'));
  try {
    say('Starting a school for this run');
    const school = await startDemoSchool(folder, program, { alwaysVirtual: true });
    try {
      if (school.newAccounts === null) throw new Error('a new school has no accounts');
      const client = await signIn(school.url, school.newAccounts.technician);
      const { environment } = school.display;
      const result = await driveOnce({ client, agentProcessId: school.agent.process.pid ?? 0, environment });
      if (!result.ok) say(await lastWords(folder));
      return result;
    } finally {
      await school.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The demo signs in as a technician of its own: the school's passwords were shown to a person only. */
async function driversAccount(): Promise<Account> {
  const path = join(schoolFolder, 'demo-account.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null) return z.object({ username: z.string(), password: z.string() }).parse(JSON.parse(text));
  const account = await addAccount(schoolFolder, {
    username: 'demo',
    displayName: 'Demo run',
    role: 'technician',
  });
  await writeFile(path, JSON.stringify(account), { mode: 0o600 });
  return account;
}

async function lastWords(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'agent.out'), 'utf8').catch(() => '');
  return `The agent's last words:\n${text.split('\n').slice(-30).join('\n')}`;
}

main().then(() => process.exit(), exitWith);
