import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  BACKGROUND_HEADER,
  CONSOLE_PATHS,
  decisionRequestSchema,
  errorResponseSchema,
  idSchema,
  itemResponseSchema,
  queueQuerySchema,
  queueResponseSchema,
} from '#contract';
import { type App, type Hook, sendError } from '../http/index.ts';
import type { Review, Reviewer } from './service.ts';

export interface ReviewRouteDeps {
  readonly review: Review;
  readonly personOf: (request: FastifyRequest) => Reviewer;
  readonly guards: {
    /** May see evidence; asking does not count as activity unless it is for another page. */
    readonly list: Hook;
    /** May see evidence; asking counts as activity. */
    readonly view: Hook;
    /** May take part in deciding; which decisions is for the service. */
    readonly decide: Hook;
  };
}

/** The queue, an item, its picture, and what is decided about it. */
export function reviewRoutes(app: App, { review, personOf, guards }: ReviewRouteDeps): void {
  const params = z.object({ id: idSchema });
  const path = `${CONSOLE_PATHS.items}/:id`;
  const tags = ['console'];

  app.get(
    CONSOLE_PATHS.queue,
    {
      onRequest: guards.list,
      schema: {
        summary: 'What asks for a judgement, worst first',
        tags,
        querystring: queueQuerySchema,
        response: { 200: queueResponseSchema, '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const queue = await review.queue(personOf(request), request.query);
      reply.header('cache-control', 'no-store');
      if (queue.ok) return queue.value;
      return sendError(reply, 'invalid_input', {
        issues: [{ path: 'after', message: 'is not a cursor of the queue' }],
      });
    },
  );

  app.get(
    path,
    {
      onRequest: guards.view,
      schema: {
        summary: 'One item with its history',
        tags,
        params,
        response: { 200: itemResponseSchema, '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const deliberate = request.headers[BACKGROUND_HEADER] === undefined;
      const item = await review.item(personOf(request), request.params.id, deliberate);
      reply.header('cache-control', 'no-store');
      return item ?? sendError(reply, 'not_found');
    },
  );

  app.get(
    `${path}/screenshot`,
    {
      onRequest: guards.view,
      schema: { summary: "The item's picture; every look is written down", tags, params },
    },
    async (request, reply) => {
      const picture = await review.screenshot(personOf(request), request.params.id);
      if (picture === null) return sendError(reply, 'not_found');
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'inline')
        .type(picture.mediaType)
        .send(Buffer.from(picture.bytes));
    },
  );

  app.post(
    `${path}/decision`,
    {
      onRequest: guards.decide,
      bodyLimit: 50_000,
      schema: {
        summary: 'Decide about an item',
        tags,
        params,
        body: decisionRequestSchema,
        response: { 204: z.null(), '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const outcome = await review.decide(personOf(request), request.params.id, request.body);
      if (outcome.ok) return reply.code(204).send(null);
      if (outcome.error !== 'note_missing') return sendError(reply, outcome.error);
      return sendError(reply, 'invalid_input', { issues: [{ path: 'note', message: 'say what was done' }] });
    },
  );
}
