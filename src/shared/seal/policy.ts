import { CompactSign, compactVerify } from 'jose';
import { type Policy, policySchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import { fromUtf8, utf8 } from './bytes.ts';
import { importSigningKey, importVerifyingKey } from './signing.ts';
import type { SigningKey } from './types.ts';

const TYPE = 'lapwing-policy';

/** `wrong_signature`: not signed by this school, or changed. `damaged`: no JWS. `invalid`: signed, but no policy. */
export interface PolicyFailure {
  readonly kind: 'damaged' | 'wrong_signature' | 'invalid';
  /** For a technician; never the document's content. */
  readonly message: string;
}

/** Signs a policy: a compact JWS (EdDSA), type `lapwing-policy`, over its UTF-8 JSON. */
export async function signPolicy(policy: Policy, key: Pick<SigningKey, 'privateKey'>): Promise<string> {
  return new CompactSign(utf8(JSON.stringify(policy)))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE })
    .sign(await importSigningKey(key));
}

/** Verifies, then parses. `policyKey` is the school's raw Ed25519 public key, base64url, from the enrolment token. */
export async function verifyPolicy(
  signed: string,
  policyKey: string,
): Promise<Result<Policy, PolicyFailure>> {
  const key = await importVerifyingKey(policyKey);
  if (key === null)
    return err({
      kind: 'wrong_signature',
      message: "The school's policy key is not an Ed25519 key.",
    });
  const text = signed.trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) {
    return err({
      kind: 'damaged',
      message: 'The policy is not a complete signed document.',
    });
  }
  let document: unknown;
  try {
    const { payload, protectedHeader } = await compactVerify(text, key, {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== TYPE)
      return err({
        kind: 'invalid',
        message: 'The signed document is not a policy.',
      });
    document = JSON.parse(fromUtf8(payload));
  } catch {
    return err({
      kind: 'wrong_signature',
      message: "The policy's signature is not this school's, or the policy was changed.",
    });
  }
  const policy = policySchema.safeParse(document);
  if (policy.success) return ok(policy.data);
  const where = policy.error.issues[0]?.path.join('.') ?? '';
  return err({
    kind: 'invalid',
    message: `The policy does not have the form this agent understands, at "${where}".`,
  });
}
