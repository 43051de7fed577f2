import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, idSchema } from '#contract';
import type { Clock } from '#kernel';
import {
  claimedDeviceId,
  importVerifyingKey,
  REQUEST_TOKEN_SKEW_MS,
  type VerifyingKey,
  verifyRequestToken,
} from '#seal';
import { type Hook, sendError } from '../http/index.ts';
import type { Db } from '../store/index.ts';
import type { ReplayGuard } from './replay.ts';
import { type DeviceRow, deviceRows } from './repository.ts';

/** The device behind a request, and its key ready to verify with. */
export interface KnownDevice extends Pick<DeviceRow, 'id' | 'audience'> {
  readonly key: VerifyingKey;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of an agent route. */
    device: KnownDevice | null;
    /** The body's bytes as they came, for the request token's digest. */
    rawBody: Uint8Array | null;
  }
}

export interface DeviceGuardDeps {
  readonly db: Db;
  readonly clock: Pick<Clock, 'now'>;
  readonly replay: ReplayGuard;
}

/** Imported keys kept ready; one is about a hundred bytes. */
const MAX_KEYS = 20_000;

/** Makes the hook that lets only enrolled devices in: signature, binding, time, replay, revocation, in this order. */
export function createDeviceGuard(deps: DeviceGuardDeps): Hook {
  const { db, clock, replay } = deps;
  const keys = new Map<string, VerifyingKey>();

  async function keyOf(publicKey: string): Promise<VerifyingKey | null> {
    let key = keys.get(publicKey) ?? null;
    if (key !== null) return key;
    key = await importVerifyingKey(publicKey);
    if (key === null) return null;
    if (keys.size >= MAX_KEYS) keys.delete(keys.keys().next().value ?? '');
    keys.set(publicKey, key);
    return key;
  }

  async function check(request: FastifyRequest): Promise<KnownDevice | ErrorCode> {
    const token = /^Bearer ([\w.-]{1,4000})$/.exec(request.headers.authorization ?? '')?.[1];
    const deviceId = token === undefined ? null : claimedDeviceId(token);
    if (token === undefined || deviceId === null || !idSchema.safeParse(deviceId).success)
      return 'bad_request_token';
    const row = await deviceRows.byId(db, deviceId);
    const key = row === undefined ? null : await keyOf(row.public_key);
    if (row === undefined || key === null) return 'unknown_device';
    const binding = { method: request.method, path: request.url, body: request.rawBody };
    const claims = await verifyRequestToken(token, key, binding, clock.now());
    if (!claims.ok) return claims.error.kind === 'clock' ? 'clock_skew' : 'bad_request_token';
    const { tokenId, expiresAtMs } = claims.value;
    if (!(await replay.firstUse(tokenId, expiresAtMs + REQUEST_TOKEN_SKEW_MS))) return 'replayed';
    if (row.revoked_at !== null) return 'device_revoked';
    if (row.superseded_by !== null) return 'device_superseded';
    return { id: row.id, audience: row.audience, key };
  }

  return async (request: FastifyRequest, reply: FastifyReply) => {
    const device = await check(request);
    if (typeof device === 'string') await sendError(reply, device, { serverTime: clock.now() });
    else request.device = device;
  };
}

/** The device of a guarded request. A route without a guard that asks is a bug. */
export function deviceOf(request: FastifyRequest): KnownDevice {
  if (request.device === null) throw new Error('this route has no guard');
  return request.device;
}
