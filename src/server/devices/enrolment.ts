import { createHash, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { Audience, ErrorCode, enrolRequestSchema } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Audit } from '../audit/index.ts';
import type { Random } from '../platform/random.ts';
import type { Bus, Store } from '../store/index.ts';
import { deviceRows, storable, type TokenRow } from './repository.ts';

export type EnrolFailure = Extract<ErrorCode, `enrolment_${string}`>;
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export interface Enrolment {
  /** Makes a token's secret half; it is given back this once, only its hash is kept. */
  createToken(options: {
    site: string;
    audience: Audience;
    lifetimeMs: number;
    uses: number;
  }): Promise<{ readonly tokenId: string; readonly tokenSecret: string; readonly expiresAt: number }>;
  /** The tokens made so far, oldest first, without their secrets. */
  tokens(): Promise<readonly Omit<TokenRow, 'secret_hash'>[]>;
  /** Ends a token before its time; devices it took in stay. Returns whether it was there and not yet withdrawn. */
  withdraw(tokenId: string): Promise<boolean>;
  /** Takes a device in. The same key with the same token again gives the same device and costs no use. */
  enrol(request: EnrolRequest): Promise<Result<{ readonly deviceId: string }, EnrolFailure>>;
}

export interface EnrolmentDeps {
  readonly store: Pick<Store, 'db' | 'kind'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

export function createEnrolment(deps: EnrolmentDeps): Enrolment {
  const { store, bus, audit, clock, random } = deps;

  return {
    async createToken({ site, audience, lifetimeMs, uses }) {
      const tokenId = random.id();
      const tokenSecret = Buffer.from(random.bytes(32)).toString('base64url');
      const now = clock.now();
      const expiresAt = now + lifetimeMs;
      await store.db.transaction().execute(async (trx) => {
        await deviceRows.insertToken(trx, {
          id: tokenId,
          secret_hash: hashOf(tokenSecret),
          site,
          audience,
          created_at: now,
          expires_at: expiresAt,
          uses,
          used: 0,
          withdrawn_at: null,
        });
        const detail = { audience, uses, expiresAt };
        await audit.write(trx, {
          actor: 'command line',
          action: 'enrolment_token_created',
          subject: tokenId,
          detail,
        });
      });
      return { tokenId, tokenSecret, expiresAt };
    },

    async tokens() {
      const rows = await deviceRows.tokens(store.db);
      return rows.map(({ secret_hash: _, ...token }) => token);
    },

    withdraw: (tokenId) =>
      store.db.transaction().execute(async (trx) => {
        const done = await deviceRows.withdrawToken(trx, tokenId, clock.now());
        if (done) {
          await audit.write(trx, {
            actor: 'command line',
            action: 'enrolment_token_withdrawn',
            subject: tokenId,
          });
        }
        return done;
      }),

    async enrol(request) {
      const outcome = await store.db.transaction().execute(async (trx) => {
        const token = await deviceRows.lockToken(trx, store.kind, storable(request.tokenId));
        if (token === undefined || !sameHash(token.secret_hash, hashOf(request.tokenSecret))) {
          return err('enrolment_unknown' as const);
        }
        const known = await deviceRows.byPublicKey(trx, request.publicKey);
        if (known !== undefined && known.token_id === token.id && known.revoked_at === null) {
          return ok({ deviceId: known.id, superseded: [] as readonly string[] });
        }
        if (token.withdrawn_at !== null) return err('enrolment_withdrawn' as const);
        if (token.expires_at <= clock.now()) return err('enrolment_expired' as const);
        if (token.used >= token.uses) return err('enrolment_used_up' as const);
        // A key that another token enrolled is not taken over.
        if (known !== undefined) return err('enrolment_unknown' as const);

        const deviceId = random.id();
        await deviceRows.countUse(trx, token.id);
        await deviceRows.insert(trx, {
          id: deviceId,
          public_key: request.publicKey,
          hardware_id: storable(request.hardwareId),
          machine: storable(request.machine),
          platform: request.platform,
          agent_version: storable(request.agentVersion),
          site: token.site,
          audience: token.audience,
          token_id: token.id,
          enrolled_at: clock.now(),
          revoked_at: null,
          revoked_reason: null,
          superseded_by: null,
          last_seen_at: null,
          policy_received: null,
          policy_applied: null,
          health: '[]',
          queue: null,
          known_sequence: 0,
        });
        const superseded = await deviceRows.supersede(trx, storable(request.hardwareId), deviceId);
        const detail = { tokenId: token.id, superseded };
        await audit.write(trx, {
          actor: `device:${deviceId}`,
          action: 'device_enrolled',
          subject: deviceId,
          detail,
        });
        return ok({ deviceId, superseded });
      });
      if (!outcome.ok) return outcome;
      const { deviceId, superseded } = outcome.value;
      for (const id of superseded) bus.publish({ kind: 'device_revoked', id });
      bus.publish({ kind: 'device', id: deviceId });
      return ok({ deviceId });
    },
  };
}
