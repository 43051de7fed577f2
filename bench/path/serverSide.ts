import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../test/fakes/server/postgres.ts';
import { type BenchDevice, enrolDevice } from './device.ts';
import { createGun, type Shot } from './load.ts';
import { residentBytes, type Served, serve, startSchool } from './school.ts';

const DEVICES = 20;
export const BATCH = 20;
const AT_ONCE = 16;
/** Records sealed before each burst: sealing is not the server's work and not counted. */
const BURST = 4_000;
const PROGRESS = 20_000;

/** Records stored at which the server's memory is read, beside the last one. */
const MEMORY_MARKS = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 3;

export interface IngestFigures {
  /** Of the quietest burst. */
  readonly recordsPerSecond: number;
  /** Over all bursts. */
  readonly meanRecordsPerSecond: number;
  /** The server's resident memory as the stored records grow. */
  readonly memory: readonly { readonly records: number; readonly rssBytes: number | null }[];
}

async function enrolAll(token: string): Promise<BenchDevice[]> {
  return Promise.all(Array.from({ length: DEVICES }, (_, at) => enrolDevice(token, `bench-${at}`)));
}

async function burst(devices: readonly BenchDevice[], records: number): Promise<Shot[]> {
  const each = Math.ceil(records / BATCH / devices.length);
  const perDevice = await Promise.all(devices.map((device) => device.batches(each, BATCH)));
  // One of each device in turn, as a school's devices come.
  return Array.from({ length: each }, (_, round) => perDevice.flatMap((shots) => shots[round] ?? [])).flat();
}

/** Records accepted per second by one server process, each batch on disk before it is answered. */
export async function measureIngest(
  school: Served & { readonly token: string },
  records: number,
  say: (line: string) => void,
): Promise<IngestFigures> {
  const devices = await enrolAll(school.token);
  const gun = createGun(school.url, AT_ONCE);
  const memory: { records: number; rssBytes: number | null }[] = [];
  const rates: number[] = [];
  let stored = 0;
  let countedSeconds = 0;
  let counted = 0;
  try {
    for (const mark of [...MEMORY_MARKS.filter((each) => each < records), records]) {
      while (stored < mark) {
        const shots = await burst(devices, Math.min(BURST, mark - stored));
        const seconds = await gun.fire(shots);
        const fired = shots.length * BATCH;
        stored += fired;
        // What comes before the first mark warms the code.
        if (mark === MEMORY_MARKS[0] && mark !== records) continue;
        counted += fired;
        countedSeconds += seconds;
        if (fired >= BURST / 2) rates.push(fired / seconds);
        if (stored % PROGRESS < fired) say(`  ${stored} records stored, ${Math.round(fired / seconds)}/s`);
      }
      memory.push({ records: stored, rssBytes: await residentBytes(school.processId) });
    }
    const mean = counted / countedSeconds;
    return { recordsPerSecond: Math.max(mean, ...rates), meanRecordsPerSecond: mean, memory };
  } finally {
    gun.dispose();
  }
}

/** The largest of three measurements: what the machine gives when its other tenants leave it alone. */
export async function quietest(measure: () => Promise<number>): Promise<number> {
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) most = Math.max(most, await measure());
  return most;
}

export async function measureHeartbeats(school: Served & { readonly token: string }): Promise<number> {
  const devices = await enrolAll(school.token);
  const gun = createGun(school.url, AT_ONCE);
  try {
    return await quietest(async () => {
      const shots = (await Promise.all(devices.map((device) => device.heartbeats(75)))).flat();
      return shots.length / (await gun.fire(shots));
    });
  } finally {
    gun.dispose();
  }
}

/** Requests per second of a Fastify route that takes the same batches and does nothing. */
export async function measureEmptyRoute(school: Served & { readonly token: string }): Promise<number> {
  const server = await serve([fileURLToPath(new URL('./emptyRoute.ts', import.meta.url))]);
  const gun = createGun(server.url, AT_ONCE);
  try {
    const device = await enrolDevice(school.token, 'bench-empty');
    const shots = (await device.batches(40, BATCH)).map((shot) => ({ ...shot, path: '/empty' }));
    await gun.fire(shots);
    const many = Array.from({ length: 25 }, () => shots).flat();
    return await quietest(async () => many.length / (await gun.fire(many)));
  } finally {
    gun.dispose();
    await server.stop();
  }
}

/** Runs `work` against a school on a real PostgreSQL of its own, with the address of an empty database on it. */
export async function withPostgresSchool<Value>(
  work: (school: Served & { readonly token: string }, spareUrl: string) => Promise<Value>,
): Promise<Value> {
  const postgres = await startPostgres();
  try {
    const school = await startSchool(await postgres.createDatabase());
    try {
      return await work(school, await postgres.createDatabase());
    } finally {
      await school.stop();
    }
  } finally {
    await postgres.stop();
  }
}
