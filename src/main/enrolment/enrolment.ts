/**
 * Makes this machine known to its school's server.
 *
 * Invariants
 * - The device's private key is made here, and is kept by the system's key vault only. Without a vault nothing is
 *   enrolled, except in development.
 * - A token is spent once for this machine, even if the answer is lost or the agent is killed in between: the key is
 *   kept before it is sent, and the same key with the same token gives the same device.
 * - The sealing key only gets newer, also over a second enrolment at the same school.
 * - What a technician reads when it fails says what to do.
 */
import type { z } from 'zod';
import {
  AGENT_PATHS,
  type ErrorCode,
  type enrolRequestSchema,
  enrolResponseSchema,
  errorResponseSchema,
  type IssuedIntakeKey,
} from '#contract';
import { err, ok, parseJson, type Result, type Timers } from '#kernel';
import { createSigningKey, type EnrolmentToken, parseEnrolmentToken } from '#seal';
import type { Http, KeyVault, SessionFacts } from '../ports/index.ts';
import { identitySchema, pendingSchema, type StoredIdentity } from './identity.ts';

/** Who this device is, ready to use. */
export interface Identity extends Omit<StoredIdentity, 'publicKey' | 'privateKey' | 'version'> {
  readonly deviceKey: { readonly publicKey: string; readonly privateKey: Uint8Array };
}

export interface EnrolFailure {
  /** For health and for scripts. */
  readonly code: string;
  /** For the technician. */
  readonly message: string;
  /** The same token may do later. */
  readonly passing: boolean;
}

export interface Enrolment {
  /** The identity kept from an earlier enrolment, or null. */
  load(): Promise<Result<Identity | null, EnrolFailure>>;
  /** Enrols with this token; an earlier enrolment of this machine is superseded. */
  enrol(tokenText: string): Promise<Result<Identity, EnrolFailure>>;
  /** Keeps the school's new sealing key in place of an older one. False where the vault could not be written. */
  saveIntakeKey(key: IssuedIntakeKey): Promise<boolean>;
}

export interface EnrolmentDeps {
  readonly vault: KeyVault;
  /** HTTP that trusts this CA alone, or the system's where it is null. */
  readonly connect: (caPem: string | null) => Pick<Http, 'send'>;
  readonly facts: () => Promise<Pick<SessionFacts, 'machine' | 'hardwareId'>>;
  readonly timers: Pick<Timers, 'now'>;
}

export interface EnrolmentOptions {
  readonly platform: z.infer<typeof enrolRequestSchema>['platform'];
  readonly agentVersion: string;
  /** Accepts a vault that keeps secrets in the clear. Never true in a packaged agent. */
  readonly development: boolean;
}

const IDENTITY = 'identity';
const PENDING = 'identity-pending';
const TIMEOUT_MS = 20_000;
const MAX_SPENT_TOKENS = 20;

const REASONS: { readonly [Code in ErrorCode]?: string } = {
  enrolment_unknown: 'The server did not make this token, or it was changed. Make a new one on the server.',
  enrolment_expired: 'The token has expired. Make a new one on the server.',
  enrolment_used_up: 'The token has been used as often as it may be. Make a new one on the server.',
  enrolment_withdrawn: 'The token was withdrawn. Make a new one on the server.',
};

