import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces, userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { SessionFacts } from '../../ports/index.ts';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 5_000;

async function readFirst(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.trim() !== '') return text.trim();
  }
  return null;
}

/** The mainboard's own id where it may be read, else the installation's. */
async function readHardwareId(platform: NodeJS.Platform): Promise<string | null> {
  const options = { timeout: COMMAND_TIMEOUT_MS, windowsHide: true };
  if (platform === 'darwin') {
    const { stdout } = await run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], options);
    return /"IOPlatformUUID" = "([^"]+)"/.exec(stdout)?.[1] ?? null;
  }
  if (platform === 'win32') {
    const script = '(Get-CimInstance -ClassName Win32_ComputerSystemProduct).UUID';
    const { stdout } = await run(
      'powershell.exe',
      ['-NoProfile', '-NonInteractive', '-Command', script],
      options,
    );
    return stdout.trim() || null;
  }
  return readFirst(['/sys/class/dmi/id/product_uuid', '/etc/machine-id', '/var/lib/dbus/machine-id']);
}

/** The addresses of the machine's own network cards, loopback left out. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal)
    .map((address) => address.address);
}

/**
 * What Node knows of the person and the machine. The hardware id is a SHA-256 of the system's, so that
 * no serial number leaves; where the system has none it is made of the machine's name. Never throws.
 */
export async function readSessionFacts(): Promise<SessionFacts> {
  const machine = hostname();
  const hardware = await readHardwareId(process.platform).catch(() => null);
  const domain = process.env.USERDOMAIN;
  return {
    user: userName(),
    displayName: null,
    accountType:
      process.platform !== 'win32' || domain === undefined ? 'unknown' : accountType(domain, machine),
    machine,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    addresses: ownAddresses(),
    hardwareId: createHash('sha256')
      .update(`lapwing:${hardware ?? machine}`)
      .digest('hex'),
  };
}

/** Windows' `USERDOMAIN` is the machine's name for local accounts and `AzureAD` for Entra ones. */
function accountType(domain: string, machine: string): SessionFacts['accountType'] {
  if (domain.toUpperCase() === 'AZUREAD') return 'entra';
  return domain.toUpperCase() === machine.toUpperCase() ? 'local' : 'domain';
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? process.env.USERNAME ?? 'unknown';
  }
}
