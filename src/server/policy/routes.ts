import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  AGENT_PATHS,
  type AgentEvent,
  type Audience,
  errorResponseSchema,
  policyResponseSchema,
} from '#contract';
import type { App, EventStreams, Hook } from '../http/index.ts';
import type { Policies } from './service.ts';

export interface PolicyRouteDeps {
  readonly policies: Policies;
  readonly guard: Hook;
  readonly streams: Pick<EventStreams, 'open'>;
  /** The device behind a guarded request. */
  readonly deviceOf: (request: FastifyRequest) => { readonly id: string; readonly audience: Audience };
  /** Whether a device may still listen. */
  readonly isActive: (deviceId: string) => Promise<boolean>;
  /** Calls back when a device may have been revoked. */
  readonly onDevicesChanged: (listener: () => void) => { dispose(): void | Promise<void> };
}

/** The signed policy by ETag, and the stream that says when there is another one. */
export function policyRoutes(app: App, deps: PolicyRouteDeps): void {
  const { policies, guard, streams, deviceOf } = deps;

  app.get(
    AGENT_PATHS.policy,
    {
      preValidation: guard,
      schema: {
        summary: "The school's signed policy, with the key to seal to",
        tags: ['agent'],
        response: { 200: policyResponseSchema, 304: z.null(), '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const { jws, etag } = await policies.forAudience(deviceOf(request).audience);
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null);
      return { policy: jws };
    },
  );

  app.get(
    AGENT_PATHS.events,
    { preValidation: guard, schema: { summary: 'Server-sent events for a device', tags: ['agent'] } },
    async (request, reply) => {
      const device = deviceOf(request);
      const stream = streams.open(reply);
      const tell = async () => {
        const { etag } = await policies.forAudience(device.audience);
        stream.send({ kind: 'policy', etag } satisfies AgentEvent);
      };
      const changes = policies.onChange(() => void tell().catch(stream.close));
      const revocations = deps.onDevicesChanged(() => {
        deps.isActive(device.id).then((active) => active || stream.close(), stream.close);
      });
      stream.onClose(() => {
        void changes.dispose();
        void revocations.dispose();
      });
      // The state at the start, so that a change while the device was away is noticed at once.
      await tell().catch(stream.close);
    },
  );
}
