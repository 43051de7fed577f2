import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  AGENT_PATHS,
  envelopesRequestSchema,
  envelopesResponseSchema,
  errorResponseSchema,
  MAX_BATCH_BYTES,
  MAX_BLOB_BYTES,
  sha256Schema,
} from '#contract';
import type { Clock } from '#kernel';
import type { VerifyingKey } from '#seal';
import { type App, type Hook, parseJsonBody, sendError } from '../http/index.ts';
import type { Ingest } from './service.ts';

export interface IngestRouteDeps {
  readonly ingest: Ingest;
  readonly guard: Hook;
  readonly deviceOf: (request: FastifyRequest) => { readonly id: string; readonly key: VerifyingKey };
  readonly clock: Pick<Clock, 'now'>;
}

/** Room for the JSON around a batch's envelopes. */
const BATCH_FRAME_BYTES = 100_000;
const RETRY_AFTER_SECONDS = 2;

/** Where records and screenshots come in. */
export function ingestRoutes(app: App, deps: IngestRouteDeps): void {
  const { ingest, guard, deviceOf, clock } = deps;

  app.post(
    AGENT_PATHS.envelopes,
    {
      preValidation: [guard, parseJsonBody],
      bodyLimit: MAX_BATCH_BYTES + BATCH_FRAME_BYTES,
      schema: {
        summary: 'A batch of sealed records, most urgent first',
        tags: ['agent'],
        body: envelopesRequestSchema,
        response: { 200: envelopesResponseSchema, '4xx': errorResponseSchema, 503: errorResponseSchema },
      },
    },
    async (request, reply) => {
      const outcome = await ingest.takeIn(
        deviceOf(request),
        request.body.envelopes,
        request.rawBody?.length ?? 0,
      );
      const serverTime = clock.now();
      if (outcome.ok) return { ...outcome.value, serverTime };
      const retryAfterSeconds = outcome.error === 'overloaded' ? RETRY_AFTER_SECONDS : undefined;
      return sendError(reply, outcome.error, { serverTime, retryAfterSeconds });
    },
  );

  app.put(
    `${AGENT_PATHS.blobs}/:sha256`,
    {
      preValidation: guard,
      bodyLimit: MAX_BLOB_BYTES,
      schema: {
        summary: 'A sealed screenshot, as application/octet-stream',
        tags: ['agent'],
        params: z.object({ sha256: sha256Schema }),
        response: { 204: z.null(), '4xx': errorResponseSchema, 503: errorResponseSchema },
      },
    },
    async (request, reply) => {
      const bytes = request.rawBody ?? new Uint8Array();
      const outcome = await ingest.takeInBlob(deviceOf(request).id, request.params.sha256, bytes);
      if (outcome.ok) return reply.code(204).send(null);
      const retryAfterSeconds = outcome.error === 'overloaded' ? RETRY_AFTER_SECONDS : undefined;
      return sendError(reply, outcome.error, { serverTime: clock.now(), retryAfterSeconds });
    },
  );
}
