import type { SourceHealth } from '../ports/index.ts';
import type { Former } from './former.ts';
import type { OpenReport } from './openStore.ts';
import type { Saved } from './rescue.ts';

/** `written`: there is room. `reserve`: text goes to space kept back for it. `held`: it is kept in memory. */
export type Room = 'written' | 'reserve' | 'held';

const ROOM: { readonly [Now in Room]: SourceHealth } = {
  written: { state: 'ok', code: 'ok', message: 'Records are written to disk.' },
  reserve: {
    state: 'degraded',
    code: 'disk_reserve',
    message:
      'The disk is full. Records are still written, to space that was kept back for them; pictures are not. Free some space.',
  },
  held: {
    state: 'failed',
    code: 'disk_full',
    message:
      'The disk is full or cannot be written. Records are kept in memory: free some space before this machine is switched off.',
  },
};

/** Says of the database and the disk what a technician can act on; the same thing twice is said once. */
export function createDiskHealth(health: { report(part: string, health: SourceHealth): void }): {
  opened(report: Pick<OpenReport, 'loss'>): void;
  /** What became of the records of damaged databases. */
  saved(saved: Saved): void;
  /** What earlier enrolments left behind is told for as long as it is there. */
  former(found: Former): void;
  room(now: Room): void;
} {
  let told: Room = 'written';
  return {
    opened({ loss }) {
      if (loss?.why === 'memory') {
        health.report('outbox.database', {
          state: 'degraded',
          code: 'memory_lost',
          message:
            'This machine was switched off while its disk was full; records that were kept in memory may be lost. Their numbers are admitted to the server.',
        });
      } else if (loss?.why === 'missing') {
        health.report('outbox.database', {
          state: 'degraded',
          code: 'missing_replaced',
          message: "The outbox's database was missing; a new one was started. Check this machine's disk.",
        });
      }
    },
    saved({ found, records, complete }) {
      if (!found) return;
      health.report('outbox.database', {
        state: 'degraded',
        code: complete ? 'damaged_replaced' : 'damaged_waiting',
        message: complete
          ? `The outbox's database was damaged; a new one was started and ${records} records were saved. Check this machine's disk.`
          : "The outbox's database was damaged and set aside (outbox.unsaved-* in the agent's data folder). What can be read of it is not saved yet: free some space on the disk.",
      });
    },
    former({ databases, records }) {
      if (databases === 0) return;
      const count = records === null ? 'An unknown number of' : String(records);
      health.report('outbox.former', {
        state: 'degraded',
        code: 'former_enrolment',
        message: `${count} unsent records of an earlier enrolment are set aside on this machine, sealed (outbox.former-* in the agent's data folder). They are not sent; remove the files once nobody needs them.`,
      });
    },
    room(now) {
      if (now === told) return;
      told = now;
      health.report('outbox.disk', ROOM[now]);
    },
  };
}
