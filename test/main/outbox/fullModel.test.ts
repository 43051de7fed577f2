import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlainRecord } from '#contract';
import { type Bench, captureOf, createBench, pictureOf, stored } from './fixture.ts';

/**
 * Random sequences of what can happen on a disk that is nearly full, kills included. What is in memory alone is lost
 * with a kill; what must hold all the same: nothing written is lost, no number stands for two records, and each number
 * is on the server or admitted.
 */
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
const NEARLY_FULL = { maxPages: 40 };

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append'), severity: fc.constantFrom(...SEVERITIES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('picture'), severity: fc.constantFrom(...SEVERITIES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deliver'),
      count: fc.integer({ min: 1, max: 30 }),
      answered: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill') }) },
);
type Step =
  | { readonly kind: 'append' | 'picture'; readonly severity: (typeof SEVERITIES)[number] }
  | { readonly kind: 'deliver'; readonly count: number; readonly answered: boolean }
  | { readonly kind: 'wait' | 'kill' };

async function play(bench: Bench, steps: readonly Step[]) {
  let folder = bench.newFolder();
  let outbox = await bench.open(folder, NEARLY_FULL);
  const written = new Set<string>();
  const onServer = new Map<number, PlainRecord>();

  async function deliver(count: number, answered: boolean): Promise<boolean> {
    const batch = await outbox.nextBatch({ maxRecords: count, maxBytes: 2_000_000 });
    if (batch === null) return false;
    for (const { envelope, record } of await bench.school.read(batch.body)) {
      const known = onServer.get(envelope.sequence);
      if (known !== undefined) expect(record.id, `number ${envelope.sequence}`).toBe(known.id);
      onServer.set(envelope.sequence, record);
    }
    const answers = stored(batch.records);
    await outbox.acknowledge(batch, answered ? answers : [], []);
    return true;
  }

  async function take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'append':
      case 'picture': {
        const awaited = next.kind === 'picture' ? 'awaited' : 'none';
        const capture = captureOf(bench.id(), next.severity, 'k'.repeat(2_000), awaited);
        const { kind, id } = await outbox.append(capture);
        if (kind === 'written') written.add(id);
        if (awaited === 'awaited') await outbox.settlePicture(id, pictureOf(300));
        return;
      }
      case 'deliver':
        await deliver(next.count, next.answered);
        return;
      case 'wait':
        return bench.timers.advance(5_000);
      case 'kill': {
        const copy = bench.afterPowerCut(folder);
        await outbox.dispose();
        folder = copy;
        outbox = await bench.open(folder, NEARLY_FULL);
      }
    }
  }

  for (const next of steps) await take(next);
  const copy = bench.afterPowerCut(folder);
  await outbox.dispose();
  outbox = await bench.open(copy);
  while (await deliver(100, true));
  return { written, onServer, lastSequence: outbox.stats().lastSequence };
}

test('on a full disk a kill loses nothing that was written, doubles no number and leaves none unexplained', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 120, size: 'max' }), async (steps) => {
      const bench = await createBench();
      try {
        const { written, onServer, lastSequence } = await play(bench, steps);
        const arrived = new Set([...onServer.values()].map(({ id }) => id));
        for (const id of written) expect(arrived).toContain(id);
        const known = new Set(onServer.keys());
        for (const record of onServer.values()) {
          if (record.kind !== 'dropped') continue;
          for (const { from, to } of record.sequences) {
            for (let sequence = from; sequence <= to; sequence++) known.add(sequence);
          }
        }
        for (let sequence = 1; sequence <= lastSequence; sequence++) expect(known).toContain(sequence);
      } finally {
        await bench.dispose();
      }
    }),
    // Told as it was found: making it smaller takes minutes.
    { numRuns: 12, endOnFailure: true },
  );
}, 300_000);
