import type { EnvelopeAnswer, Priority } from '#contract';
import type { Disposable } from '#kernel';

/** Records on their way: `body` is the JSON of an envelopes request. */
export interface Batch {
  readonly records: readonly { readonly id: string; readonly sequence: number }[];
  readonly body: string;
}

/** The side of the outbox that delivery needs. */
export interface OutboxSide {
  nextBatch(limits: {
    readonly maxRecords: number;
    readonly maxBytes: number;
    readonly skip?: ReadonlySet<number>;
  }): Promise<Batch | null>;
  acknowledge(batch: Batch, answers: readonly EnvelopeAnswer[], wants: readonly string[]): Promise<void>;
  nextBlob(
    skip?: ReadonlySet<string>,
  ): Promise<{ readonly sha256: string; readonly bytes: Uint8Array } | null>;
  acknowledgeBlob(sha256: string): Promise<void>;
  quarantineBlob(sha256: string, reason: string): Promise<void>;
  onAppend(listener: (priority: Priority) => void): Disposable;
}
