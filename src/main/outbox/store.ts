/**
 * The durable part of the outbox: what is kept and in which order it leaves, nothing about sealing or sending.
 *
 * Invariants
 * - `commit` is all or nothing, and what it wrote survives the loss of power once it has returned.
 * - Records leave by rank (0 critical ... 5 health), then by sequence number, which is age.
 * - A repeat that is still being counted up does not leave.
 * - A blob leaves after all records, and only once the server has said that it wants it.
 */
import type { Envelope } from '#contract';

export interface StoredRecord {
  readonly sequence: number;
  readonly id: string;
  readonly kind: Envelope['kind'];
  /** `priorityRank` of its priority. */
  readonly rank: number;
  readonly createdAt: number;
  /** The record this one is about: the capture of a repeat, the text of a screenshot; otherwise null. */
  readonly about: string | null;
  /** A repeat that may still be counted up in place. */
  readonly counting: boolean;
  /** The envelope as JSON. */
  readonly envelope: string;
}

export interface StoredBlob {
  readonly sha256: string;
  /** The capture or report it shows. */
  readonly recordId: string;
  readonly rank: number;
  /** Of the `screenshot` record that announces it. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** A picture that a record in the outbox promised and that is not taken yet. */
export interface Promised {
  readonly recordId: string;
  readonly rank: number;
}

/** What one transaction does, in this order. */
export interface Change {
  /** Takes the place of a record with the same sequence number. */
  readonly put?: readonly StoredRecord[];
  readonly stopCounting?: readonly number[];
  readonly quarantine?: readonly {
    readonly sequence: number;
    readonly reason: string;
    readonly at: number;
  }[];
  readonly remove?: readonly number[];
  readonly promise?: readonly Promised[];
  readonly settle?: readonly string[];
  readonly putBlobs?: readonly StoredBlob[];
  readonly wantBlobs?: readonly string[];
  readonly quarantineBlobs?: readonly { readonly sha256: string; readonly reason: string }[];
  readonly removeBlobs?: readonly string[];
  /** The highest number given out so far. */
  readonly lastSequence?: number;
  /** How many records and blobs have been given up since the store was made. */
  readonly dropped?: number;
}

/** Something that can be given up when there is too much. */
export interface Victim {
  readonly what: 'record' | 'blob';
  readonly sequence: number;
  readonly bytes: number;
  /** The blob's address; null for a record. */
  readonly sha256: string | null;
  /** The record whose screenshot is lost with it, or null. */
  readonly screenshotOf: string | null;
}

export interface StoreTotals {
  readonly records: number;
  readonly blobs: number;
  /** Of envelopes and blobs, quarantined ones included; the database's own overhead comes on top. */
  readonly bytes: number;
  readonly quarantined: number;
  readonly dropped: number;
  readonly lastSequence: number;
}

/** `no_room`: nothing was written, try again when there is room. `damaged`: the database cannot be trusted. */
export class StoreFailure extends Error {
  readonly kind: 'no_room' | 'damaged';
  constructor(kind: 'no_room' | 'damaged', cause: unknown) {
    super(`outbox store: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** Every method may throw a {@link StoreFailure}, and nothing else. */
export interface OutboxStore {
  commit(change: Change): void;
  totals(): StoreTotals;
  /** The next to leave: at least one where there is one, then as many as fit both limits. */
  nextRecords(limits: {
    readonly maxRecords: number;
    readonly maxBytes: number;
    /** Records to leave out, by sequence. */
    readonly skip: ReadonlySet<number>;
  }): readonly StoredRecord[];
  /** The repeat of this capture that is still being counted up. */
  countingRepeat(captureId: string): StoredRecord | null;
  countingSequences(): readonly number[];
  promised(): readonly Promised[];
  promisedRank(recordId: string): number | null;
  /** The next screenshot that the server wants. */
  nextBlob(skip: ReadonlySet<string>): StoredBlob | null;
  /** The addresses of the blobs that these records announce. */
  announcedBy(
    sequences: readonly number[],
  ): readonly { readonly sequence: number; readonly sha256: string }[];
  /** Oldest first. Blobs of one rank, or records of one rank; `dropped` records are never among them. */
  victims(what: Victim['what'], rank: number, maxVictims: number): readonly Victim[];
  oldestAt(): number | null;
  topRank(): number | null;
  /** Every record and every quarantined one, oldest first: for salvage and for tests. */
  allRecords(): readonly StoredRecord[];
  close(): void;
}
