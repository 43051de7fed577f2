import type { FastifyReply, FastifyRequest } from 'fastify';
import { BACKGROUND_HEADER, CSRF_HEADER, type Permission } from '#contract';
import { type Hook, sendError } from '../http/index.ts';
import type { Accounts, Person } from './service.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of a console route. */
    person: Person | null;
  }
}

export const SESSION_COOKIE = 'lapwing_session';

export interface GuardOptions {
  /** What the person must be allowed to do; null: being signed in is enough. */
  readonly permission: Permission | null;
  /** Whether such a request shows that a person is there. Always with `BACKGROUND_HEADER` it does not. */
  readonly deliberate: boolean | ((request: FastifyRequest) => boolean);
}

/** Makes the hook that lets only the right people into a route. */
export type ConsoleGuard = (options: GuardOptions) => Hook;

/** Refuses what no page of our own console sent: another site's form or image cannot set the header. */
export async function requireConsole(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const safe = request.method === 'GET' || request.method === 'HEAD';
  if (!safe && request.headers[CSRF_HEADER] === undefined) await sendError(reply, 'csrf_missing');
}

export function createConsoleGuard({ accounts }: { readonly accounts: Accounts }): ConsoleGuard {
  return ({ permission, deliberate }) =>
    async (request, reply) => {
      await requireConsole(request, reply);
      if (reply.sent) return;
      const secret = request.cookies[SESSION_COOKIE];
      const person = secret === undefined ? null : await accounts.personOf(secret);
      if (person === null || !person.ok) {
        await sendError(reply, person === null ? 'not_signed_in' : person.error);
        return;
      }
      if (permission !== null && !person.value.permissions.includes(permission)) {
        await sendError(reply, 'forbidden');
        return;
      }
      const counts = typeof deliberate === 'function' ? deliberate(request) : deliberate;
      if (counts && request.headers[BACKGROUND_HEADER] === undefined) await accounts.touch(person.value);
      request.person = person.value;
    };
}

/** The person of a guarded request. A route without a guard that asks is a bug. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new Error('this route has no guard');
  return request.person;
}
