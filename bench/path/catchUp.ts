import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSealer } from '#seal';
import { startDelivery } from '../../src/main/deliver/index.ts';
import { createServerLink } from '../../src/main/link/index.ts';
import { createOutbox } from '../../src/main/outbox/index.ts';
import {
  createFiles,
  createHttp,
  createLog,
  createRandom,
  createTimers,
} from '../../src/main/platform/node/index.ts';
import { appendMany } from './agentSide.ts';
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
    await appendMany(outbox, records, 64);
    const link = createServerLink({ http: createHttp({ caPem: null }), timers, random }, identity);
    const log = createLog(timers, { path: null, echo: null });
    const startMs = performance.now();
    const delivery = startDelivery({ outbox, link, timers, random, health, log });
    while (outbox.stats().records > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const seconds = (performance.now() - startMs) / 1_000;
    await delivery.dispose();
    return seconds;
  } finally {
    await outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
