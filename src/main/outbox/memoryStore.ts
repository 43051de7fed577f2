import type { Change, OutboxStore, StoredBlob, StoredRecord, Victim } from './store.ts';

interface Quarantined {
  readonly record: StoredRecord;
  readonly reason: string;
}

/**
 * A store in memory. The outbox keeps text in one while the disk is full; tests compare the real store with it.
 * Made for some thousands of records: it sorts where the real one has an index.
 */
export function createMemoryStore(): OutboxStore {
  const records = new Map<number, StoredRecord>();
  const quarantined = new Map<number, Quarantined>();
  const blobs = new Map<
    string,
    { readonly blob: StoredBlob; state: 'announced' | 'wanted' | 'quarantined' }
  >();
  const promises = new Map<string, number>();
  let lastSequence = 0;
  let dropped = 0;

  const byAge = () => [...records.values()].sort((one, other) => one.sequence - other.sequence);
  const inOrder = () => byAge().sort((one, other) => one.rank - other.rank);

  function commit(change: Change): void {
    for (const record of change.put ?? []) records.set(record.sequence, record);
    for (const sequence of change.stopCounting ?? []) {
      const record = records.get(sequence);
      if (record !== undefined) records.set(sequence, { ...record, counting: false });
    }
    for (const { sequence, reason } of change.quarantine ?? []) {
      const record = records.get(sequence);
      if (record !== undefined) quarantined.set(sequence, { record, reason });
      records.delete(sequence);
    }
    for (const sequence of change.remove ?? []) records.delete(sequence);
    for (const { recordId, rank } of change.promise ?? []) promises.set(recordId, rank);
    for (const recordId of change.settle ?? []) promises.delete(recordId);
    for (const blob of change.putBlobs ?? []) blobs.set(blob.sha256, { blob, state: 'announced' });
    for (const sha256 of change.wantBlobs ?? []) setState(sha256, 'wanted');
    for (const { sha256 } of change.quarantineBlobs ?? []) setState(sha256, 'quarantined');
    for (const sha256 of change.removeBlobs ?? []) blobs.delete(sha256);
    lastSequence = change.lastSequence ?? lastSequence;
    dropped = change.dropped ?? dropped;
  }

  function setState(sha256: string, state: 'wanted' | 'quarantined'): void {
    const entry = blobs.get(sha256);
    if (entry !== undefined) entry.state = state;
  }

  function recordVictims(rank: number): Victim[] {
    return byAge()
      .filter((record) => record.rank === rank && record.kind !== 'dropped')
      .map((record) => ({
        what: 'record',
        sequence: record.sequence,
        bytes: record.envelope.length,
        sha256: null,
        screenshotOf: record.kind === 'screenshot' ? record.about : null,
      }));
  }

  function blobVictims(rank: number): Victim[] {
    return [...blobs.values()]
      .filter(({ blob }) => blob.rank === rank)
      .sort((one, other) => one.blob.sequence - other.blob.sequence)
      .map(({ blob }) => ({
        what: 'blob',
        sequence: blob.sequence,
        bytes: blob.bytes.length,
        sha256: blob.sha256,
        screenshotOf: blob.recordId,
      }));
  }

  return {
    commit,
    totals() {
      let bytes = 0;
      for (const record of records.values()) bytes += record.envelope.length;
      for (const { record } of quarantined.values()) bytes += record.envelope.length;
      for (const { blob } of blobs.values()) bytes += blob.bytes.length;
      const parked = [...blobs.values()].filter(({ state }) => state === 'quarantined').length;
      return {
        records: records.size,
        blobs: blobs.size,
        bytes,
        quarantined: quarantined.size + parked,
        dropped,
        lastSequence,
      };
    },
    nextRecords({ maxRecords, maxBytes, skip }) {
      const chosen: StoredRecord[] = [];
      let bytes = 0;
      for (const record of inOrder()) {
        if (record.counting || skip.has(record.sequence)) continue;
        bytes += record.envelope.length;
        if (chosen.length >= maxRecords || (chosen.length > 0 && bytes > maxBytes)) break;
        chosen.push(record);
      }
      return chosen;
    },
    countingRepeat: (captureId) =>
      byAge().find((record) => record.kind === 'repeat' && record.counting && record.about === captureId) ??
      null,
    countingSequences: () =>
      byAge()
        .filter((record) => record.counting)
        .map((record) => record.sequence),
    promised: () => [...promises].map(([recordId, rank]) => ({ recordId, rank })),
    promisedRank: (recordId) => promises.get(recordId) ?? null,
    nextBlob(skip) {
      const wanted = [...blobs.values()].filter(
        ({ blob, state }) => state === 'wanted' && !skip.has(blob.sha256),
      );
      wanted.sort((one, other) => one.blob.rank - other.blob.rank || one.blob.sequence - other.blob.sequence);
      return wanted[0]?.blob ?? null;
    },
    announcedBy: (sequences) =>
      [...blobs.values()]
        .filter(({ blob }) => sequences.includes(blob.sequence))
        .map(({ blob }) => ({ sequence: blob.sequence, sha256: blob.sha256 })),
    victims: (what, rank, maxVictims) =>
      (what === 'record' ? recordVictims(rank) : blobVictims(rank)).slice(0, maxVictims),
    oldestAt: () => byAge()[0]?.createdAt ?? null,
    topRank: () => inOrder()[0]?.rank ?? null,
    allRecords: () =>
      [...records.values(), ...[...quarantined.values()].map(({ record }) => record)].sort(
        (one, other) => one.sequence - other.sequence,
      ),
    close() {},
  };
}
