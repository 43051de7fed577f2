import { z } from 'zod';
import { base64urlSchema, issuedIntakeKeySchema } from '#contract';
import { err, isLoopback, ok, parseJson, type Result } from '#kernel';
import { fromBase64url, sha256, toBase64url, utf8 } from './bytes.ts';

const serverUrlSchema = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = new URL(text);
  return url.protocol === 'https:' || isLoopback(url.hostname);
}, 'expected https, or http to this machine itself');

/** What an enrolment token carries: where to go, whom to trust, what to seal to. */
export const enrolmentTokenSchema = z.object({
  version: z.literal(1),
  tokenId: z.string().min(1).max(64),
  tokenSecret: z.string().min(1).max(128),
  /** `https://...`, or `http://127.0.0.1:...` in development. */
  serverUrl: serverUrlSchema,
  /** The school's CA certificate (PEM), or null where a public CA or loopback is used. */
  caPem: z.string().max(20_000).nullable(),
  /** Ed25519 public key that signs policies, raw, base64url. */
  policyKey: base64urlSchema.length(43),
  intakeKey: issuedIntakeKeySchema,
});
export type EnrolmentToken = z.infer<typeof enrolmentTokenSchema>;

/** Why a token cannot be used, in a sentence for the technician who pasted it. */
export interface TokenFailure {
  readonly kind: 'not_a_token' | 'newer_version' | 'damaged' | 'invalid';
  readonly message: string;
}

const PREFIX = 'lapwing';
const CHECK_LENGTH = 8;

/**
 * Writes a token as one line that survives e-mail and shells: `lapwing1.` base64url of the JSON `.` check,
 * the check being the first 8 characters of the base64url SHA-256 of what stands before its point.
 */
export async function encodeEnrolmentToken(token: EnrolmentToken): Promise<string> {
  const body = `${PREFIX}1.${toBase64url(utf8(JSON.stringify(token)))}`;
  return `${body}.${await checkOf(body)}`;
}

/** Reads such a line; white space around and inside it (a wrapped line) does no harm. */
export async function parseEnrolmentToken(text: string): Promise<Result<EnrolmentToken, TokenFailure>> {
  const compact = text.replace(/\s+/g, '');
  const version = /^lapwing(\d+)\./.exec(compact)?.[1];
  if (version === undefined) {
    return err({
      kind: 'not_a_token',
      message: 'This is not a Lapwing enrolment token: those begin with "lapwing1.".',
    });
  }
  if (version !== '1') {
    return err({
      kind: 'newer_version',
      message: `The token is of version ${version}; this agent is older. Update the agent.`,
    });
  }
  const lastPoint = compact.lastIndexOf('.');
  const body = compact.slice(0, lastPoint);
  if (compact.slice(lastPoint + 1) !== (await checkOf(body))) {
    return err({
      kind: 'damaged',
      message: 'The token is incomplete or was changed. Copy all of it, from "lapwing1." to its end.',
    });
  }
  const bytes = fromBase64url(body.slice(body.indexOf('.') + 1));
  const token = enrolmentTokenSchema.safeParse(
    bytes === null ? null : parseJson(new TextDecoder().decode(bytes)),
  );
  if (token.success) return ok(token.data);
  const issue = token.error.issues[0];
  return err({
    kind: 'invalid',
    message: `The token's "${issue?.path.join('.') ?? ''}" is wrong: ${issue?.message ?? 'unknown'}.`,
  });
}

async function checkOf(body: string): Promise<string> {
  return toBase64url(await sha256(utf8(body))).slice(0, CHECK_LENGTH);
}
