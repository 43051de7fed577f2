import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** Group Policy and Intune write here; only administrators can. */
async function readRegistry(): Promise<string | null> {
  const query = ['query', 'HKLM\\Software\\Policies\\Lapwing', '/v', 'EnrolmentToken'];
  const answer = await run('reg.exe', query, { timeout: 5_000, windowsHide: true }).catch(() => null);
  return /EnrolmentToken\s+REG_SZ\s+(\S+)/.exec(answer?.stdout ?? '')?.[1] ?? null;
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
  const places: TokenPlace[] = [{ name: 'argument', read: fromArgument }];
  if (process.platform === 'win32') places.push({ name: 'registry', read: readRegistry });
  places.push({ name: 'machine', read: () => readToken(join(machineFolder(), FILE_NAME)) });
  places.push({ name: 'program', read: () => readToken(join(options.programFolder, FILE_NAME)) });
  return places;
}