export function createEnrolment(deps: EnrolmentDeps, options: EnrolmentOptions): Enrolment {
  const { vault, timers } = deps;
  /** One change of the identity at a time: each reads what the one before has written. */
  let lastChange: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(change: () => Promise<Value>): Promise<Value> {
    const done = lastChange.then(change);
    lastChange = done.catch(() => undefined);
    return done;
  }

  function checkVault(): Result<null, EnrolFailure> {
    if (vault.protection === 'system' || options.development) return ok(null);
    return err({
      code: 'no_key_vault',
      message:
        "This system has no key vault, so the device's key cannot be kept safe. On Linux install and unlock a keyring.",
      passing: true,
    });
  }

  async function readStored(): Promise<StoredIdentity | null> {
    const bytes = await vault.read(IDENTITY);
    if (bytes === null) return null;
    const stored = identitySchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
    return stored.success ? stored.data : null;
  }

  async function keyFor(token: EnrolmentToken) {
    const bytes = await vault.read(PENDING);
    const pending = pendingSchema.safeParse(
      bytes === null ? null : parseJson(new TextDecoder().decode(bytes)),
    );
    if (pending.success && pending.data.tokenId === token.tokenId) return pending.data;
    const key = await createSigningKey();
    const made = {
      tokenId: token.tokenId,
      publicKey: key.publicKey,
      privateKey: Buffer.from(key.privateKey).toString('base64url'),
    };
    await vault.write(PENDING, toJson(made));
    return made;
  }

  async function ask(token: EnrolmentToken, publicKey: string): Promise<Result<string, EnrolFailure>> {
    const { machine, hardwareId } = await deps.facts();
    const { tokenId, tokenSecret } = token;
    const { platform, agentVersion } = options;
    const outcome = await deps.connect(token.caPem).send({
      method: 'POST',
      url: token.serverUrl.replace(/\/+$/, '') + AGENT_PATHS.enrol,
      headers: { 'content-type': 'application/json' },
      body: toJson({ tokenId, tokenSecret, publicKey, machine, hardwareId, platform, agentVersion }),
      timeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    if (outcome.kind === 'unreachable') {
      return err({
        code: 'server_unreachable',
        message: `The server at ${new URL(token.serverUrl).host} does not answer (${outcome.reason}). Check the address, the network and the firewall; the agent tries again.`,
        passing: true,
      });
    }
    const answer = enrolResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
    if (outcome.status === 200 && answer.success) return ok(answer.data.deviceId);
    const told = errorResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
    const code = told.data?.error.code;
    const reason = code === undefined ? undefined : REASONS[code];
    if (code !== undefined && reason !== undefined) return err({ code, message: reason, passing: false });
    return err({
      code: code ?? `status_${outcome.status}`,
      message: `The server at ${new URL(token.serverUrl).host} answered ${outcome.status}. If that is not the Lapwing server, correct the token's address; otherwise see the server's log.`,
      passing: true,
    });
  }

  return {
    async load() {
      const stored = await readStored();
      if (stored === null) return ok(null);
      const allowed = checkVault();
      return allowed.ok ? ok(toIdentity(stored)) : allowed;
    },

    enrol: (tokenText) => inTurn(() => enrol(tokenText)),

    saveIntakeKey: (intakeKey) =>
      inTurn(async () => {
        const stored = await readStored();
        if (stored !== null && stored.intakeKey.version < intakeKey.version)
          await vault.write(IDENTITY, toJson({ ...stored, intakeKey }));
        return true;
      }).catch(() => false),
  };

  async function enrol(tokenText: string): Promise<Result<Identity, EnrolFailure>> {
    const allowed = checkVault();
    if (!allowed.ok) return allowed;
    const parsed = await parseEnrolmentToken(tokenText);
    if (!parsed.ok)
      return err({ code: `token_${parsed.error.kind}`, message: parsed.error.message, passing: false });
    const token = parsed.value;
    const key = await keyFor(token);
    const asked = await ask(token, key.publicKey);
    if (!asked.ok) return asked;
    const { serverUrl, caPem, policyKey, intakeKey, tokenId } = token;
    const { publicKey, privateKey } = key;
    const earlier = await readStored();
    const spent = earlier === null ? [] : [earlier.tokenId, ...earlier.spentTokenIds];
    const stored: StoredIdentity = {
      version: 1,
      deviceId: asked.value,
      serverUrl,
      caPem,
      policyKey,
      intakeKey: newest(intakeKey, earlier?.policyKey === policyKey ? earlier.intakeKey : null),
      publicKey,
      privateKey,
      tokenId,
      spentTokenIds: spent.filter((id) => id !== tokenId).slice(0, MAX_SPENT_TOKENS),
      enrolledAt: timers.now(),
    };
    await vault.write(IDENTITY, toJson(stored));
    await vault.remove(PENDING);
    return ok(toIdentity(stored));
  }
}

function newest(key: IssuedIntakeKey, other: IssuedIntakeKey | null): IssuedIntakeKey {
  return other !== null && other.version > key.version ? other : key;
}

function toIdentity(stored: StoredIdentity): Identity {
  const { publicKey, privateKey, version: _version, ...rest } = stored;
  return {
    ...rest,
    deviceKey: { publicKey, privateKey: new Uint8Array(Buffer.from(privateKey, 'base64url')) },
  };
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
