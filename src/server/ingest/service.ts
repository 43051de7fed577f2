import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  type ConsoleEvent,
  type Envelope,
  type envelopeAnswerSchema,
  priorityRank,
  severityOfRank,
} from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Opener, VerifyingKey } from '#seal';
import type { Sequences } from '../sequences/index.ts';
import type { Store } from '../store/index.ts';
import type { Admission } from './admission.ts';
import { checkEnvelope } from './check.ts';
import { commitBatch, ID_IN_USE } from './commit.ts';

type Answer = z.infer<typeof envelopeAnswerSchema>;

export interface Ingest {
  /** Takes in a batch; resolves after it is committed. `bytes`: how large the request was. */
  takeIn(
    device: { readonly id: string; readonly key: VerifyingKey },
    envelopes: readonly Envelope[],
    bytes: number,
  ): Promise<
    Result<{ readonly answers: Answer[]; readonly wants: string[] }, 'overloaded' | 'device_revoked'>
  >;
  /** Takes in a sealed screenshot; resolves after its bytes and the note of them are durable. */
  takeInBlob(
    deviceId: string,
    sha256: string,
    bytes: Uint8Array,
  ): Promise<Result<'stored' | 'duplicate', 'overloaded' | 'blob_mismatch' | 'blob_not_wanted'>>;
}

export interface IngestDeps {
  readonly store: Pick<Store, 'db' | 'commits' | 'blobs' | 'bus'>;
  readonly sequences: Sequences;
  readonly opener: () => Pick<Opener, 'openRecord'>;
  readonly admission: Admission;
  readonly clock: Pick<Clock, 'now'>;
  /** Told how many records were put aside, for the log. */
  readonly onRejected: (count: number, deviceId: string, reason: string) => void;
}

/** Pictures wait behind every text. */
const BLOB_RANK = 100;

export function createIngest(deps: IngestDeps): Ingest {
  const { store, sequences, opener, admission, clock } = deps;
  const { db, commits, blobs, bus } = store;

  return {
    async takeIn(device, envelopes, bytes) {
      const rank = Math.min(...envelopes.map(({ priority }) => priorityRank(priority)));
      const entry = await admission.enter({ rank, bytes });
      if (!entry.ok) return entry;
      try {
        const open = opener();
        const checks = await Promise.all(envelopes.map((envelope) => checkEnvelope(open, device, envelope)));
        const good = checks.flatMap((check) => (check.ok ? [check.value] : []));
        const bad = checks.flatMap((check) => (check.ok ? [] : [check.error]));
        const at = clock.now();
        const committed = await commits.run(device.id, (trx) =>
          commitBatch({ sequences }, trx, { deviceId: device.id, good, bad, at }),
        );
        if (committed === 'revoked') return err('device_revoked');

        const items = committed.newItems.map(
          ({ id, state, severity }): ConsoleEvent => ({
            kind: 'item',
            id,
            severity: severityOfRank(severity),
            state,
          }),
        );
        const pictures = committed.newPictures.map((id): ConsoleEvent => ({ kind: 'screenshot', id }));
        bus.publish(...items, ...pictures);
        const answers = checks.map((check): Answer => {
          if (!check.ok)
            return { id: check.error.envelope.id, status: 'rejected', reason: check.error.reason };
          const { id } = check.value.envelope;
          const status = committed.status.get(id);
          if (status === 'stored' || status === 'duplicate') return { id, status };
          return { id, status: 'rejected', reason: ID_IN_USE };
        });
        const rejected = answers.filter((answer) => answer.status === 'rejected');
        const [first] = rejected;
        if (first !== undefined) deps.onRejected(rejected.length, device.id, first.reason);
        return ok({ answers, wants: [...committed.wants] });
      } finally {
        await entry.value.dispose();
      }
    },

    async takeInBlob(deviceId, sha256, bytes) {
      const entry = await admission.enter({ rank: BLOB_RANK, bytes: bytes.length });
      if (!entry.ok) return entry;
      try {
        if (createHash('sha256').update(bytes).digest('hex') !== sha256) return err('blob_mismatch');
        const named = await db
          .selectFrom('pictures')
          .select(['record_id', 'stored_at'])
          .where('device_id', '=', deviceId)
          .where('sha256', '=', sha256)
          .execute();
        if (named.length === 0) return err('blob_not_wanted');
        if (named.every(({ stored_at }) => stored_at !== null)) return ok('duplicate');
        await blobs.put(sha256, bytes);
        const at = clock.now();
        await commits.run(deviceId, (trx) =>
          trx
            .updateTable('pictures')
            .set({ stored_at: at })
            .where('device_id', '=', deviceId)
            .where('sha256', '=', sha256)
            .where('stored_at', 'is', null)
            .execute(),
        );
        bus.publish(...named.map(({ record_id }): ConsoleEvent => ({ kind: 'screenshot', id: record_id })));
        return ok('stored');
      } finally {
        await entry.value.dispose();
      }
    },
  };
}
