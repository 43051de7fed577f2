import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONSOLE_PATHS, errorResponseSchema, type Me, meSchema, signInRequestSchema } from '#contract';
import { type App, sendError } from '../http/index.ts';
import { type ConsoleGuard, personOf, requireConsole, SESSION_COOKIE } from './guard.ts';
import type { Accounts, Person } from './service.ts';

export interface SessionRouteDeps {
  readonly accounts: Accounts;
  readonly guard: ConsoleGuard;
  readonly school: () => Me['school'];
  /** Whether a request came over TLS, so that its cookie must only travel so. */
  readonly isSecure: (request: FastifyRequest) => boolean;
}

/** Signing in and out, and who one is. */
export function sessionRoutes(app: App, deps: SessionRouteDeps): void {
  const { accounts, guard, school, isSecure } = deps;
  const path = CONSOLE_PATHS.session;
  const meOf = ({ username, displayName, role, permissions }: Person): Me => ({
    username,
    displayName,
    role,
    permissions: [...permissions],
    school: school(),
  });

  app.post(
    path,
    {
      onRequest: requireConsole,
      bodyLimit: 10_000,
      schema: {
        summary: 'Sign in',
        tags: ['console'],
        body: signInRequestSchema,
        response: { 200: meSchema, '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const previousSecret = request.cookies[SESSION_COOKIE] ?? null;
      const outcome = await accounts.signIn({ ...request.body, address: request.ip, previousSecret });
      if (!outcome.ok) {
        const { error } = outcome;
        if (error.kind === 'sign_in_failed') return sendError(reply, error.kind);
        return sendError(reply, error.kind, { retryAfterSeconds: Math.ceil(error.retryAfterMs / 1000) });
      }
      const { secret, person } = outcome.value;
      reply.setCookie(SESSION_COOKIE, secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure(request),
      });
      return meOf(person);
    },
  );

  app.get(
    path,
    {
      onRequest: guard({ permission: null, deliberate: false }),
      schema: {
        summary: 'Who is signed in',
        tags: ['console'],
        response: { 200: meSchema, '4xx': errorResponseSchema },
      },
    },
    async (request) => meOf(personOf(request)),
  );

  app.put(
    path,
    {
      onRequest: guard({ permission: null, deliberate: true }),
      schema: {
        summary: 'Somebody is at the keyboard: keeps the session alive',
        tags: ['console'],
        response: { 204: z.null(), '4xx': errorResponseSchema },
      },
    },
    async (_request, reply) => reply.code(204).send(null),
  );

  app.delete(
    path,
    {
      onRequest: requireConsole,
      schema: {
        summary: 'Sign out',
        tags: ['console'],
        response: { 204: z.null(), '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const secret = request.cookies[SESSION_COOKIE];
      if (secret !== undefined) await accounts.signOut(secret);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
}
