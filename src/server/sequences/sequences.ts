import type { DbOrTrx, Trx } from '../store/index.ts';
import { mergeRanges, type Range, subtractRanges } from './ranges.ts';

/**
 * Which of a device's records the server lacks. Every device numbers its records 1, 2, 3 ...
 *
 * Invariant: a number up to `devices.known_sequence` has either been accounted for (its record is here, in
 * quarantine, or admitted lost by the device) or lies in exactly one row of `sequence_gaps`. The caller holds
 * the lock of the device's row.
 */
export interface Sequences {
  /**
   * Notes numbers that are accounted for, and that numbers up to `knownUpTo` have been given out. Gaps appear
   * and close accordingly; `at`: since when a new gap is known.
   */
  note(
    trx: Trx,
    device: { readonly id: string; readonly known_sequence: number },
    news: { readonly accounted: readonly Range[]; readonly knownUpTo: number; readonly at: number },
  ): Promise<void>;
  /** Every gap of the device, or of all devices. */
  gaps(
    db: DbOrTrx,
    deviceId: string | null,
  ): Promise<readonly (Range & { device_id: string; since: number })[]>;
}

export function createSequences(): Sequences {
  return {
    async note(trx, device, { accounted, knownUpTo, at }) {
      const ranges = mergeRanges(accounted);
      const known = device.known_sequence;
      const highest = Math.max(known, knownUpTo, ranges.at(-1)?.last ?? 0);

      const [firstRange] = ranges;
      if (firstRange !== undefined && firstRange.first <= known) {
        const touched = await trx
          .selectFrom('sequence_gaps')
          .selectAll()
          .where('device_id', '=', device.id)
          .where('first', '<=', ranges.at(-1)?.last ?? 0)
          .where('last', '>=', firstRange.first)
          .execute();
        for (const gap of touched) {
          const left = subtractRanges(gap, ranges);
          const unchanged = left.length === 1 && left[0]?.first === gap.first && left[0].last === gap.last;
          if (unchanged) continue;
          await trx
            .deleteFrom('sequence_gaps')
            .where('device_id', '=', device.id)
            .where('first', '=', gap.first)
            .execute();
          await insert(trx, device.id, left, gap.since);
        }
      }
      if (highest > known) {
        await insert(trx, device.id, subtractRanges({ first: known + 1, last: highest }, ranges), at);
        await trx
          .updateTable('devices')
          .set({ known_sequence: highest })
          .where('id', '=', device.id)
          .execute();
      }
    },

    gaps(db, deviceId) {
      const query = db.selectFrom('sequence_gaps').selectAll().orderBy('device_id').orderBy('first');
      return (deviceId === null ? query : query.where('device_id', '=', deviceId)).execute();
    },
  };

  async function insert(trx: Trx, deviceId: string, gaps: readonly Range[], since: number): Promise<void> {
    if (gaps.length === 0) return;
    await trx
      .insertInto('sequence_gaps')
      .values(gaps.map(({ first, last }) => ({ device_id: deviceId, first, last, since })))
      .execute();
  }
}
