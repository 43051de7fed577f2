import type { Capture, EnvelopeAnswer, HealthEvent, Priority, Repeat, Report } from '#contract';
import type { Disposable } from '#kernel';
import type { ScreenPicture } from '../ports/index.ts';

/** What a stage may write. Pictures go by `settlePicture`; the outbox itself admits what it drops. */
export type OutboxRecord = Capture | Repeat | Report | HealthEvent;

/** `written`: on disk. `held`: the disk is full; kept in memory, delivered from there, written when there is room. */
export interface Appended {
  readonly kind: 'written' | 'held';
  readonly id: string;
  readonly sequence: number;
}

/** Records on their way: `body` is the JSON of an envelopes request. */
export interface Batch {
  readonly records: readonly { readonly id: string; readonly sequence: number }[];
  readonly body: string;
}

export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Records to leave out this time, by sequence number. */
  readonly skip?: ReadonlySet<number>;
}

export interface BlobToSend {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface OutboxStats {
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly oldestAt: number | null;
  readonly dropped: number;
  readonly quarantined: number;
  readonly lastSequence: number;
  readonly topPriority: Priority | null;
  /** Of `records`, how many are in memory only. */
  readonly held: number;
}

export interface Outbox {
  /** Resolves once the record is on disk (or held, on a full disk). A repeat may be counted up on one that waits. */
  append(record: OutboxRecord): Promise<Appended>;
  /** Answers the `awaited` of an earlier capture or report: seals the picture and writes its `screenshot` record. */
  settlePicture(recordId: string, picture: ScreenPicture): Promise<void>;
  /** The most urgent records that fit the limits, or null where nothing waits. */
  nextBatch(limits: BatchLimits): Promise<Batch | null>;
  /** Lets go of what the server has, quarantines what it refused. Records without an answer stay. */
  acknowledge(batch: Batch, answers: readonly EnvelopeAnswer[], wants: readonly string[]): Promise<void>;
  /** The next screenshot the server asked for, or null. `skip`: addresses to leave out this time. */
  nextBlob(skip?: ReadonlySet<string>): Promise<BlobToSend | null>;
  acknowledgeBlob(sha256: string): Promise<void>;
  /** Keeps a screenshot the server will not take, with the reason, and sends it no more. */
  quarantineBlob(sha256: string, reason: string): Promise<void>;
  stats(): OutboxStats;
  /** Calls back after each append, with its priority. */
  onAppend(listener: (priority: Priority) => void): Disposable;
  setMaxBytes(maxBytes: number): void;
  /** Finishes what was begun, then closes the database. */
  dispose(): Promise<void>;
}
