import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlainRecord, type Priority, priorityRank } from '#contract';
import type { Outbox } from '../../../src/main/outbox/index.ts';
import { type Bench, captureOf, createBench, pictureOf, repeatOf, reportOf } from './fixture.ts';

/**
 * Random sequences of what can happen to an outbox, compared after each step with the simplest model there is: a list
 * of what was promised to be kept, and what the school has received.
 */
interface Model {
  /** Kept and not acknowledged, by number. */
  readonly kept: Map<number, { readonly id: string; readonly priority: Priority }>;
  readonly quarantined: Set<number>;
  /** Repeats still counted up: capture -> number and the highest count. */
  readonly counting: Map<string, { readonly sequence: number; occurrences: number }>;
  readonly awaiting: Set<string>;
  captures: string[];
  lastSequence: number;
}

interface Real {
  readonly bench: Bench;
  outbox: Outbox;
  folder: string;
  /** Everything the school has stored, by record id. */
  readonly onServer: Map<string, PlainRecord>;
  readonly sequencesSeen: Map<number, string>;
}

type Command = fc.AsyncCommand<Model, Real>;

function keep(model: Model, appended: { id: string; sequence: number }, priority: Priority): void {
  expect(appended.sequence).toBe(model.lastSequence + 1);
  model.lastSequence = appended.sequence;
  model.kept.set(appended.sequence, { id: appended.id, priority });
}

const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

const appendCapture = (severity: (typeof SEVERITIES)[number], awaited: boolean): Command => ({
  check: () => true,
  async run(model, { bench, outbox }) {
    const id = bench.id();
    keep(model, await outbox.append(captureOf(id, severity, 'kite', awaited ? 'awaited' : 'none')), severity);
    if (awaited) model.awaiting.add(id);
    model.captures = [...model.captures.slice(-2), id];
  },
  toString: () => `append ${severity}${awaited ? ' awaiting a picture' : ''}`,
});

const appendReport = (urgent: boolean): Command => ({
  check: () => true,
  async run(model, { bench, outbox }) {
    keep(model, await outbox.append(reportOf(bench.id(), urgent)), urgent ? 'critical' : 'report');
  },
  toString: () => `append report${urgent ? ' (urgent)' : ''}`,
});

const repeat = (which: number): Command => ({
  check: (model) => model.captures.length > which,
  async run(model, { bench, outbox }) {
    const captureId = model.captures[which] ?? '';
    const known = model.counting.get(captureId);
    const occurrences = (known?.occurrences ?? 1) + 1;
    const appended = await outbox.append(repeatOf(bench.id(), captureId, occurrences));
    if (known === undefined) {
      keep(model, appended, 'low');
      model.counting.set(captureId, { sequence: appended.sequence, occurrences });
    } else {
      expect(appended.sequence).toBe(known.sequence);
      known.occurrences = occurrences;
    }
  },
  toString: () => `repeat of capture ${which}`,
});

const settle = (taken: boolean): Command => ({
  check: (model) => model.awaiting.size > 0,
  async run(model, { outbox, bench }) {
    const [recordId = ''] = model.awaiting;
    model.awaiting.delete(recordId);
    await outbox.settlePicture(recordId, taken ? pictureOf(300) : { kind: 'none', reason: 'failed' });
    model.lastSequence += 1;
    const priority = priorityOf(await peek(bench, outbox), model.lastSequence);
    model.kept.set(model.lastSequence, { id: `picture of ${recordId}`, priority });
  },
  toString: () => (taken ? 'picture taken' : 'picture failed'),
});

async function peek(bench: Bench, outbox: Outbox) {
  const batch = await outbox.nextBatch({ maxRecords: 10_000, maxBytes: 100_000_000 });
  if (batch === null) return [];
  const wide = [];
  const { envelopes } = JSON.parse(batch.body) as { envelopes: unknown[] };
  for (let at = 0; at < envelopes.length; at += 100) {
    wide.push(...(await bench.school.read(JSON.stringify({ envelopes: envelopes.slice(at, at + 100) }))));
  }
  return wide;
}

function priorityOf(read: Awaited<ReturnType<typeof peek>>, sequence: number): Priority {
  return read.find(({ envelope }) => envelope.sequence === sequence)?.envelope.priority ?? 'health';
}

