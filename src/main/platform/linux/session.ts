import { readdir, readFile } from 'node:fs/promises';
import { hostname, networkInterfaces, userInfo } from 'node:os';
import type { Disposable } from '#kernel';
import type { Log, Presence, SessionFacts, SessionPort, Timers } from '../../ports/index.ts';
import { fingerprint, machineAddresses } from '../common/index.ts';
import { connectToX, type XConnection } from './xConnection.ts';

/** Reads one text file or lists one folder; null where it is missing or not allowed. */
export interface SystemFiles {
  text(path: string): Promise<string | null>;
  list(path: string): Promise<readonly string[]>;
}

export const systemFiles: SystemFiles = {
  text: (path) => readFile(path, 'utf8').catch(() => null),
  list: (path) => readdir(path).catch(() => []),
};

const PRESENCE_POLL_MS = 5_000;

/**
 * The signed-in person and the machine on Linux. Presence comes from the X server's screen saver extension:
 * idle after `idleAfterMs` without input or while the saver covers the screen; without an X server it is active.
 * Idle counts only once there was input: a virtual screen, or a kiosk that plays by itself, never has any.
 */
export function createLinuxSession(
  deps: {
    readonly timers: Pick<Timers, 'after' | 'every'>;
    readonly log: Pick<Log, 'warn'>;
    readonly files?: SystemFiles;
    readonly connect?: typeof connectToX;
  },
  options: { readonly display: string | undefined; readonly idleAfterMs: number },
): SessionPort {
  const { timers, log, files = systemFiles, connect = connectToX } = deps;

  return {
    async facts(): Promise<SessionFacts> {
      const user = userInfo().username;
      const account = await localAccount(files, user);
      return {
        user,
        displayName: account?.displayName ?? null,
        accountType: account === null ? 'domain' : 'local',
        machine: hostname(),
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        addresses: machineAddresses(networkInterfaces()),
        hardwareId: fingerprint(await hardwareOf(files), user),
      };
    },

    watchPresence(onPresence) {
      let connection: XConnection | null = null;
      let last: Presence | null = null;
      let disposed = false;
      let idleBeforeMs = 0;
      let touched = false;

      function tell(presence: Presence): void {
        if (disposed || presence === last) return;
        last = presence;
        onPresence(presence);
      }
      async function look(): Promise<void> {
        const state = (await connection?.idle()) ?? null;
        if (state !== null && state.idleMs < idleBeforeMs) touched = true;
        idleBeforeMs = state?.idleMs ?? 0;
        const away = state !== null && touched && state.idleMs >= options.idleAfterMs;
        tell(away || state?.covered === true ? 'idle' : 'active');
      }
      async function open(display: string): Promise<void> {
        try {
          const opened = await connect(display, {
            onEvent() {},
            onEnd() {
              connection = null;
            },
          });
          if (disposed) void opened.dispose();
          else connection = opened;
        } catch {
          log.warn({ code: 'x11_unreachable' }, 'idle time is not known');
        }
        await look();
      }

      const parts: Disposable[] = [];
      if (options.display === undefined || options.display === '') tell('active');
      else {
        void open(options.display);
        parts.push(timers.every(PRESENCE_POLL_MS, () => void look()));
      }
      return {
        dispose() {
          disposed = true;
          for (const part of parts) void part.dispose();
          void connection?.dispose();
        },
      };
    },
  };
}

/** The account's entry in passwd(5); null for one that a directory (LDAP, Active Directory) gave. */
async function localAccount(
  files: SystemFiles,
  user: string,
): Promise<{ displayName: string | null } | null> {
  const entries = (await files.text('/etc/passwd')) ?? '';
  const entry = entries.split('\n').find((line) => line.startsWith(`${user}:`));
  if (entry === undefined) return null;
  // The fifth field's first part is the full name; `&` stands for the account's name.
  const fullName = entry.split(':')[4]?.split(',')[0]?.trim() ?? '';
  return { displayName: fullName.replaceAll('&', user) || null };
}

/**
 * What stays the same over a re-image, best first: the mainboard's UUID (readable by root only), the address
 * of the first network card, and the installation's own id, which does change.
 */
async function hardwareOf(files: SystemFiles): Promise<string> {
  const board = (await files.text('/sys/class/dmi/id/product_uuid'))?.trim().toLowerCase();
  if (board !== undefined && !/^[0f-]*$/.test(board)) return `smbios-${board}`;
  for (const card of [...(await files.list('/sys/class/net'))].sort()) {
    const isHardware = (await files.list(`/sys/class/net/${card}/device`)).length > 0;
    const address = (await files.text(`/sys/class/net/${card}/address`))?.trim();
    if (isHardware && address !== undefined && !/^[0:]*$/.test(address)) return `mac-${address}`;
  }
  return `installation-${(await files.text('/etc/machine-id'))?.trim() || hostname()}`;
}
