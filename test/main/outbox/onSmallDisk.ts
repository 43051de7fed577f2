/**
 * Run as a program of its own on a small file system (see `reserve.test.ts`). `fill` uses up the disk, tells what
 * becomes of records, and kills itself; `after` tells what the next start finds.
 */
import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSealer } from '#seal';
import { createOutbox } from '../../../src/main/outbox/index.ts';
import { createFiles, createRandom, createTimers } from '../../../src/main/platform/node/index.ts';
import { captureOf, DEVICE_ID, pictureOf, reportOf } from './fixture.ts';

const [, , step = '', folder = '', keyFile = ''] = process.argv;
const { intakeKey, privateKey } = JSON.parse(readFileSync(keyFile, 'utf8'));
const timers = createTimers();
const random = createRandom();
const deviceKey = { privateKey: new Uint8Array(Buffer.from(privateKey, 'base64url')) };
const codes = new Map<string, string>();
const outbox = await createOutbox(
  {
    files: createFiles({ root: folder }),
    sealer: createSealer({ clock: timers, deviceKey }, { intakeKey }),
    timers,
    random,
    health: { report: (part, { code }) => void codes.set(part, code) },
  },
  { deviceId: DEVICE_ID, maxBytes: 100_000_000 },
);

/** Others take every byte there is. */
function fillUp(): void {
  for (const chunk of [65_536, 4_096, 1]) {
    for (;;) {
      try {
        appendFileSync(join(folder, 'film.mp4'), new Uint8Array(chunk));
      } catch {
        break;
      }
    }
  }
}

async function fill() {
  const sequences: number[] = [];
  const add = async (record: Parameters<typeof outbox.append>[0]) => {
    const { kind, sequence } = await outbox.append(record);
    sequences.push(sequence);
    return kind;
  };
  await add(captureOf(random.id(), 'low'));
  fillUp();
  const pictured = random.id();
  const onReserve = [
    await add(captureOf(pictured, 'high', 'kite', 'awaited')),
    await add(captureOf(random.id(), 'critical')),
    await add(reportOf(random.id(), true)),
  ];
  await outbox.settlePicture(pictured, pictureOf(50_000));
  const disk = codes.get('outbox.disk');
  const reserveLeft = existsSync(join(folder, 'outbox.reserve'));
  fillUp();
  // The journal has some room of its own; it ends.
  let written = 0;
  while ((await add(captureOf(random.id(), 'medium', 'k'.repeat(2_000)))) === 'written') written += 1;
  const { lastSequence, held } = outbox.stats();
  return { onReserve, disk, reserveLeft, written, diskAtLast: codes.get('outbox.disk'), lastSequence, held };
}

async function after() {
  const batch = await outbox.nextBatch({ maxRecords: 10_000, maxBytes: 100_000_000 });
  const sequences = batch?.records.map(({ sequence }) => sequence).sort((one, other) => one - other) ?? [];
  return { sequences, database: codes.get('outbox.database'), held: outbox.stats().held };
}

const told = await (step === 'fill' ? fill() : after());
writeSync(1, `${JSON.stringify(told)}\n`);
process.kill(process.pid, 'SIGKILL');
