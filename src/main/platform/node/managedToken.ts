import { join } from 'node:path';

/** The name of the managed setting, in the registry and in a configuration profile alike. */
const SETTING = 'EnrolmentToken';
/** The domain of a profile's settings for the agent: its bundle id (`electron-builder.yml`). */
const MAC_SETTINGS = '/Library/Managed Preferences/org.lapwing.agent.plist';

/** Runs a program of the system: what it printed, or null where it failed, as it does where there is no such setting. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | null>;

/**
 * Reads the enrolment token that device management has set for this machine, where only administrators write:
 * Group Policy and Intune in the registry, a configuration profile on macOS. Null where none is set, and on systems
 * without such a place.
 */
export function readManagedToken(
  platform: NodeJS.Platform,
  run: RunProgram,
  systemRoot = process.env.SystemRoot ?? 'C:\\Windows',
): Promise<string | null> {
  if (platform === 'win32') return readRegistry(run, systemRoot);
  return platform === 'darwin' ? readProfile(run) : Promise.resolve(null);
}

async function readRegistry(run: RunProgram, systemRoot: string): Promise<string | null> {
  // By its full path, so that nobody's folder can put another program in its place.
  const program = join(systemRoot, 'System32', 'reg.exe');
  const printed = await run(program, ['query', 'HKLM\\Software\\Policies\\Lapwing', '/v', SETTING]);
  return new RegExp(`${SETTING}\\s+REG_SZ\\s+(\\S+)`).exec(printed ?? '')?.[1] ?? null;
}

/** The system's own tool reads the binary and the XML form, and prints a string as it is (macOS 12 and later). */
async function readProfile(run: RunProgram): Promise<string | null> {
  const wanted = ['-extract', SETTING, 'raw', '-expect', 'string', '-o', '-', MAC_SETTINGS];
  const printed = await run('/usr/bin/plutil', wanted);
  return printed === null || printed.trim() === '' ? null : printed.trim();
}
