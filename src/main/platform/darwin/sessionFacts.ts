import { hostname, networkInterfaces, userInfo } from 'node:os';
import type { SessionFacts } from '../../ports/index.ts';
import { fingerprint, machineAddresses } from '../common/index.ts';
import { type RunProgram, runProgram } from './helper.ts';

const TIMEOUT_MS = 5_000;

/**
 * The signed-in person and the Mac: full name by `id -F`, the account's kind by `dscl` (a directory's account
 * carries `LocalCachedUser`, or is not in the local directory at all), the machine by its platform UUID.
 * What cannot be asked is null or `unknown`; never rejects.
 */
export async function readDarwinSessionFacts(run: RunProgram = runProgram): Promise<SessionFacts> {
  const user = userInfo().username;
  const [fullName, record, hardware] = await Promise.all([
    run('/usr/bin/id', ['-F'], TIMEOUT_MS),
    run('/usr/bin/dscl', ['.', '-read', `/Users/${user}`, 'AuthenticationAuthority'], TIMEOUT_MS),
    run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], TIMEOUT_MS),
  ]);
  const uuid =
    hardware.kind === 'ended' ? /"IOPlatformUUID" = "([^"]+)"/.exec(hardware.output)?.[1] : undefined;
  return {
    user,
    displayName: (fullName.kind === 'ended' && fullName.exitCode === 0 && fullName.output.trim()) || null,
    accountType:
      record.kind !== 'ended'
        ? 'unknown'
        : record.exitCode !== 0 || record.output.includes(';LocalCachedUser;')
          ? 'domain'
          : 'local',
    machine: hostname(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    addresses: machineAddresses(networkInterfaces()),
    hardwareId: fingerprint(uuid ?? hostname(), user),
  };
}
