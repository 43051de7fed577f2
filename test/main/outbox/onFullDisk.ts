/**
 * Run as a program of its own whose files may not grow: opens the outbox of the folder given, writes one record and
 * tells what it found. The second argument is the identity's file.
 */
import { readFileSync } from 'node:fs';
import { createSealer } from '#seal';
import { createOutbox } from '../../../src/main/outbox/index.ts';
import { createFiles, createRandom, createTimers } from '../../../src/main/platform/node/index.ts';
import { captureOf, DEVICE_ID } from './fixture.ts';

const [, , folder = '', keyFile = ''] = process.argv;
const { intakeKey, privateKey } = JSON.parse(readFileSync(keyFile, 'utf8'));
const timers = createTimers();
const random = createRandom();
const deviceKey = { privateKey: new Uint8Array(Buffer.from(privateKey, 'base64url')) };
const outbox = await createOutbox(
  {
    files: createFiles({ root: folder }),
    sealer: createSealer({ clock: timers, deviceKey }, { intakeKey }),
    timers,
    random,
    health: { report: () => undefined },
  },
  { deviceId: DEVICE_ID, maxBytes: 100_000_000 },
);
const appended = await outbox.append(captureOf(random.id(), 'critical'));
const batch = await outbox.nextBatch({ maxRecords: 100, maxBytes: 2_000_000 });
process.stdout.write(JSON.stringify({ appended, sequences: batch?.records.map(({ sequence }) => sequence) }));
process.exit(0);
