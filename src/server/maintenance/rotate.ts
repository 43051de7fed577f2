import { rename } from 'node:fs/promises';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Audit } from '../audit/index.ts';
import {
  addIntakeKey,
  type MasterKey,
  type MasterKeySource,
  nextKeyPath,
  readMasterKey,
  rewrapKeys,
  writeMasterKey,
} from '../keys/index.ts';
import type { Random } from '../platform/random.ts';
import { readPolicy, writePolicy } from '../policy/index.ts';
import type { Store } from '../store/index.ts';

export interface RotateDeps {
  readonly store: Pick<Store, 'db' | 'bus'>;
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  /** The master key that wraps the keys now. */
  readonly master: MasterKey;
}

export interface Rotated {
  readonly rewrapped: number;
  readonly masterKeyId: string;
  /** The id of the new intake key, if one was asked for. */
  readonly intakeKeyId: string | null;
}

/**
 * Wraps every key by a new master key and, if asked, makes a new intake key. That one goes out as the next version of
 * the policy, so that the version a device has applied says whether it seals to the new key.
 *
 * The new master key is on disk beside the old one before anything is wrapped by it, and takes the old one's
 * place after the commit: killed at any instant, one of the two files opens the keys, and `readMasterKey` finds
 * which. Running it again finishes or repeats the rotation.
 */
export async function rotateKeys(
  deps: RotateDeps,
  source: MasterKeySource,
  options: { readonly newIntakeKey: boolean },
): Promise<Result<Rotated, string>> {
  const { store, audit, clock, random, master } = deps;
  const next = await nextMasterKey(deps, source);
  if (!next.ok) return next;
  const rotated = await store.db.transaction().execute(async (trx) => {
    const rewrapped = await rewrapKeys(trx, master, next.value);
    if (rewrapped === null) return null;
    const intakeKeyId = options.newIntakeKey ? await addIntakeKey({ clock, random }, trx, next.value) : null;
    const policy = options.newIntakeKey ? await readPolicy(trx) : null;
    if (policy !== null) await writePolicy({ clock, audit }, trx, policy.document);
    const detail = { masterKeyId: next.value.id, intakeKeyId };
    await audit.write(trx, { actor: 'command line', action: 'keys_rotated', subject: null, detail });
    return { rewrapped, masterKeyId: next.value.id, intakeKeyId };
  });
  if (rotated === null)
    return err('a key in the database is not wrapped by the present master key; nothing was changed');
  if (source.kind === 'file') await rename(nextKeyPath(source.path), source.path);
  store.bus.publish({ kind: 'changed' });
  return ok(rotated);
}

async function nextMasterKey(
  { random, master }: RotateDeps,
  source: MasterKeySource,
): Promise<Result<MasterKey, string>> {
  if (source.kind === 'file') {
    // An earlier rotation was killed between its commit and the renaming: finish that one first.
    const present = await readMasterKey({ random }, source, null);
    if (present.ok && present.value.id !== master.id) await rename(nextKeyPath(source.path), source.path);
    return ok(await writeMasterKey({ random }, nextKeyPath(source.path)));
  }
  if (source.next === null) return err('put the new master key into LAPWING_NEXT_MASTER_KEY first');
  const next = await readMasterKey({ random }, { ...source, value: source.next, next: null }, null);
  if (next.ok && next.value.id === master.id)
    return err('LAPWING_NEXT_MASTER_KEY is the key that is in use already');
  return next;
}
