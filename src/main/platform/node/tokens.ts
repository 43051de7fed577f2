import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readManagedToken } from './managedToken.ts';

const run = promisify(execFile);
const FILE_NAME = 'enrolment.token';
/** A token is about a kilobyte, more with a CA; anything larger is another file. */
const MAX_TOKEN_LENGTH = 100_000;

/** One place where a technician may have put an enrolment token. */
export interface TokenPlace {
  readonly name: string;
  read(): Promise<string | null>;
}

async function readToken(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text !== null && text.length <= MAX_TOKEN_LENGTH ? text : null;
}

async function runProgram(program: string, args: readonly string[]): Promise<string | null> {
  const answer = await run(program, args, { timeout: 5_000, windowsHide: true }).catch(() => null);
  return answer?.stdout ?? null;
}

/** The machine's own Lapwing folder, which administrators alone write. */
export function machineFolder(): string {
  if (process.platform === 'win32') return join(process.env.ProgramData ?? 'C:\\ProgramData', 'Lapwing');
  return process.platform === 'darwin' ? '/Library/Application Support/Lapwing' : '/etc/lapwing';
}

/**
 * The places of an enrolment token, first to last: the command line (the token, or `@` and a file's path),
 * the machine's managed settings, a file in the machine's own folder, a file beside the program.
 */
export function tokenPlaces(options: {
  readonly argument: string | null;
  readonly programFolder: string;
}): readonly TokenPlace[] {
  const { argument } = options;
  const fromArgument = async () => (argument?.startsWith('@') ? readToken(argument.slice(1)) : argument);
  return [
    { name: 'argument', read: fromArgument },
    { name: 'managed', read: () => readManagedToken(process.platform, runProgram) },
    { name: 'machine', read: () => readToken(join(machineFolder(), FILE_NAME)) },
    { name: 'program', read: () => readToken(join(options.programFolder, FILE_NAME)) },
  ];
}
