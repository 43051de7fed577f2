import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { Disposable } from '#kernel';
import { Problem } from '../bootstrap/say.mjs';
import { projectFolder } from '../paths.ts';
import { type Child, firstLine, startChild } from '../process/child.ts';
import { run } from '../process/run.ts';

export const SCHOOL_NAME = 'Lapwing Demo School';
const FIRST_PORT = 8460;

const settingsSchema = z.object({ port: z.int().min(1).max(65_535) });
const accountSchema = z.object({ username: z.string(), password: z.string() });
const tokenSchema = z.object({ token: z.string() });
const policySchema = z.object({ document: z.looseObject({ rules: z.looseObject({}).optional() }) });
const readySchema = z.object({ ready: z.literal(true), url: z.url() });

export type Account = z.infer<typeof accountSchema>;

/** A school's server on loopback, run as its technicians run it: by its command line. */
export interface SchoolServer extends Disposable {
  readonly url: string;
  readonly ended: Child['ended'];
  dispose(): Promise<void>;
}

/** Runs the server's command line on a school's data; a server may be running beside it. */
function command(folder: string, name: string, ...args: string[]): Promise<string> {
  const cli = join(projectFolder, 'src/server/cli.ts');
  return run(process.execPath, [cli, name, '--data', join(folder, 'server'), ...args]);
}

/** Makes an account; its password is known only from this answer. */
export async function addAccount(
  folder: string,
  account: { readonly username: string; readonly displayName: string; readonly role: 'technician' | 'dsl' },
): Promise<Account> {
  const { username, displayName, role } = account;
  const flags = ['--username', username, '--display-name', displayName, '--role', role, '--json'];
  return accountSchema.parse(JSON.parse(await command(folder, 'add-account', ...flags)));
}

/** A token for one device of a class of seven- to eleven-year-olds. */
export async function enrolToken(folder: string, url: string): Promise<string> {
  const flags = ['--url', url, '--site', SCHOOL_NAME, '--audience', 'KS2', '--expires', '1h', '--json'];
  return tokenSchema.parse(JSON.parse(await command(folder, 'enrol-token', ...flags))).token;
}

/**
 * Puts the school's policy in force with these packs of its own.
 *
 * @returns the policy, signed for a device of `enrolToken` that has no line to the server
 */
export async function putOwnPacks(
  folder: string,
  ownPacks: readonly { readonly name: string; readonly yaml: string }[],
): Promise<string> {
  const { document } = policySchema.parse(JSON.parse(await command(folder, 'policy', 'show', '--json')));
  const path = join(folder, 'policy.json');
  await writeFile(path, JSON.stringify({ ...document, rules: { ...document.rules, ownPacks } }));
  await command(folder, 'policy', 'set', path);
  return (await command(folder, 'policy', 'sign', '--audience', 'KS2')).trim();
}

/**
 * Starts a school's server, setting the school up when the folder is new. The port is chosen once and kept,
 * because enrolled devices know the address.
 *
 * @throws Problem when its port has been taken by another program meanwhile
 */
export async function startSchoolServer(folder: string): Promise<SchoolServer> {
  const port = await ownPort(join(folder, 'school.json'));
  await command(folder, 'init', '--school', SCHOOL_NAME);
  const cli = join(projectFolder, 'src/server/cli.ts');
  const address = ['--port', String(port), '--url', `http://127.0.0.1:${port}`];
  const child = startChild(
    process.execPath,
    [cli, 'serve', '--data', join(folder, 'server'), ...address, '--json-ready'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LAPWING_LOG_LEVEL: 'warn' } },
  );
  const mistakes: string[] = [];
  child.process.stderr?.setEncoding('utf8').on('data', (text: string) => mistakes.push(text));
  try {
    const { url } = readySchema.parse(JSON.parse(await firstLine(child, child.process.stdout)));
    return { url, ended: child.ended, dispose: child.dispose };
  } catch (failure) {
    await child.dispose();
    throw new Problem(
      `The school's server did not start: ${mistakes.join('').trim() || (failure as Error).message}`,
      `If port ${port} is in use, end the program that uses it, or begin anew: npm start -- --reset`,
    );
  }
}

async function ownPort(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null) return settingsSchema.parse(JSON.parse(text)).port;
  let port = FIRST_PORT;
  // A random step: two schools made at the same moment do not walk the same way.
  while (!(await isFree(port))) port += randomInt(1, 40);
  await writeFile(path, JSON.stringify({ port }));
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
