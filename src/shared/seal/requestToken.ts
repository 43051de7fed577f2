import { decodeJwt, errors as joseErrors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { idSchema } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import { sha256, toBase64url } from './bytes.ts';
import { importSigningKey, type VerifyingKey } from './signing.ts';
import type { RequestBinding, RequestClaims, RequestTokenFailure, SigningKey } from './types.ts';

/** How long a token is good for after it was made. */
export const REQUEST_TOKEN_LIFETIME_MS = 60_000;
/** How far the two clocks may be apart; beyond it the server answers `401 clock` and the agent corrects itself. */
export const REQUEST_TOKEN_SKEW_MS = 60_000;

const AUDIENCE = 'lapwing-agent-api';
const EMPTY = new Uint8Array(0);

const claimsSchema = z.object({
  sub: idSchema,
  jti: idSchema,
  iat: z.number(),
  exp: z.number(),
  /** Method, path with query, and SHA-256 of the body (base64url; of no bytes where there is no body). */
  htm: z.string(),
  htu: z.string(),
  bsh: z.string(),
});

export interface RequestSignerDeps {
  /** The server's time as far as it is known. */
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
}

/** Makes the token of one request: a JWT (EdDSA) bound to method, path and body, good for one minute. */
export function createRequestSigner(
  deps: RequestSignerDeps,
  identity: {
    readonly deviceId: string;
    readonly deviceKey: Pick<SigningKey, 'privateKey'>;
  },
): (binding: RequestBinding) => Promise<string> {
  const signingKey = importSigningKey(identity.deviceKey);
  signingKey.catch(() => undefined);
  return async (binding) => {
    const issuedAt = Math.floor(deps.clock.now() / 1000);
    return new SignJWT({
      htm: binding.method,
      htu: binding.path,
      bsh: toBase64url(await sha256(binding.body ?? EMPTY)),
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setSubject(identity.deviceId)
      .setAudience(AUDIENCE)
      .setJti(deps.newId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + REQUEST_TOKEN_LIFETIME_MS / 1000)
      .sign(await signingKey);
  };
}

/** The device a token claims to be of, before anything is verified: only for finding its key. */
export function claimedDeviceId(token: string): string | null {
  try {
    return idSchema.safeParse(decodeJwt(token).sub).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Checks the token of one request against the device's key and what was really sent. The caller refuses
 * token ids it has seen (`tokenId`, until `expiresAtMs` plus the skew).
 */
export async function verifyRequestToken(
  token: string,
  key: VerifyingKey,
  binding: RequestBinding,
  nowMs: number,
): Promise<Result<RequestClaims, RequestTokenFailure>> {
  let payload: unknown;
  try {
    const verified = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
      clockTolerance: REQUEST_TOKEN_SKEW_MS / 1000,
    });
    payload = verified.payload;
  } catch (failure) {
    if (failure instanceof joseErrors.JWSSignatureVerificationFailed) return err({ kind: 'wrong_signature' });
    if (failure instanceof joseErrors.JWTExpired) return err({ kind: 'clock' });
    return err({ kind: 'malformed' });
  }
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) return err({ kind: 'malformed' });
  const { sub, jti, iat, exp, htm, htu, bsh } = claims.data;
  const issuedAtMs = iat * 1000;
  const expiresAtMs = exp * 1000;
  if (issuedAtMs > nowMs + REQUEST_TOKEN_SKEW_MS) return err({ kind: 'clock' });
  if (expiresAtMs - issuedAtMs > REQUEST_TOKEN_LIFETIME_MS) return err({ kind: 'malformed' });
  const bodyHash = toBase64url(await sha256(binding.body ?? EMPTY));
  if (htm !== binding.method || htu !== binding.path || bsh !== bodyHash) return err({ kind: 'not_bound' });
  return ok({ deviceId: sub, tokenId: jti, issuedAtMs, expiresAtMs });
}
