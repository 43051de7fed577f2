import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ErrorCode } from '#contract';

/** The one table from an error's code to its status and its words. Messages are for people; no evidence in them. */
const ERRORS: Record<ErrorCode, { readonly status: number; readonly message: string }> = {
  invalid_input: { status: 400, message: 'The request does not have the expected form.' },
  too_large: { status: 413, message: 'The request is too large.' },
  unsupported_media_type: { status: 415, message: 'The request has a content type that is not taken here.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  internal: { status: 500, message: 'The server failed. Its log says more.' },
  overloaded: { status: 503, message: 'The server has too much to do. Try again shortly.' },
  stopping: { status: 503, message: 'The server is stopping. Try again shortly.' },
  too_many_attempts: { status: 429, message: 'Too many attempts to sign in. Try again later.' },
  not_signed_in: { status: 401, message: 'Sign in first.' },
  session_locked: { status: 401, message: 'Locked after 20 minutes without activity. Sign in again.' },
  sign_in_failed: { status: 401, message: 'The user name or the password is wrong.' },
  csrf_missing: { status: 403, message: 'The request did not come from the console.' },
  forbidden: { status: 403, message: 'Your role does not allow this.' },
  state_changed: { status: 409, message: 'Someone else has dealt with this in the meantime.' },
  not_allowed: { status: 409, message: 'That cannot be done with this item as it is now.' },
  bad_request_token: { status: 401, message: 'The request is not properly signed by this device.' },
  clock_skew: { status: 401, message: "The device's clock is wrong; the server's time is in this answer." },
  replayed: { status: 401, message: 'This request has been made before. Sign it anew.' },
  unknown_device: { status: 401, message: 'This device is not enrolled here. Enrol it again.' },
  device_revoked: {
    status: 403,
    message: 'This device has been revoked. Ask the technician who manages it.',
  },
  device_superseded: {
    status: 403,
    message: 'This machine was enrolled again, so this older enrolment is no longer valid.',
  },
  enrolment_unknown: { status: 403, message: 'The enrolment token was not made by this server.' },
  enrolment_expired: { status: 403, message: 'The enrolment token has expired. Make a new one.' },
  enrolment_used_up: {
    status: 403,
    message: 'The enrolment token has been used as often as it may be. Make a new one.',
  },
  enrolment_withdrawn: { status: 403, message: 'The enrolment token has been withdrawn. Make a new one.' },
  blob_mismatch: { status: 400, message: 'The bytes do not have the hash of their address.' },
  blob_not_wanted: { status: 409, message: 'No record of this device names this screenshot.' },
};

export interface ErrorExtras {
  readonly message?: string | undefined;
  readonly issues?: readonly { readonly path: string; readonly message: string }[] | undefined;
  readonly serverTime?: number | undefined;
  /** Whole seconds until it is worth trying again. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Answers with an error of the table. Every error answer of the server is made here. */
export function sendError(reply: FastifyReply, code: ErrorCode, extras: ErrorExtras = {}): FastifyReply {
  const { status, message } = ERRORS[code];
  if (extras.retryAfterSeconds !== undefined) reply.header('retry-after', String(extras.retryAfterSeconds));
  const error = {
    code,
    message: extras.message ?? message,
    ...(extras.issues === undefined ? {} : { issues: extras.issues }),
    ...(extras.serverTime === undefined ? {} : { serverTime: extras.serverTime }),
  };
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send({ error });
}

const BY_FASTIFY_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_input',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_input',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_input',
};

interface ThrownError {
  readonly name?: string;
  readonly code?: string;
  readonly stack?: string;
  readonly statusCode?: number;
}

/** What of a failure may stand in the log: its kind and where, never its message, which may hold evidence. */
export function describeFailure(failure: unknown): Record<string, unknown> {
  const { name, code, stack } = (failure ?? {}) as ThrownError;
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { name, code, frames: frames?.slice(0, 8).map((line) => line.trim()) };
}

/** Makes Fastify answer every failure, expected or not, in the contract's form. */
export function installErrorHandling(app: FastifyInstance): void {
  app.setErrorHandler((failure: ThrownError, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(failure)) {
      const issues = failure.validation.slice(0, 20).map((issue) => ({
        path: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
        message: issue.message ?? 'is not valid',
      }));
      return sendError(reply, 'invalid_input', { issues });
    }
    const known = BY_FASTIFY_CODE[failure.code ?? ''];
    if (known !== undefined) return sendError(reply, known);
    if (failure.name === 'SyntaxError' && failure.statusCode === 400) {
      return sendError(reply, 'invalid_input', { issues: [{ path: '', message: 'is not JSON' }] });
    }
    if (failure.statusCode === 400) return sendError(reply, 'invalid_input');
    request.log.error(
      { failure: describeFailure(failure), route: request.routeOptions.url },
      'a request failed',
    );
    return sendError(reply, 'internal');
  });
}
