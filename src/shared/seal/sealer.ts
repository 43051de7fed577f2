import type { Envelope, IntakeKey } from '#contract';
import type { Clock } from '#kernel';
import { concat, sha256, toBase64url, toHex } from './bytes.ts';
import { blobContext, headBytes, recordContext, signedBytes, writeBlobHead } from './format.ts';
import { createSenderSource, createSuite, encrypt } from './hpke.ts';
import { rawPublicKey } from './intakeKey.ts';
import { importSigningKey, signBytes } from './signing.ts';
import type { Sealer, SigningKey } from './types.ts';

export interface SealerDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly deviceKey: Pick<SigningKey, 'privateKey'>;
}

export interface SealerOptions {
  readonly intakeKey: IntakeKey;
  /** How long one HPKE context is used; an hour unless told. */
  readonly contextLifetimeMs?: number;
}

const HOUR_MS = 3_600_000;

/**
 * Makes the sealer of one agent run. Its context lives an hour: whoever reads the process's memory later
 * finds nothing that opens what was sealed before.
 */
export function createSealer(deps: SealerDeps, options: SealerOptions): Sealer {
  const { clock } = deps;
  const lifetimeMs = options.contextLifetimeMs ?? HOUR_MS;
  const suite = createSuite();
  const signingKey = importSigningKey(deps.deviceKey);
  // Whoever seals first sees the failure; nobody awaits it before.
  signingKey.catch(() => undefined);
  let context = openContext(options.intakeKey);

  function openContext(intakeKey: IntakeKey) {
    const source = createSenderSource(suite, rawPublicKey(intakeKey));
    source.catch(() => undefined);
    return { intakeKey, openedAtMs: clock.monotonic(), source };
  }

  async function currentContext() {
    if (clock.monotonic() - context.openedAtMs >= lifetimeMs) context = openContext(context.intakeKey);
    const { intakeKey, source } = context;
    return { keyId: intakeKey.keyId, source: await source };
  }

  return {
    async sealRecord(head, plain): Promise<Envelope> {
      const { keyId, source } = await currentContext();
      const encapsulated = toBase64url(source.encapsulated);
      const unsealed = { ...head, version: 1, keyId, encapsulated } as const;
      const bytes = headBytes(unsealed);
      const key = await source.secret(recordContext(head.id));
      const ciphertext = toBase64url(await encrypt(key, plain, bytes));
      const signature = await signBytes(await signingKey, signedBytes(bytes, ciphertext));
      return { ...unsealed, ciphertext, signature };
    },

    async sealBlob(recordId, plain) {
      const { keyId, source } = await currentContext();
      const head = writeBlobHead({ keyId, encapsulated: source.encapsulated });
      const key = await source.secret(blobContext(recordId));
      const bytes = concat(head, await encrypt(key, plain, head));
      return { sha256: toHex(await sha256(bytes)), bytes };
    },

    useIntakeKey(key) {
      const { keyId, publicKey } = context.intakeKey;
      if (key.keyId !== keyId || key.publicKey !== publicKey) context = openContext(key);
    },
  };
}
