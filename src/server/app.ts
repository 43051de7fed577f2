import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { CONSOLE_PATHS, healthResponseSchema, MAX_BLOB_BYTES } from '#contract';
import { createDisposables, err, ok, type Result, type Timers } from '#kernel';
import {
  createAccounts,
  createConsoleGuard,
  createPasswords,
  personOf,
  sessionRoutes,
} from './accounts/index.ts';
import { createAudit } from './audit/index.ts';
import {
  agentDeviceRoutes,
  consoleDeviceRoutes,
  createDeviceGuard,
  createDevices,
  createEnrolment,
  createMemoryReplayGuard,
  createSharedReplayGuard,
  deviceOf,
  type KnownDevice,
  WATCHING_WITHIN_MS,
} from './devices/index.ts';
import {
  type App,
  createEventStreams,
  describeFailure,
  installErrorHandling,
  installSecurityHeaders,
  keepRawBodies,
  limitBodiesInFlight,
  serveConsole,
} from './http/index.ts';
import {
  type AdmissionOptions,
  createAdmission,
  createIngest,
  ingestRoutes,
  readRecord,
} from './ingest/index.ts';
import { createLiveKeyring, type KeyringFailure, type MasterKey } from './keys/index.ts';
import { liveRoutes } from './live/index.ts';
import type { Random } from './platform/random.ts';
import { createPolicies, policyRoutes } from './policy/index.ts';
import { createReview, reviewRoutes } from './review/index.ts';
import { createSequences } from './sequences/index.ts';
import type { Store } from './store/index.ts';

export interface AppDeps {
  readonly store: Store;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  /** Reads the master key with this id, if there are several; called again when keys were rotated. */
  readonly readMasterKey: (wantedId: string | null) => Promise<MasterKey>;
}

export interface AppOptions {
  readonly version: string;
  /** The built console, or null for a server without one. */
  readonly consoleFolder: string | null;
  /** The certificate (chain) and its key, PEM, or null for plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** A reverse proxy on this machine tells the client's address and whether it came over TLS. */
  readonly trustProxy: boolean;
  readonly admission?: Partial<AdmissionOptions>;
  /** Bytes of agents' requests that are received and worked on at once. */
  readonly maxBodyBytes?: number;
}

/** Enough to keep two cores busy while a commit is under way; what waits is at most some tens of megabytes. */
const ADMISSION: AdmissionOptions = { maxRunning: 16, maxWaiting: 256, maxWaitingBytes: 64_000_000 };
const MAX_BODY_BYTES = 256_000_000;
/** A request that has not arrived whole by then is ended. */
const REQUEST_TIMEOUT_MS = 60_000;
const PRUNE_INTERVAL_MS = 60_000;
const DOCS = '/docs';

/**
 * Builds the server's application, ready to `inject` or `listen`; closing it stops everything it started, but
 * not the store. Fails where the school has not been initialised or the master key is not the right one.
 */
