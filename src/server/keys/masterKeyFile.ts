import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '#kernel';
import { exists, writeAtomic } from '../platform/files.ts';
import type { Random } from '../platform/random.ts';
import { createMasterKey, MASTER_KEY_BYTES, type MasterKey } from './masterKey.ts';

/**
 * Where the master key comes from. `next` is the one a rotation goes to: beside the file, or a second variable.
 * While both are there, the one that wraps the keys is the one in force.
 */
export type MasterKeySource =
  | { readonly kind: 'environment'; readonly value: string; readonly next: string | null }
  | { readonly kind: 'file'; readonly path: string };

/** The file a rotation writes the new key to before it takes the old one's place. */
export const nextKeyPath = (path: string): string => `${path}.next`;

/** Permission bits of group and others. */
const OTHERS = 0o077;

type RandomBytes = { readonly random: Pick<Random, 'bytes'> };

/**
 * Reads the master key. The failure is a sentence that says what to do. `wantedId`: the key that wraps what is
 * in the database; if a rotation was interrupted it may be the next one.
 */
export async function readMasterKey(
  deps: RandomBytes,
  source: MasterKeySource,
  wantedId: string | null,
): Promise<Result<MasterKey, string>> {
  if (source.kind === 'environment') {
    const key = decode(deps, source.value, 'LAPWING_MASTER_KEY');
    if (!key.ok || source.next === null || key.value.id === wantedId) return key;
    const next = decode(deps, source.next, 'LAPWING_NEXT_MASTER_KEY');
    return next.ok && next.value.id === wantedId ? next : key;
  }
  const { path } = source;
  const key = await readKeyFile(deps, path);
  if (key.ok && (wantedId === null || key.value.id === wantedId)) return key;
  if (!(await exists(nextKeyPath(path)))) return key;
  const next = await readKeyFile(deps, nextKeyPath(path));
  return next.ok && next.value.id === wantedId ? next : key;
}

async function readKeyFile(deps: RandomBytes, path: string): Promise<Result<MasterKey, string>> {
  if (!(await exists(path)))
    return err(`there is no master key at ${path}: run init, or bring the key back from where it is kept`);
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    return err(
      `${path} can be read by others on this machine (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it`,
    );
  }
  return decode(deps, (await readFile(path, 'utf8')).trim(), path);
}

function decode(deps: RandomBytes, text: string, where: string): Result<MasterKey, string> {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== MASTER_KEY_BYTES)
    return err(`${where} is not a master key: expected 32 bytes in base64url`);
  return ok(createMasterKey(deps, bytes));
}

/** Writes a new master key to a file that only its owner can read. */
export async function writeMasterKey(deps: RandomBytes, path: string): Promise<MasterKey> {
  const bytes = deps.random.bytes(MASTER_KEY_BYTES);
  await writeAtomic(path, Buffer.from(`${Buffer.from(bytes).toString('base64url')}\n`), `${path}.part`);
  return createMasterKey(deps, bytes);
}
