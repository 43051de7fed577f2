import type { IssuedIntakeKey } from '#contract';
import type { Clock } from '#kernel';
import {
  createIntakeKey,
  createOpener,
  createSigningKey,
  type IntakeKeyPair,
  type Opener,
  type SigningKey,
} from '#seal';
import { nodePrimitives } from '../platform/primitives.ts';
import type { Random } from '../platform/random.ts';
import type { Db, DbOrTrx, Tables } from '../store/index.ts';
import { type MasterKey, newNonce, openBytes, sealBytes } from './masterKey.ts';

/**
 * The school's keys, unwrapped in memory.
 *
 * Invariants: exactly one intake key is current, and it is newer than every other (`created_at` is its version, and
 * devices take no older one); an intake key is never removed, so everything ever sealed stays readable; the policy key never changes, because every enrolled agent pins it.
 */
export interface Keyring {
  readonly policyKey: SigningKey;
  readonly currentIntakeKey: IssuedIntakeKey;
  readonly opener: Opener;
  /** Seals a text that staff wrote (a note); `context` binds it to where it stands. */
  sealText(text: string, context: string): string;
  /** The text, or null where it was changed or moved. */
  openText(sealed: string, context: string): string | null;
}

export type KeyringFailure = { readonly kind: 'not_initialised' | 'wrong_master_key' };

interface KeyDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

const contextOf = (key: Pick<Tables['keys'], 'kind' | 'id'>) => `lapwing ${key.kind} key ${key.id}`;

async function insertKey(
  trx: DbOrTrx,
  master: MasterKey,
  key: {
    kind: Tables['keys']['kind'];
    id: string;
    publicKey: string | null;
    secret: Uint8Array;
    current: number;
    createdAt: number;
  },
): Promise<void> {
  await trx
    .insertInto('keys')
    .values({
      id: key.id,
      kind: key.kind,
      public_key: key.publicKey,
      wrapped: master.wrap(key.secret, contextOf(key)),
      master_id: master.id,
      created_at: key.createdAt,
      current: key.current,
    })
    .execute();
}

/** Makes a school's first keys: one to sign policies, one to seal to, one for what staff write. */
export async function createKeys(deps: KeyDeps, trx: DbOrTrx, master: MasterKey): Promise<void> {
  const policy = await createSigningKey();
  const { publicKey } = policy;
  const createdAt = deps.clock.now();
  await insertKey(trx, master, {
    kind: 'policy',
    id: deps.random.id(),
    publicKey,
    secret: policy.privateKey,
    current: 1,
    createdAt,
  });
  const secret = deps.random.bytes(32);
  await insertKey(trx, master, {
    kind: 'data',
    id: deps.random.id(),
    publicKey: null,
    secret,
    current: 1,
    createdAt,
  });
  await addIntakeKey(deps, trx, master);
}

/** Makes a new intake key and has devices seal to it from now on. Older ones stay readable. Returns its id. */
export async function addIntakeKey(deps: KeyDeps, trx: DbOrTrx, master: MasterKey): Promise<string> {
  const { keyId, publicKey, privateKey } = await createIntakeKey();
  const newest = await trx
    .selectFrom('keys')
    .select('created_at')
    .where('kind', '=', 'intake')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  await trx.updateTable('keys').set({ current: 0 }).where('kind', '=', 'intake').execute();
  await insertKey(trx, master, {
    kind: 'intake',
    id: keyId,
    publicKey,
    secret: privateKey,
    current: 1,
    // Later than every other, also on a server whose clock was set back.
    createdAt: Math.max(deps.clock.now(), (newest?.created_at ?? 0) + 1),
  });
  return keyId;
}

/** The id of the master key that wraps this school's keys, or null where there are none yet. */
export async function masterKeyIdInUse(db: DbOrTrx): Promise<string | null> {
  const row = await db.selectFrom('keys').select('master_id').limit(1).executeTakeFirst();
  return row?.master_id ?? null;
}

/** Wraps every key by another master key. Returns how many, or null where one does not open with `from`. */
export async function rewrapKeys(trx: DbOrTrx, from: MasterKey, to: MasterKey): Promise<number | null> {
  const rows = await trx.selectFrom('keys').selectAll().execute();
  for (const row of rows) {
    const secret = from.unwrap(row.wrapped, contextOf(row));
    if (secret === null) return null;
    await trx
      .updateTable('keys')
      .set({ wrapped: to.wrap(secret, contextOf(row)), master_id: to.id })
      .where('id', '=', row.id)
      .execute();
  }
  return rows.length;
}

/** Reads and unwraps the school's keys. */
export async function loadKeyring(
  deps: { readonly db: Db; readonly random: Pick<Random, 'bytes'> },
  master: MasterKey,
): Promise<Keyring | KeyringFailure> {
  const rows = await deps.db.selectFrom('keys').selectAll().orderBy('created_at').execute();
  const intakeKeys: IntakeKeyPair[] = [];
  let currentIntakeKey: IssuedIntakeKey | undefined;
  let policyKey: SigningKey | undefined;
  let dataKey: Uint8Array | undefined;
  for (const row of rows) {
    const secret = master.unwrap(row.wrapped, contextOf(row));
    if (secret === null) return { kind: 'wrong_master_key' };
    const publicKey = row.public_key ?? '';
    if (row.kind === 'policy') policyKey = { publicKey, privateKey: secret };
    else if (row.kind === 'data') dataKey = secret;
    else {
      intakeKeys.push({ keyId: row.id, publicKey, privateKey: secret });
      if (row.current === 1) currentIntakeKey = { keyId: row.id, publicKey, version: row.created_at };
    }
  }
  if (policyKey === undefined || dataKey === undefined || currentIntakeKey === undefined) {
    return { kind: 'not_initialised' };
  }
  const noteKey = dataKey;
  return {
    policyKey,
    currentIntakeKey,
    opener: createOpener(intakeKeys, { primitives: nodePrimitives }),
    sealText: (text, context) =>
      sealBytes(noteKey, Buffer.from(text, 'utf8'), context, newNonce(deps.random)),
    openText(sealed, context) {
      const plain = openBytes(noteKey, sealed, context);
      return plain === null ? null : Buffer.from(plain).toString('utf8');
    },
  };
}
