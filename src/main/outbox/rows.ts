import { z } from 'zod';
import { envelopeSchema } from '#contract';
import type { StoredBlob, StoredRecord } from './store.ts';

/** Rows of the outbox's database, parsed as what they stand for: a file on a disk is input like any other. */

export const recordRow = z
  .object({
    sequence: z.int(),
    id: z.string(),
    kind: envelopeSchema.shape.kind,
    rank: z.int(),
    created_at: z.int(),
    about: z.string().nullable(),
    counting: z.int(),
    envelope: z.string(),
  })
  .transform(
    (row): StoredRecord => ({
      sequence: row.sequence,
      id: row.id,
      kind: row.kind,
      rank: row.rank,
      createdAt: row.created_at,
      about: row.about,
      counting: row.counting === 1,
      envelope: row.envelope,
    }),
  );
export const blobRow = z
  .object({
    sha256: z.string(),
    record_id: z.string(),
    rank: z.int(),
    sequence: z.int(),
    content: z.instanceof(Uint8Array),
  })
  .transform(
    (row): StoredBlob => ({
      sha256: row.sha256,
      recordId: row.record_id,
      rank: row.rank,
      sequence: row.sequence,
      bytes: row.content,
    }),
  );
export const victimRow = z.object({
  what: z.enum(['record', 'blob']),
  sequence: z.int(),
  bytes: z.int(),
  sha256: z.string().nullable(),
  screenshotOf: z.string().nullable(),
});
export const sizeRow = z.object({ sequence: z.int(), bytes: z.int() });
export const announcedRow = z.object({ sequence: z.int(), sha256: z.string() });
export const promisedRow = z.object({ recordId: z.string(), rank: z.int() });
export const numberRow = z.object({ value: z.number().nullable() });
export const ownerRow = z.object({ device_id: z.string() });
