import { test as base, expect } from 'vitest';
import type { EnvelopeAnswer, Priority } from '#contract';
import { type Delivery, startDelivery } from '../../../src/main/deliver/index.ts';
import type { LinkOutcome, LinkRequest, SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog, createFakeRandom } from '../../fakes/ports.ts';
import { createFakeLink, type LinkAnswer, okJson } from '../../fakes/serverLink.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const RANKS: readonly Priority[] = ['critical', 'report', 'high', 'medium', 'low', 'health'];

/** An outbox as simple as can be, with what delivery did to it. */
function createFakeOutbox() {
  const records: { id: string; sequence: number; priority: Priority }[] = [];
  const blobs: { sha256: string; bytes: Uint8Array }[] = [];
  const listeners = new Set<(priority: Priority) => void>();
  const quarantined: string[] = [];
  let count = 0;
  return {
    records,
    blobs,
    quarantined,
    listening: () => listeners.size,
    add(priority: Priority, name = `${priority}-${count + 1}`) {
      count += 1;
      records.push({ id: name, sequence: count, priority });
      for (const listener of listeners) listener(priority);
    },
    async nextBatch({ maxRecords, skip = new Set() }: { maxRecords: number; skip?: ReadonlySet<number> }) {
      const chosen = records
        .filter(({ sequence }) => !skip.has(sequence))
        .sort(
          (one, other) =>
            RANKS.indexOf(one.priority) - RANKS.indexOf(other.priority) || one.sequence - other.sequence,
        )
        .slice(0, maxRecords)
        .map(({ id, sequence }) => ({ id, sequence }));
      return chosen.length === 0
        ? null
        : { records: chosen, body: JSON.stringify(chosen.map(({ id }) => id)) };
    },
    async acknowledge(_batch: unknown, answers: readonly EnvelopeAnswer[]) {
      for (const answer of answers) {
        const at = records.findIndex(({ id }) => id === answer.id);
        if (at >= 0) records.splice(at, 1);
        if (answer.status === 'rejected') quarantined.push(`${answer.id}: ${answer.reason}`);
      }
    },
    nextBlob: async (skip: ReadonlySet<string> = new Set()) =>
      blobs.find(({ sha256 }) => !skip.has(sha256)) ?? null,
    async acknowledgeBlob(sha256: string) {
      blobs.splice(
        blobs.findIndex((blob) => blob.sha256 === sha256),
        1,
      );
    },
    async quarantineBlob(sha256: string, reason: string) {
      blobs.splice(
        blobs.findIndex((blob) => blob.sha256 === sha256),
        1,
      );
      quarantined.push(`${sha256}: ${reason}`);
    },
    onAppend(listener: (priority: Priority) => void) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}

/** A delivery on virtual time between an outbox and a server that are both fakes. */
function createDeliveryBench() {
  const timers = createFakeTimers();
  const link = createFakeLink();
  const outbox = createFakeOutbox();
  const health = new Map<string, SourceHealth>();
  let delivery: Delivery | null = null;
  return {
    timers,
    link,
    outbox,
    health,
    start(options: Parameters<typeof startDelivery>[1] = {}): void {
      const report = (part: string, state: SourceHealth) => void health.set(part, state);
      delivery = startDelivery(
        { outbox, link, timers, random: createFakeRandom(), health: { report }, log: createFakeLog() },
        options,
      );
    },
    /** Puts so many records into the outbox; gives their ids. */
    addMany(priority: Priority, count: number): string[] {
      const names = uuids(count);
      for (const name of names) outbox.add(priority, name);
      return names;
    },
    stop: async () => delivery?.dispose(),
    /** Stops it, and sees that nothing of it is left. */
    async dispose() {
      await delivery?.dispose();
      expect(timers.pending()).toBe(0);
      expect(outbox.listening()).toBe(0);
    },
  };
}

/** A test with a delivery of its own, of which nothing may be left. */
// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the needed fixtures from this pattern
export const test = base.extend('delivery', ({}, { onCleanup }) => {
  const bench = createDeliveryBench();
  onCleanup(() => bench.dispose());
  return bench;
});

export function idsOf(request: LinkRequest): string[] {
  return request.method === 'POST'
    ? JSON.parse(new TextDecoder().decode(request.body ?? new Uint8Array()))
    : [];
}

export const ID = '019ab000-0000-7000-8000-000000000001';

/** The server's answer to a batch; the fake outbox knows its records by plain names, so ids are put back in place. */
export function storeAll(request: LinkRequest): LinkAnswer {
  if (request.method === 'PUT') return { kind: 'ok', status: 204, etag: null, body: new Uint8Array() };
  return okJson({
    answers: idsOf(request).map((id) => ({ id, status: 'stored' })),
    wants: [],
    serverTime: 1,
  });
}

export function uuids(count: number): string[] {
  return Array.from({ length: count }, (_, at) => ID.slice(0, -6) + (at + 1).toString(16).padStart(6, '0'));
}

export function untilAborted(signal: AbortSignal): Promise<LinkOutcome> {
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve({ kind: 'unreachable', reason: 'aborted' })),
  );
}