/** A delivery whose answer arrives for some, is a refusal for some, and is lost for the rest. */
const deliver = (maxRecords: number, answered: number, refuse: boolean): Command => ({
  check: () => true,
  async run(model, real) {
    const batch = await real.outbox.nextBatch({ maxRecords, maxBytes: 2_000_000 });
    const expected = waitingInOrder(model).slice(0, maxRecords);
    expect(batch?.records.map(({ sequence }) => sequence) ?? []).toEqual(expected);
    if (batch === null) return;
    for (const { envelope, record } of await real.bench.school.read(batch.body)) {
      const known = real.onServer.get(record.id);
      // A record that was sent before must be the same now.
      if (known !== undefined) expect(record).toEqual(known);
      real.onServer.set(record.id, record);
      real.sequencesSeen.set(envelope.sequence, record.id);
    }
    const answers = batch.records.slice(0, answered).map(({ id, sequence }, index) => {
      if (refuse && index === 0) {
        model.quarantined.add(sequence);
        model.kept.delete(sequence);
        return { id, status: 'rejected' as const, reason: 'refused' };
      }
      model.kept.delete(sequence);
      return { id, status: 'stored' as const };
    });
    await real.outbox.acknowledge(batch, answers, []);
  },
  toString: () => `deliver ${maxRecords}, answers for ${answered}${refuse ? ', first refused' : ''}`,
});

const waitABit: Command = {
  check: () => true,
  async run(model, { bench }) {
    await bench.timers.advance(15_000);
    model.counting.clear();
  },
  toString: () => 'wait 15 s',
};

/** Kill and start again: only what was synced is found. */
const kill: Command = {
  check: () => true,
  async run(model, real) {
    const copy = real.bench.afterPowerCut(real.folder);
    await real.outbox.dispose();
    real.folder = copy;
    real.outbox = await real.bench.open(copy);
    model.counting.clear();
    const read = await peek(real.bench, real.outbox);
    for (const recordId of model.awaiting) {
      model.lastSequence += 1;
      const priority = priorityOf(read, model.lastSequence);
      model.kept.set(model.lastSequence, { id: `picture of ${recordId}`, priority });
    }
    model.awaiting.clear();
  },
  toString: () => 'kill',
};

function waitingInOrder(model: Model): number[] {
  const counting = new Set([...model.counting.values()].map(({ sequence }) => sequence));
  return [...model.kept]
    .filter(([sequence]) => !counting.has(sequence))
    .sort(
      ([oneSequence, one], [otherSequence, other]) =>
        priorityRank(one.priority) - priorityRank(other.priority) || oneSequence - otherSequence,
    )
    .map(([sequence]) => sequence);
}

const commands = fc.commands(
  [
    fc
      .tuple(fc.constantFrom(...SEVERITIES), fc.boolean())
      .map(([severity, awaited]) => appendCapture(severity, awaited)),
    fc.boolean().map(appendReport),
    fc.nat({ max: 2 }).map(repeat),
    fc.boolean().map(settle),
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 6 }), fc.boolean())
      .map((args) => deliver(...args)),
    fc.constant(waitABit),
    fc.constant(kill),
  ],
  { size: '+1' },
);

test.each([
  ['with room', {}],
  ['on a disk that is nearly full', { maxPages: 40 }],
])(
  'whatever happens %s, everything kept is delivered once, in order, without gaps',
  async (_name, options) => {
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const bench = await createBench();
        try {
          const folder = bench.newFolder();
          const full = 'maxPages' in options;
          const real: Real = {
            bench: full ? { ...bench, open: (path) => bench.open(path, options) } : bench,
            outbox: await bench.open(folder, options),
            folder,
            onServer: new Map(),
            sequencesSeen: new Map(),
          };
          const model: Model = {
            kept: new Map(),
            quarantined: new Set(),
            counting: new Map(),
            awaiting: new Set(),
            captures: [],
            lastSequence: 0,
          };
          // On a full disk a kill loses what was in memory, as it must: there the model has no kills.
          await fc.asyncModelRun(() => ({ model, real }), full ? withoutKills(script) : script);
          await bench.timers.advance(15_000);
          model.counting.clear();
          while (model.kept.size > 0) await deliver(50, 50, false).run(model, real);
          expect(await real.outbox.nextBatch({ maxRecords: 1, maxBytes: 1_000 })).toBeNull();
          expect(real.outbox.stats()).toMatchObject({ records: 0, lastSequence: model.lastSequence });
          const numbers = [...real.sequencesSeen.keys()].sort((one, other) => one - other);
          expect(numbers).toEqual(Array.from({ length: model.lastSequence }, (_, at) => at + 1));
          expect(new Set(real.sequencesSeen.values()).size).toBe(numbers.length);
        } finally {
          await bench.dispose();
        }
      }),
      { numRuns: 15 },
    );
  },
  120_000,
);

function withoutKills(script: Iterable<Command>): Iterable<Command> {
  return [...script].filter((command) => command.toString() !== 'kill');
}
