import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Envelope,
  envelopesRequestSchema,
  type PlainRecord,
  recordSchema,
  type Severity,
} from '#contract';
import {
  createIntakeKey,
  createOpener,
  createSealer,
  createSigningKey,
  importVerifyingKey,
  verifyEnvelope,
} from '#seal';
import {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxRecord,
} from '../../../src/main/outbox/index.ts';
import { createFiles } from '../../../src/main/platform/node/files.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeRandom } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

export const DEVICE_ID = '019ab000-0000-7000-8000-00000000d001';

export const SESSION = {
  user: 'wren.okafor',
  displayName: 'Wren Okafor',
  account: 'individual',
  accountType: 'domain',
  machine: 'ROOM4-07',
  onSchoolNetwork: true,
  timeZone: 'Europe/London',
} as const;

/** An invented capture; `title` is what must never be found on disk. */
export function captureOf(
  id: string,
  severity: Severity,
  title = 'how to build a kite',
  screenshot: 'awaited' | 'none' = 'none',
): Extract<OutboxRecord, { kind: 'capture' }> {
  return {
    kind: 'capture',
    id,
    observation: {
      at: 1_767_600_000_000,
      app: { name: 'Browser', path: null, processId: 41 },
      title,
      url: 'https://kites.example/build',
      urlSource: 'extension',
      private: false,
      excluded: null,
      session: SESSION,
    },
    hits: [
      {
        ruleId: 'kites.build',
        packId: 'kites',
        category: 'hacking_bypass',
        severity,
        field: 'title',
        start: 0,
        end: 3,
        text: title.slice(0, 3),
      },
    ],
    search: null,
    context: [],
    screenshot: screenshot === 'awaited' ? { state: 'awaited' } : { state: 'none', reason: 'policy' },
    policyVersion: 1,
  };
}

export function reportOf(id: string, urgent = false): Extract<OutboxRecord, { kind: 'report' }> {
  return {
    kind: 'report',
    id,
    at: 1_767_600_000_000,
    session: SESSION,
    about: 'something_i_saw',
    text: 'someone took my kite',
    urgent,
    contactId: null,
    attached: null,
    screenshot: null,
  };
}

export function repeatOf(
  id: string,
  captureId: string,
  occurrences: number,
): Extract<OutboxRecord, { kind: 'repeat' }> {
  return { kind: 'repeat', id, captureId, occurrences, lastAt: 1_767_600_000_000 + occurrences };
}

export function pictureOf(length: number, fill = 7) {
  const bytes = new Uint8Array(length).fill(fill);
  return { kind: 'taken', mediaType: 'image/jpeg', bytes, width: 800, height: 600 } as const;
}

/** What the school sees: envelopes opened, signatures checked. */
export interface School {
  read(body: string): Promise<{ readonly envelope: Envelope; readonly record: PlainRecord }[]>;
  openBlob(recordId: string, bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * A device with a real outbox in a folder of its own, on virtual time, and the school that opens what it seals.
 * Every outbox opened here is closed, and every folder removed, by `dispose`.
 */
export async function createBench() {
  const timers = createFakeTimers();
  const random = createFakeRandom();
  const intakeKey = await createIntakeKey();
  const deviceKey = await createSigningKey();
  const verifyingKey = await importVerifyingKey(deviceKey.publicKey);
  const opener = createOpener([intakeKey]);
  const folders: string[] = [];
  const open: Outbox[] = [];
  const health = new Map<string, SourceHealth>();

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'lapwing-outbox-'));
    folders.push(folder);
    return folder;
  }

  const school: School = {
    async read(body) {
      const { envelopes } = envelopesRequestSchema.parse(JSON.parse(body));
      return Promise.all(
        envelopes.map(async (envelope) => {
          if (verifyingKey === null || !(await verifyEnvelope(envelope, verifyingKey)))
            throw new Error('bad signature');
          const opened = await opener.openRecord(envelope);
          if (!opened.ok) throw new Error(`does not open: ${opened.error.kind}`);
          return { envelope, record: recordSchema.parse(JSON.parse(new TextDecoder().decode(opened.value))) };
        }),
      );
    },
    async openBlob(recordId, bytes) {
      const opened = await opener.openBlob(recordId, bytes);
      if (!opened.ok) throw new Error(`does not open: ${opened.error.kind}`);
      return opened.value;
    },
  };

  return {
    timers,
    random,
    school,
    health,
    /** What another process needs to seal as this device. */
    keys: { intakeKey, privateKey: Buffer.from(deviceKey.privateKey).toString('base64url') },
    newFolder,
    id: () => random.id(),
    async open(
      folder: string,
      options: Partial<OutboxOptions> = {},
      files = createFiles({ root: folder }),
    ): Promise<Outbox> {
      const outbox = await createOutbox(
        {
          files,
          sealer: createSealer({ clock: timers, deviceKey }, { intakeKey }),
          timers,
          random,
          health: { report: (part, state) => void health.set(part, state) },
        },
        // Without a reserve, which most tests only had to copy.
        { deviceId: DEVICE_ID, maxBytes: 100_000_000, reserveBytes: 0, ...options },
      );
      open.push(outbox);
      return outbox;
    },
    /** The folder as it would be found after the power went now: all that was synced, nothing closed. */
    afterPowerCut(folder: string): string {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      return copy;
    },
    async dispose() {
      for (const outbox of open) await outbox.dispose();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Bench = Awaited<ReturnType<typeof createBench>>;

/** A bench with an outbox that is open. */
export async function openBench() {
  const bench = await createBench();
  const folder = bench.newFolder();
  return { bench, folder, outbox: await bench.open(folder) };
}

/** Every byte of every file below a folder, as Latin-1 text, so that any ASCII needle can be looked for. */
export function allBytes(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n');
}

/** More than any test has. */
export const BATCH = { maxRecords: 100, maxBytes: 2_000_000 };

/** The answer of a server that took everything in. */
export const stored = (records: readonly { readonly id: string }[]) =>
  records.map(({ id }) => ({ id, status: 'stored' as const }));

/** Takes everything out as the server would, in the order it leaves. Wants every announced picture. */
export async function deliverAll(bench: Pick<Bench, 'school'>, outbox: Outbox, maxRecords = 100) {
  const received: { envelope: Envelope; record: PlainRecord }[] = [];
  for (;;) {
    const batch = await outbox.nextBatch({ maxRecords, maxBytes: 2_000_000 });
    if (batch === null) return received;
    const read = await bench.school.read(batch.body);
    received.push(...read);
    const wants = read.flatMap(({ record }) =>
      record.kind === 'screenshot' && record.screenshot.state === 'taken' ? [record.screenshot.sha256] : [],
    );
    await outbox.acknowledge(batch, stored(batch.records), wants);
  }
}

/** The server takes in the first ten of a full disk; the outbox has tried it again since. */
export async function makeRoom(bench: Pick<Bench, 'timers'>, outbox: Outbox): Promise<void> {
  const batch = await outbox.nextBatch({ ...BATCH, maxRecords: 10 });
  if (batch === null) throw new Error('there are many');
  await outbox.acknowledge(batch, stored(batch.records), []);
  await bench.timers.advance(5_000);
  // Behind the retry, whose files are real.
  await outbox.nextBlob();
}
