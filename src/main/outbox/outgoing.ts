import type { EnvelopeAnswer } from '#contract';
import type { Timers } from '#kernel';
import type { SourceHealth } from '../ports/index.ts';
import type { Disk } from './diskTypes.ts';
import type { Serial } from './serial.ts';
import type { Batch, Outbox } from './types.ts';

export interface OutgoingDeps {
  readonly disk: Pick<Disk, 'commit' | 'nextBlob' | 'nextRecords' | 'read' | 'totals'>;
  readonly serial: Serial;
  readonly timers: Pick<Timers, 'now'>;
  readonly health: { report(part: string, health: SourceHealth): void };
}

const NONE: ReadonlySet<never> = new Set();
/** Room for `{"envelopes":[` and the commas of the largest batch. */
const BODY_OVERHEAD_BYTES = 200;

/** The side of the outbox that delivery works with: what leaves next, and what came of it. */
export function createOutgoing(
  deps: OutgoingDeps,
): Pick<Outbox, 'nextBatch' | 'acknowledge' | 'nextBlob' | 'acknowledgeBlob' | 'quarantineBlob'> {
  const { disk, serial, timers, health } = deps;

  function tellQuarantine(reason: string): void {
    health.report('outbox.quarantine', {
      state: 'degraded',
      code: 'refused_by_server',
      message: `The server refused ${disk.totals().quarantined} record(s) of this device; they are kept. Last reason: ${reason.slice(0, 200)}`,
    });
  }

  async function acknowledge(batch: Batch, answers: readonly EnvelopeAnswer[], wants: readonly string[]) {
    const sequences = new Map(batch.records.map(({ id, sequence }) => [id, sequence]));
    const remove: number[] = [];
    const quarantine: { sequence: number; reason: string; at: number }[] = [];
    for (const answer of answers) {
      const sequence = sequences.get(answer.id);
      if (sequence === undefined) continue;
      if (answer.status === 'rejected')
        quarantine.push({ sequence, reason: answer.reason, at: timers.now() });
      else remove.push(sequence);
    }
    const asked = new Set(wants);
    const announced = await disk.read((store) => store.announcedBy(remove), []);
    const refused = await disk.read((store) => store.announcedBy(quarantine.map((one) => one.sequence)), []);
    await disk.commit({
      remove,
      quarantine,
      wantBlobs: announced.filter(({ sha256 }) => asked.has(sha256)).map(({ sha256 }) => sha256),
      // Announced and not asked for: the server has it already.
      removeBlobs: announced.filter(({ sha256 }) => !asked.has(sha256)).map(({ sha256 }) => sha256),
      quarantineBlobs: refused.map(({ sha256 }) => ({ sha256, reason: 'its record was refused' })),
    });
    const last = quarantine.at(-1);
    if (last !== undefined) tellQuarantine(last.reason);
  }

  return {
    nextBatch: ({ maxRecords, maxBytes, skip = NONE }) =>
      serial.run(async () => {
        const chosen = await disk.nextRecords({ maxRecords, maxBytes: maxBytes - BODY_OVERHEAD_BYTES, skip });
        if (chosen.length === 0) return null;
        return {
          records: chosen.map(({ id, sequence }) => ({ id, sequence })),
          body: `{"envelopes":[${chosen.map((record) => record.envelope).join(',')}]}`,
        };
      }),
    acknowledge: (batch, answers, wants) => serial.run(() => acknowledge(batch, answers, wants)),
    nextBlob: (skip = NONE) => serial.run(() => disk.nextBlob(skip)),
    acknowledgeBlob: (sha256) =>
      serial.run(async () => {
        await disk.commit({ removeBlobs: [sha256] });
      }),
    quarantineBlob: (sha256, reason) =>
      serial.run(async () => {
        await disk.commit({ quarantineBlobs: [{ sha256, reason }] });
        tellQuarantine(reason);
      }),
  };
}
