import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  AGENT_PATHS,
  type Envelope,
  type IssuedIntakeKey,
  type PlainRecord,
  type Priority,
  policySchema,
} from '#contract';
import type { Timers } from '#kernel';
import { createRequestSigner, createSealer, createSigningKey, type SealedBlob, type Sealer } from '#seal';
import type { App } from '../../../src/server/http/index.ts';
import type { Random } from '../../../src/server/platform/random.ts';

/** A device that speaks the protocol by hand, so that a test can also speak it wrongly. */
export interface FakeAgent {
  readonly deviceId: string;
  readonly publicKey: string;
  /** The server it talks to; a test may turn it to another. */
  app: App;
  /** The next free sequence number; tests may jump it. */
  sequence: number;
  seal(
    record: PlainRecord,
    over?: { priority?: Priority; sequence?: number; deviceId?: string },
  ): Promise<Envelope>;
  sealBytes(
    head: { id: string; kind: Envelope['kind']; priority?: Priority },
    plain: Uint8Array,
  ): Promise<Envelope>;
  sealBlob(recordId: string, plain: Uint8Array): Promise<SealedBlob>;
  /** The headers of a request of its own, for a client that is not `inject`. */
  headers(method: string, path: string, body?: Uint8Array): Promise<Record<string, string>>;
  request(options: InjectOptions & { url: string }): Promise<LightMyRequestResponse>;
  send(envelopes: readonly Envelope[]): Promise<LightMyRequestResponse>;
  putBlob(blob: SealedBlob): Promise<LightMyRequestResponse>;
  heartbeat(over?: {
    lastSequence?: number;
    records?: number;
    policyApplied?: number;
    agentVersion?: string;
  }): Promise<LightMyRequestResponse>;
}

interface Deps {
  readonly app: App;
  readonly timers: Timers;
  readonly random: Random;
}

export async function enrolRequest(
  { app }: Pick<Deps, 'app'>,
  body: { tokenId: string; tokenSecret: string; publicKey: string; machine?: string; hardwareId?: string },
): Promise<LightMyRequestResponse> {
  const {
    tokenId,
    tokenSecret,
    publicKey,
    machine = 'LIBRARY-07',
    hardwareId = `hw-${publicKey.slice(0, 8)}`,
  } = body;
  const payload = {
    tokenId,
    tokenSecret,
    publicKey,
    machine,
    hardwareId,
    platform: 'linux',
    agentVersion: '0.1.0',
  };
  return app.inject({ method: 'POST', url: AGENT_PATHS.enrol, payload });
}

/** The key to seal to, taken from a signed policy on trust. */
export function intakeKeyOf(policy: string): IssuedIntakeKey {
  const { intakeKey } = policySchema.parse(JSON.parse(new TextDecoder().decode(decodeJwsPayload(policy))));
  if (intakeKey === null) throw new Error('the policy names no key');
  return intakeKey;
}

function decodeJwsPayload(jws: string): Uint8Array {
  return Buffer.from(jws.split('.')[1] ?? '', 'base64url');
}

export async function createFakeAgent(
  deps: Deps,
  enrol: { tokenId: string; tokenSecret: string; machine?: string; hardwareId?: string },
): Promise<FakeAgent> {
  const { app, timers, random } = deps;
  const key = await createSigningKey();
  const enrolled = await enrolRequest(deps, { ...enrol, publicKey: key.publicKey });
  if (enrolled.statusCode !== 200) throw new Error(`enrol: ${enrolled.statusCode} ${enrolled.body}`);
  const { deviceId } = enrolled.json() as { deviceId: string };
  const sign = createRequestSigner({ clock: timers, newId: random.id }, { deviceId, deviceKey: key });

  const agent: FakeAgent = {
    deviceId,
    publicKey: key.publicKey,
    app,
    sequence: 1,
    async seal(record, over = {}) {
      const { priority = 'high', sequence = agent.sequence++ } = over;
      const head = {
        id: record.id,
        deviceId: over.deviceId ?? deviceId,
        sequence,
        kind: record.kind,
        priority,
        createdAt: timers.now(),
      };
      return (await sealer).sealRecord(head, new TextEncoder().encode(JSON.stringify(record)));
    },
    async sealBytes({ id, kind, priority = 'high' }, plain) {
      const head = { id, deviceId, sequence: agent.sequence++, kind, priority, createdAt: timers.now() };
      return (await sealer).sealRecord(head, plain);
    },
    sealBlob: async (recordId, plain) => (await sealer).sealBlob(recordId, plain),
    async headers(method, path, body) {
      return { authorization: `Bearer ${await sign({ method, path, body: body ?? null })}` };
    },
    async request(options) {
      const target = agent.app;
      const { payload } = options;
      const body =
        payload === undefined
          ? null
          : Buffer.isBuffer(payload)
            ? payload
            : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
      const token = await sign({ method: options.method ?? 'GET', path: options.url, body });
      const type = Buffer.isBuffer(payload) ? 'application/octet-stream' : 'application/json';
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === null ? {} : { 'content-type': type }),
        ...options.headers,
      };
      return target.inject({ ...options, headers, ...(body === null ? {} : { payload: body }) });
    },
    send: (envelopes) =>
      agent.request({ method: 'POST', url: AGENT_PATHS.envelopes, payload: { envelopes } }),
    putBlob: ({ sha256, bytes }) =>
      agent.request({ method: 'PUT', url: `${AGENT_PATHS.blobs}/${sha256}`, payload: Buffer.from(bytes) }),
    heartbeat: ({
      lastSequence = agent.sequence - 1,
      records = 0,
      policyApplied = 1,
      agentVersion = '0.1.0',
    } = {}) =>
      agent.request({
        method: 'POST',
        url: AGENT_PATHS.heartbeat,
        payload: {
          agentVersion,
          policyReceived: 1,
          policyApplied,
          health: [],
          queue: {
            records,
            blobs: 0,
            bytes: 0,
            oldestAt: null,
            dropped: 0,
            quarantined: 0,
            lastSequence,
            topPriority: null,
          },
        },
      }),
  };
  const sealer: Promise<Sealer> = agent
    .request({ method: 'GET', url: AGENT_PATHS.policy })
    .then((response) =>
      createSealer({ clock: timers, deviceKey: key }, { intakeKey: intakeKeyOf(response.json().policy) }),
    );
  sealer.catch(() => undefined);
  return agent;
}
