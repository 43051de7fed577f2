import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '#kernel';
import { exists, writeAtomic } from '../platform/files.ts';
import type { Random } from '../platform/random.ts';
import { createMasterKey, MASTER_KEY_BYTES, type MasterKey } from './masterKey.ts';

export type MasterKeySource =
  | { readonly kind: 'environment'; readonly value: string }
  | { readonly kind: 'file'; readonly path: string };

/** Permission bits of group and others. */
const OTHERS = 0o077;

/** Reads the master key. The failure is a sentence that says what to do. */
export async function readMasterKey(
  deps: { readonly random: Pick<Random, 'bytes'> },
  source: MasterKeySource,
): Promise<Result<MasterKey, string>> {
  if (source.kind === 'environment') return decode(deps, source.value, 'LAPWING_MASTER_KEY');
  const { path } = source;
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

function decode(
  deps: { readonly random: Pick<Random, 'bytes'> },
  text: string,
  where: string,
): Result<MasterKey, string> {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== MASTER_KEY_BYTES)
    return err(`${where} is not a master key: expected 32 bytes in base64url`);
  return ok(createMasterKey(deps, bytes));
}

/** Writes a new master key to a file that only its owner can read. */
export async function writeMasterKey(
  deps: { readonly random: Pick<Random, 'bytes'> },
  path: string,
): Promise<MasterKey> {
  const bytes = deps.random.bytes(MASTER_KEY_BYTES);
  await writeAtomic(path, Buffer.from(`${Buffer.from(bytes).toString('base64url')}\n`), `${path}.part`);
  return createMasterKey(deps, bytes);
}
