import { createHash } from 'node:crypto';
import { type Audience, type Me, policySchema } from '#contract';
import type { Clock, Disposable } from '#kernel';
import { signPolicy } from '#seal';
import type { Audit } from '../audit/index.ts';
import type { Keyring, LiveKeyring } from '../keys/index.ts';
import type { Bus, Db, DbOrTrx } from '../store/index.ts';
import { type SchoolPolicy, schoolPolicySchema } from './document.ts';

/** A policy as a device gets it. */
export interface ServedPolicy {
  readonly jws: string;
  /** Opaque; changes whenever the document does, the key to seal to included. */
  readonly etag: string;
}

export interface Policies extends Disposable {
  /** The policy in force, signed for an audience. */
  forAudience(audience: Audience): Promise<ServedPolicy>;
  school(): Me['school'];
  /** The trusted adult with this id, or null where the policy in force has none. */
  contact(id: string): SchoolPolicy['contacts'][number] | null;
  /** Calls back after another policy or intake key has come into force. */
  onChange(listener: () => void): Disposable;
}

export interface PoliciesDeps {
  readonly db: Db;
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly keyring: Pick<LiveKeyring, 'current' | 'onChange'>;
  readonly onFailure: (failure: unknown) => void;
}

/** A version of the school's policy, as the database has it. */
export interface StoredPolicy {
  readonly version: number;
  readonly issuedAt: number;
  readonly document: SchoolPolicy;
}

/** The newest policy of the database, or null where there is none yet. */
export async function readPolicy(db: DbOrTrx): Promise<StoredPolicy | null> {
  const row = await db
    .selectFrom('policies')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    version: row.version,
    issuedAt: row.issued_at,
    document: schoolPolicySchema.parse(JSON.parse(row.document)),
  };
}

/**
 * Versions this far above the school's own are believed of a device: it has a policy of a server that was since
 * restored from a backup. More would let one device that lies use the numbers up.
 */
const MAX_VERSIONS_AHEAD = 1_000;

/**
 * Puts a policy in force as the next version, above what any device has: devices refuse an older one. Returns the
 * version. The caller tells the bus after the commit.
 */
export async function writePolicy(
  deps: { readonly clock: Pick<Clock, 'now'>; readonly audit: Audit },
  trx: DbOrTrx,
  document: SchoolPolicy,
): Promise<number> {
  const known = (await readPolicy(trx))?.version ?? 0;
  const { applied } = await trx
    .selectFrom('devices')
    .select((row) => row.fn.max('policy_applied').as('applied'))
    .where('policy_applied', '<=', known + MAX_VERSIONS_AHEAD)
    .executeTakeFirstOrThrow();
  const version = Math.max(known, applied ?? 0) + 1;
  await trx
    .insertInto('policies')
    .values({ version, document: JSON.stringify(document), issued_at: deps.clock.now() })
    .execute();
  await deps.audit.write(trx, {
    actor: 'command line',
    action: 'policy_set',
    subject: null,
    detail: { version },
  });
  return version;
}

/** The document devices of this audience work by: a compact JWS over the policy and the key to seal to. */
export function signFor(
  { version, issuedAt, document }: StoredPolicy,
  { policyKey, currentIntakeKey: intakeKey }: Pick<Keyring, 'policyKey' | 'currentIntakeKey'>,
  audience: Audience,
): Promise<string> {
  return signPolicy(policySchema.parse({ ...document, version, issuedAt, audience, intakeKey }), policyKey);
}

/** Serves the policy in force and follows its changes. Throws where the school has none: `init` makes the first. */
export async function createPolicies(deps: PoliciesDeps): Promise<Policies> {
  const { db, bus, keyring } = deps;
  const listeners = new Set<() => void>();
  const served = new Map<Audience, Promise<ServedPolicy>>();
  let inForce = await read();
  let servedKeyId = keyring.current().currentIntakeKey.keyId;

  async function read() {
    const policy = await readPolicy(db);
    if (policy === null) throw new Error('the school has no policy yet');
    return policy;
  }

  async function sign(audience: Audience): Promise<ServedPolicy> {
    const jws = await signFor(inForce, keyring.current(), audience);
    const hash = createHash('sha256').update(jws).digest('base64url');
    return { jws, etag: `"${hash.slice(0, 27)}"` };
  }

  async function refresh(): Promise<void> {
    const next = await read();
    const { keyId } = keyring.current().currentIntakeKey;
    if (next.version === inForce.version && next.issuedAt === inForce.issuedAt && keyId === servedKeyId)
      return;
    inForce = next;
    servedKeyId = keyId;
    served.clear();
    for (const listener of listeners) listener();
  }

  const subscription = bus.subscribe((event) => {
    if (event.kind === 'policy' || event.kind === 'changed') refresh().catch(deps.onFailure);
  });

  const keyChanges = keyring.onChange(() => {
    refresh().catch(deps.onFailure);
  });

  return {
    forAudience(audience) {
      let policy = served.get(audience);
      if (policy === undefined) {
        policy = sign(audience);
        policy.catch(() => served.delete(audience));
        served.set(audience, policy);
      }
      return policy;
    },
    school: () => inForce.document.school,
    contact: (id) => inForce.document.contacts.find((contact) => contact.id === id) ?? null,
    onChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    async dispose() {
      await subscription.dispose();
      await keyChanges.dispose();
    },
  };
}
