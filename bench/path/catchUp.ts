import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSealer } from '#seal';
import { startDelivery } from '../../src/main/deliver/index.ts';
import { createServerLink } from '../../src/main/link/index.ts';
import { createOutbox, type Outbox } from '../../src/main/outbox/index.ts';
import {
  createFiles,
  createHttp,
  createLog,
  createRandom,
  createTimers,
} from '../../src/main/platform/node/index.ts';
import { appendMany, GROUP } from './agentSide.ts';
import { enrolDevice } from './device.ts';
import type { Served } from './school.ts';

/** Seconds in which one device that was offline brings so many records to a real server. */
export async function measureCatchUp(
  school: Served & { readonly token: string },
  records: number,
): Promise<number> {
  const { identity } = await enrolDevice(school.token, 'bench-catch-up');
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-bench-'));
  const timers = createTimers();
  const random = createRandom();
  const health = { report: () => undefined };
  const sealer = createSealer(
    { clock: timers, deviceKey: identity.deviceKey },
    { intakeKey: identity.intakeKey },
  );
  const { deviceId } = identity;
  const outbox = await createOutbox(
    { files: createFiles({ root: folder }), sealer, timers, random, health },
    { deviceId, maxBytes: 2_000_000_000 },
  );
  try {
    await appendMany(outbox, records, GROUP);
    const link = createServerLink({ http: createHttp({ caPem: null }), timers, random }, identity);
    const log = createLog(timers, { path: null, echo: null });
    const empty = Promise.withResolvers<void>();
    const watched: Outbox = {
      ...outbox,
      async acknowledge(...answered) {
        await outbox.acknowledge(...answered);
        if (outbox.stats().records === 0) empty.resolve();
      },
    };
    const startMs = performance.now();
    const delivery = startDelivery({ outbox: watched, link, timers, random, health, log });
    await empty.promise;
    const seconds = (performance.now() - startMs) / 1_000;
    await delivery.dispose();
    return seconds;
  } finally {
    await outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
