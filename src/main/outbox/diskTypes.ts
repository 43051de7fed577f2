import type { Timers } from '#kernel';
import type { Files, SourceHealth } from '../ports/index.ts';
import type { Ceiling } from './ceiling.ts';
import type { Reserve } from './reserve.ts';
import type { Serial } from './serial.ts';
import type { Change, OutboxStore, StoredBlob, StoredRecord, StoreTotals } from './store.ts';

export interface DiskDeps {
  readonly files: Pick<Files, 'absolute' | 'list' | 'move' | 'remove'>;
  readonly ceiling: Ceiling;
  readonly reserve: Reserve;
  readonly timers: Pick<Timers, 'after' | 'now'>;
  /** Everything that calls in here runs inside it; so does the retry of a full disk. */
  readonly serial: Serial;
  readonly health: { report(part: string, health: SourceHealth): void };
  /** Called inside `serial` when a retry found records on disk that could not be read before. */
  readonly recovered: () => Promise<void>;
}

export interface Disk {
  /** Writes, or keeps in memory what cannot be written now. */
  commit(change: Change): Promise<'written' | 'held'>;
  /** Writes where there is room beside the reserve, or does nothing. */
  tryCommit(change: Change): Promise<'written' | 'no_room'>;
  /** Reads from the store on disk, replacing it first where it turns out damaged; `empty` where there is none. */
  read<Value>(operation: (store: OutboxStore) => Value, empty: Value): Promise<Value>;
  /** Reads from what is in memory only. */
  readMemory<Value>(operation: (store: OutboxStore) => Value): Value;
  nextRecords(limits: Parameters<OutboxStore['nextRecords']>[0]): Promise<readonly StoredRecord[]>;
  nextBlob(skip: ReadonlySet<string>): Promise<StoredBlob | null>;
  countingRepeat(captureId: string): Promise<StoredRecord | null>;
  /** The rank of the text that awaits this picture, or null where none does. */
  promisedRank(recordId: string): Promise<number | null>;
  totals(): StoreTotals & {
    readonly held: number;
    readonly oldestAt: number | null;
    readonly topRank: number | null;
  };
  /** If something was lost since the last call: the numbers it may have had. */
  takeLoss(): LostNumbers | null;
  dispose(): void;
}

/** An inclusive range of sequence numbers. */
export interface LostNumbers {
  readonly from: number;
  readonly to: number;
}
