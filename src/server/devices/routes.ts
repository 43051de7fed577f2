import {
  AGENT_PATHS,
  CONSOLE_PATHS,
  devicesResponseSchema,
  enrolRequestSchema,
  enrolResponseSchema,
  errorResponseSchema,
  heartbeatRequestSchema,
  heartbeatResponseSchema,
  priorityRank,
} from '#contract';
import type { Clock, Disposable, Result } from '#kernel';
import { type App, type Hook, parseJsonBody, sendError } from '../http/index.ts';
import type { Enrolment } from './enrolment.ts';
import { deviceOf, type KnownDevice } from './guard.ts';
import type { Devices } from './service.ts';

export interface AgentDeviceRouteDeps {
  readonly enrolment: Pick<Enrolment, 'enrol'>;
  readonly devices: Pick<Devices, 'heartbeat'>;
  readonly guard: Hook;
  readonly policyEtag: (device: KnownDevice) => Promise<string>;
  readonly clock: Pick<Clock, 'now'>;
  /** The door that batches go through as well; a heartbeat comes behind all of them. */
  readonly door: {
    enter(ticket: { rank: number; bytes: number }): Promise<Result<Disposable, 'overloaded'>>;
  };
}

const HEARTBEAT_RANK = priorityRank('health');
const RETRY_AFTER_SECONDS = 30;

/** What a device asks about itself. */
export function agentDeviceRoutes(app: App, deps: AgentDeviceRouteDeps): void {
  const { enrolment, devices, guard, policyEtag, clock, door } = deps;

  app.post(
    AGENT_PATHS.enrol,
    {
      preValidation: parseJsonBody,
      bodyLimit: 20_000,
      schema: {
        summary: 'Take a device in by a one-time token',
        tags: ['agent'],
        body: enrolRequestSchema,
        response: { 200: enrolResponseSchema, '4xx': errorResponseSchema },
      },
    },
    async (request, reply) => {
      const outcome = await enrolment.enrol(request.body);
      const serverTime = clock.now();
      if (!outcome.ok) return sendError(reply, outcome.error, { serverTime });
      return { deviceId: outcome.value.deviceId, serverTime };
    },
  );

  app.post(
    AGENT_PATHS.heartbeat,
    {
      preValidation: [guard, parseJsonBody],
      bodyLimit: 200_000,
      schema: {
        summary: 'State of a device',
        tags: ['agent'],
        body: heartbeatRequestSchema,
        response: { 200: heartbeatResponseSchema, '4xx': errorResponseSchema, 503: errorResponseSchema },
      },
    },
    async (request, reply) => {
      const device = deviceOf(request);
      const entry = await door.enter({ rank: HEARTBEAT_RANK, bytes: request.rawBody?.length ?? 0 });
      if (!entry.ok) {
        return sendError(reply, entry.error, {
          serverTime: clock.now(),
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
      try {
        await devices.heartbeat(device.id, request.body);
      } finally {
        await entry.value.dispose();
      }
      return { policyEtag: await policyEtag(device), serverTime: clock.now() };
    },
  );
}

/** The machines as the console shows them. */
export function consoleDeviceRoutes(
  app: App,
  deps: { readonly devices: Pick<Devices, 'list'>; readonly guard: Hook },
): void {
  app.get(
    CONSOLE_PATHS.devices,
    {
      onRequest: deps.guard,
      schema: {
        summary: 'Every device with its health and gaps',
        tags: ['console'],
        response: { 200: devicesResponseSchema, '4xx': errorResponseSchema },
      },
    },
    async () => ({ devices: await deps.devices.list() }),
  );
}
