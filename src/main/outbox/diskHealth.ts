import type { SourceHealth } from '../ports/index.ts';
import type { OpenReport } from './openStore.ts';

/** Says of the database and the disk what a technician can act on; the same thing twice is said once. */
export function createDiskHealth(health: { report(part: string, health: SourceHealth): void }): {
  opened(report: Pick<OpenReport, 'loss' | 'foreign'>): void;
  room(room: boolean): void;
} {
  let roomTold = true;
  return {
    opened({ loss, foreign }) {
      if (loss !== null) {
        health.report('outbox.database', {
          state: 'degraded',
          code: loss.why === 'damaged' ? 'damaged_replaced' : 'missing_replaced',
          message: `The outbox's database was ${loss.why}; a new one was started and ${loss.salvaged} records were saved. Check this machine's disk.`,
        });
      } else if (foreign) {
        health.report('outbox.database', {
          state: 'degraded',
          code: 'former_enrolment',
          message: 'Unsent records of a former enrolment of this machine were set aside; they stay sealed.',
        });
      }
    },
    room(room) {
      if (room === roomTold) return;
      roomTold = room;
      health.report(
        'outbox.disk',
        room
          ? { state: 'ok', code: 'ok', message: 'Records are written to disk.' }
          : {
              state: 'failed',
              code: 'disk_full',
              message:
                'The disk is full or cannot be written. Records are kept in memory: free some space before this machine is switched off.',
            },
      );
    },
  };
}
