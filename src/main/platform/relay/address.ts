import { join } from 'node:path';

/** What the address depends on; given, so that the three systems are tested on one. */
export interface AddressWorld {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** POSIX user id, or null on Windows. */
  readonly userId: number | null;
  /** Windows logon session, or null elsewhere. */
  readonly logonSession: number | null;
  /** macOS: the user's own temporary folder (`DARWIN_USER_TEMP_DIR`). */
  readonly darwinTempFolder: string | null;
}

/** Where the agent listens for relays: a socket in a folder only its owner can enter, or a named pipe. */
export type RelayAddress =
  | { readonly kind: 'socket'; readonly folder: string; readonly path: string }
  | { readonly kind: 'pipe'; readonly path: string };

/** The address for one user's session. The same rule stands in `native/relay/posix.c` and `windows.c`. */
export function relayAddress(world: AddressWorld): RelayAddress {
  if (world.platform === 'win32') {
    return { kind: 'pipe', path: `\\\\.\\pipe\\lapwing-relay-${world.logonSession ?? 0}` };
  }
  const runtimeFolder = world.environment['XDG_RUNTIME_DIR'];
  const folder =
    world.platform === 'darwin'
      ? join(world.darwinTempFolder ?? '/tmp', 'lapwing')
      : runtimeFolder?.startsWith('/')
        ? join(runtimeFolder, 'lapwing')
        : `/tmp/lapwing-${world.userId ?? 0}`;
  return { kind: 'socket', folder, path: join(folder, 'relay.sock') };
}
