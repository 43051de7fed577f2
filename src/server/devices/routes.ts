import {
  AGENT_PATHS,
  CONSOLE_PATHS,
  devicesResponseSchema,
  enrolRequestSchema,
  enrolResponseSchema,
  errorResponseSchema,
  heartbeatRequestSchema,
  heartbeatResponseSchema,
} from '#contract';
import type { Clock } from '#kernel';
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
}

/** What a device asks about itself. */
export function agentDeviceRoutes(app: App, deps: AgentDeviceRouteDeps): void {
  const { enrolment, devices, guard, policyEtag, clock } = deps;

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
        response: { 200: heartbeatResponseSchema, '4xx': errorResponseSchema },
      },
    },
    async (request) => {
      const device = deviceOf(request);
      await devices.heartbeat(device.id, request.body);
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
