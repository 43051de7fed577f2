import { AGENT_PATHS, envelopesResponseSchema, MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '#contract';
import { parseJson } from '#kernel';
import type { ServerLink } from '../ports/index.ts';
import type { Batch, OutboxSide } from './types.ts';

/** What one flight came to. `landed`: there may be more to send at once. `gave_way`: something urgent came. */
export type Landing =
  | { readonly kind: 'landed' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gave_way' }
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly why: string }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'unauthorized' };

export interface Flights {
  /** Sends the next batch of text, or, where there is none, the next picture; `giveWay` ends a picture's flight only. */
  fly(stop: AbortSignal, giveWay: AbortSignal): Promise<Landing>;
}

export interface FlightOptions {
  readonly maxRecords?: number;
  readonly maxBytes?: number;
}

const TEXT_TIMEOUT_MS = 30_000;
const BLOB_TIMEOUT_MS = 300_000;
const STRIKES = 3;
/** The server could not read what was sent. */
const POISON_STATUS: ReadonlySet<number> = new Set([400, 413, 422]);
/** What the server answers once a picture is on its disk. */
const BLOB_STORED = 204;

/** Flies one request at a time. Keeps the little it must remember about records that do not go through. */
export function createFlights(
  deps: { readonly outbox: OutboxSide; readonly link: Pick<ServerLink, 'send'> },
  options: FlightOptions = {},
): Flights {
  const { outbox, link } = deps;
  const maxRecords = options.maxRecords ?? MAX_BATCH_RECORDS;
  const maxBytes = options.maxBytes ?? MAX_BATCH_BYTES;
  /** Halved when a batch is refused as a whole, until the one that is to blame is alone; grows again after. */
  let batchSize = maxRecords;
  /** Records that made the server fail although they were alone: tried again when all others have gone. */
  const setAside = new Set<number>();
  /** Those that were tried once more before that, in case the server had failed by itself. */
  const triedOnceMore = new Set<number>();
  const strikes = new Map<number, number>();
  const blobsSetAside = new Set<string>();

  async function sendText(batch: Batch, signal: AbortSignal): Promise<Landing> {
    const body = new TextEncoder().encode(batch.body);
    const outcome = await link.send({
      method: 'POST',
      path: AGENT_PATHS.envelopes,
      body,
      timeoutMs: TEXT_TIMEOUT_MS,
      signal,
    });
    switch (outcome.kind) {
      case 'ok': {
        const answer = envelopesResponseSchema.safeParse(parseJson(new TextDecoder().decode(outcome.body)));
        if (!answer.success) return { kind: 'later', retryAfterMs: null, why: 'unreadable_answer' };
        await outbox.acknowledge(batch, answer.data.answers, answer.data.wants);
        batchSize = Math.min(maxRecords, batchSize * 2);
        for (const { sequence } of batch.records) triedOnceMore.delete(sequence);
        tryOnceMore();
        return { kind: 'landed' };
      }
      case 'invalid':
        // Only our own server's word makes poison of a record; a proxy's error page is no answer.
        if (outcome.code !== null && POISON_STATUS.has(outcome.status))
          return refusedWhole(batch, outcome.code);
        return { kind: 'later', retryAfterMs: null, why: `status_${outcome.status}` };
      case 'busy':
        if (outcome.status === 500) return failedWhole(batch);
        return { kind: 'later', retryAfterMs: outcome.retryAfterMs, why: `status_${outcome.status}` };
      case 'refused':
        return outcome.why === 'revoked' ? { kind: 'revoked' } : { kind: 'unauthorized' };
      case 'unreachable':
        return { kind: 'later', retryAfterMs: null, why: outcome.reason };
      case 'not_modified':
        return { kind: 'later', retryAfterMs: null, why: 'status_304' };
    }
  }

  /** The server will not read the batch. Alone, a record that causes this is poison; together, look for it. */
  async function refusedWhole(batch: Batch, code: string): Promise<Landing> {
    const [only, ...others] = batch.records;
    if (only !== undefined && others.length === 0) {
      await outbox.acknowledge(batch, [{ id: only.id, status: 'rejected', reason: code }], []);
      batchSize = maxRecords;
    } else {
      batchSize = Math.max(1, Math.floor(batch.records.length / 2));
    }
    return { kind: 'landed' };
  }

  /** The server itself failed. If one record does that to it, the others must not wait behind it. */
  function failedWhole(batch: Batch): Landing {
    const [only, ...others] = batch.records;
    if (only === undefined) return { kind: 'nothing' };
    if (others.length > 0) {
      batchSize = Math.max(1, Math.floor(batch.records.length / 2));
    } else {
      const count = (strikes.get(only.sequence) ?? 0) + 1;
      strikes.set(only.sequence, count);
      if (count >= STRIKES) {
        strikes.delete(only.sequence);
        setAside.add(only.sequence);
        batchSize = maxRecords;
      }
    }
    return { kind: 'later', retryAfterMs: null, why: 'status_500' };
  }

  /** The server works: if it did not before, what was set aside is not to blame. Once for each, and alone. */
  function tryOnceMore(): void {
    for (const sequence of setAside) {
      if (triedOnceMore.has(sequence)) continue;
      triedOnceMore.add(sequence);
      setAside.delete(sequence);
      batchSize = 1;
    }
  }

  async function sendBlob(stop: AbortSignal, giveWay: AbortSignal): Promise<Landing> {
    const blob = await outbox.nextBlob(blobsSetAside);
    if (blob === null) {
      blobsSetAside.clear();
      return { kind: 'nothing' };
    }
    const outcome = await link.send({
      method: 'PUT',
      path: `${AGENT_PATHS.blobs}/${blob.sha256}`,
      body: blob.bytes,
      contentType: 'application/octet-stream',
      timeoutMs: BLOB_TIMEOUT_MS,
      signal: AbortSignal.any([stop, giveWay]),
    });
    switch (outcome.kind) {
      case 'ok':
        if (outcome.status !== BLOB_STORED)
          return { kind: 'later', retryAfterMs: null, why: 'unreadable_answer' };
        await outbox.acknowledgeBlob(blob.sha256);
        return { kind: 'landed' };
      case 'invalid':
        if (outcome.code === null)
          return { kind: 'later', retryAfterMs: null, why: `status_${outcome.status}` };
        await outbox.quarantineBlob(blob.sha256, outcome.code);
        return { kind: 'landed' };
      case 'not_modified':
        return { kind: 'later', retryAfterMs: null, why: 'status_304' };
      case 'busy':
        if (outcome.status === 500) blobsSetAside.add(blob.sha256);
        return { kind: 'later', retryAfterMs: outcome.retryAfterMs, why: `status_${outcome.status}` };
      case 'refused':
        return outcome.why === 'revoked' ? { kind: 'revoked' } : { kind: 'unauthorized' };
      case 'unreachable':
        if (giveWay.aborted) return { kind: 'gave_way' };
        return { kind: 'later', retryAfterMs: null, why: outcome.reason };
    }
  }

  return {
    async fly(stop, giveWay) {
      const limits = { maxRecords: batchSize, maxBytes };
      const batch = await outbox.nextBatch({ ...limits, skip: setAside });
      if (batch !== null) return sendText(batch, stop);
      if (setAside.size > 0) {
        setAside.clear();
        return { kind: 'later', retryAfterMs: null, why: 'status_500' };
      }
      return sendBlob(stop, giveWay);
    },
  };
}
