import { AGENT_PATHS, type Heartbeat } from '#contract';
import { createRequestSigner, createSealer } from '#seal';
import { createEnrolment, type Identity } from '../../src/main/enrolment/index.ts';
import { createHttp, createRandom, createTimers } from '../../src/main/platform/node/index.ts';
import type { KeyVault } from '../../src/main/ports/index.ts';
import type { Shot } from './load.ts';
import { ordinaryCapture } from './records.ts';

const timers = createTimers();
const random = createRandom();

/** A device that is enrolled and makes requests faster than any real one. */
export interface BenchDevice {
  readonly identity: Identity;
  /** Batches of freshly sealed records, signed now. */
  batches(count: number, recordsEach: number): Promise<Shot[]>;
  heartbeats(count: number): Promise<Shot[]>;
}

function createMemoryVault(): KeyVault {
  const secrets = new Map<string, Uint8Array>();
  return {
    protection: 'plain',
    read: async (name) => secrets.get(name) ?? null,
    write: async (name, secret) => void secrets.set(name, secret),
    remove: async (name) => void secrets.delete(name),
  };
}

export async function enrolDevice(token: string, name: string): Promise<BenchDevice> {
  const facts = async () => ({ machine: name, hardwareId: `bench-${name}` });
  const enrolment = createEnrolment(
    { vault: createMemoryVault(), connect: (caPem) => createHttp({ caPem }), facts, timers },
    { platform: 'linux', agentVersion: '0.0.0-bench', development: true },
  );
  const enrolled = await enrolment.enrol(token);
  if (!enrolled.ok) throw new Error(enrolled.error.message);
  const identity = enrolled.value;
  const { deviceId, deviceKey, intakeKey } = identity;
  const sealer = createSealer({ clock: timers, deviceKey }, { intakeKey });
  const sign = createRequestSigner({ clock: timers, newId: random.id }, identity);
  let sequence = 0;

  async function shot(path: string, json: string): Promise<Shot> {
    const body = Buffer.from(json);
    const authorization = `Bearer ${await sign({ method: 'POST', path, body })}`;
    return { method: 'POST', path, body, headers: { authorization, 'content-type': 'application/json' } };
  }

  async function envelope() {
    sequence += 1;
    const createdAt = timers.now();
    const record = ordinaryCapture(random, createdAt, sequence);
    const head = {
      id: record.id,
      deviceId,
      sequence,
      kind: 'capture',
      priority: 'medium',
      createdAt,
    } as const;
    return sealer.sealRecord(head, new TextEncoder().encode(JSON.stringify(record)));
  }

  const quiet: Heartbeat = {
    agentVersion: '0.0.0-bench',
    policyReceived: 1,
    policyApplied: 1,
    health: [],
    queue: {
      records: 0,
      blobs: 0,
      bytes: 0,
      oldestAt: null,
      dropped: 0,
      quarantined: 0,
      lastSequence: 0,
      topPriority: null,
    },
  };

  return {
    identity,
    async batches(count, recordsEach) {
      const shots: Shot[] = [];
      for (let batch = 0; batch < count; batch++) {
        const envelopes = await Promise.all(Array.from({ length: recordsEach }, envelope));
        shots.push(await shot(AGENT_PATHS.envelopes, JSON.stringify({ envelopes })));
      }
      return shots;
    },
    heartbeats: (count) =>
      Promise.all(Array.from({ length: count }, () => shot(AGENT_PATHS.heartbeat, JSON.stringify(quiet)))),
  };
}