export async function buildApp(deps: AppDeps, options: AppOptions): Promise<Result<App, KeyringFailure>> {
  const { store, timers, random, log, readMasterKey } = deps;
  const { db, bus } = store;
  const parts = createDisposables();
  const onFailure = (failure: unknown) =>
    log.error({ failure: describeFailure(failure) }, 'a background task failed');

  const keyring = await createLiveKeyring({ db, bus, random, readMasterKey, onFailure });
  if ('kind' in keyring) return err(keyring);
  parts.add(keyring);
  const policies = parts.add(await createPolicies({ db, bus, keyring, onFailure }));
  const audit = createAudit({ clock: timers, random });
  const sequences = createSequences();
  const passwords = createPasswords({ random });
  const accounts = createAccounts({ store, audit, passwords, clock: timers, random });
  const enrolment = createEnrolment({ store, bus, audit, clock: timers, random });
  const devices = createDevices({ store, sequences, audit, clock: timers });
  const replay =
    store.kind === 'postgres'
      ? createSharedReplayGuard({ db, clock: timers })
      : createMemoryReplayGuard({ clock: timers });
  const admission = createAdmission({ ...ADMISSION, ...options.admission });
  const opener = () => keyring.current().opener;
  const ingest = createIngest({
    store,
    sequences,
    opener,
    admission,
    clock: timers,
    onRejected: (count, deviceId, reason) =>
      log.warn({ count, deviceId, reason }, 'records put into quarantine'),
  });
  const review = createReview({
    store,
    opener,
    readRecord,
    contact: policies.contact,
    notes: keyring.current,
    audit,
    clock: timers,
    random,
    watchingWithinMs: WATCHING_WITHIN_MS,
    onUnreadable: (id, reason) => log.error({ id, reason }, 'a stored record does not open'),
  });
  const streams = createEventStreams({ timers });
  parts.add(timers.every(PRUNE_INTERVAL_MS, () => void replay.prune().catch(onFailure)));

  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    serverFactory: (handler): RawServerDefault =>
      options.tls === null
        ? createHttpServer(handler)
        : (createHttpsServer(options.tls, handler) as RawServerDefault),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ? 'loopback' : false,
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('person', null);
  app.decorateRequest('device', null);
  app.decorateRequest('rawBody', null);
  installErrorHandling(app);
  installSecurityHeaders(app, { docsPrefix: DOCS, tls: options.tls !== null });
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, not the address as sent: that is input.
    const { method, routeOptions } = request;
    log.debug(
      { method, route: routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  app.addHook('preClose', async () => {
    admission.close();
    await streams.dispose();
  });
  app.addHook('onClose', async () => {
    await parts.dispose();
  });

  await app.register(cookie);
  await app.register(swagger, {
    openapi: { info: { title: 'Lapwing server', version: options.version } },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: DOCS, staticCSP: true, logLevel: 'silent' });

  app.get(
    CONSOLE_PATHS.health,
    {
      schema: {
        summary: 'Whether the server and its database answer',
        response: { 200: healthResponseSchema },
      },
    },
    async () => {
      await sql`select 1`.execute(db);
      return { status: 'ok' as const, version: options.version };
    },
  );

  await app.register(async (scope: App) => {
    limitBodiesInFlight(scope, {
      maxBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
      unknownBytes: MAX_BLOB_BYTES,
    });
    keepRawBodies(scope);
    const guard = createDeviceGuard({ db, clock: timers, replay });
    const policyEtag = async ({ audience }: KnownDevice) => (await policies.forAudience(audience)).etag;
    agentDeviceRoutes(scope, { enrolment, devices, guard, policyEtag, clock: timers, door: admission });
    ingestRoutes(scope, { ingest, guard, deviceOf, clock: timers });
    policyRoutes(scope, {
      policies,
      guard,
      streams,
      deviceOf,
      isActive: devices.isActive,
      onDevicesChanged: (listener) =>
        bus.subscribe(({ kind }) => {
          if (kind === 'device_revoked' || kind === 'changed') listener();
        }),
    });
  });

  await app.register(async (scope: App) => {
    const guard = createConsoleGuard({ accounts });
    const isSecure = (request: FastifyRequest) => options.tls !== null || request.protocol === 'https';
    sessionRoutes(scope, { accounts, guard, school: policies.school, isSecure });
    reviewRoutes(scope, {
      review,
      personOf,
      guards: {
        list: guard({
          permission: 'evidence_view',
          deliberate: (request) => (request.query as { after?: string }).after !== undefined,
        }),
        view: guard({ permission: 'evidence_view', deliberate: true }),
        decide: guard({ permission: 'review', deliberate: true }),
      },
    });
    consoleDeviceRoutes(scope, { devices, guard: guard({ permission: 'fleet_view', deliberate: false }) });
    liveRoutes(scope, {
      bus,
      streams,
      timers,
      guard: guard({ permission: null, deliberate: false }),
      personOf,
      isOpen: accounts.isOpen,
    });
  });

  await serveConsole(app, options.consoleFolder);
  await app.ready();
  return ok(app);
}
