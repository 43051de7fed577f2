import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { err, ok, type Result } from '#kernel';
import type { RelayAddress } from './address.ts';

/** A place to listen at, which no other program listens at. */
export interface Place {
  /** What to listen on. */
  readonly listenPath: string;
  /** Called once it listens: puts the socket where relays look. Gives the system's code where that fails. */
  open(): string | null;
  /** Takes the socket away again, unless another program has put its own there since. */
  leave(): void;
}

/** What connecting says of a path at which nobody listens. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/**
 * Finds out whether the address is free. A socket is made under a name of this process and then renamed, which
 * replaces what a killed agent left; the server's own close removes its path, whoever is there by then, so
 * that path must not be the one relays use. Fails with `taken` where somebody listens, `folder_not_own` where
 * another user could stand in for the agent, or the system's code. A pipe shows whether it is taken by listening.
 */
export async function claimPlace(address: RelayAddress): Promise<Result<Place, string>> {
  if (address.kind === 'pipe')
    return ok({ listenPath: address.path, open: () => null, leave: () => undefined });
  const { path } = address;
  const listenPath = `${dirname(path)}/relay.${process.pid}.sock`;
  try {
    mkdirSync(address.folder, { recursive: true, mode: 0o700 });
    const folder = lstatSync(address.folder);
    if (!folder.isDirectory() || folder.uid !== process.getuid?.()) return err('folder_not_own');
    chmodSync(address.folder, 0o700);
    const answer = await whoAnswers(path);
    if (answer !== null) return err(answer);
    rmSync(listenPath, { force: true });
  } catch (failure) {
    return err(codeOf(failure));
  }

  let own: string | null = null;
  return ok({
    listenPath,
    open() {
      try {
        own = identityOf(listenPath);
        renameSync(listenPath, path);
        return null;
      } catch (failure) {
        return codeOf(failure);
      }
    },
    leave() {
      try {
        if (own !== null && identityOf(path) === own) rmSync(path, { force: true });
      } catch {
        // It is gone already.
      }
    },
  });
}

/** Null where nobody listens; `taken` where somebody does; else the system's code. */
function whoAnswers(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve('taken');
    });
    socket.on('error', (failure: NodeJS.ErrnoException) => {
      const code = codeOf(failure);
      resolve(NOBODY.has(code) ? null : code);
    });
  });
}

function identityOf(path: string): string {
  const { dev, ino } = lstatSync(path);
  return `${dev}:${ino}`;
}

function codeOf(failure: unknown): string {
  return (failure as NodeJS.ErrnoException).code ?? 'folder_failed';
}
