import { type OutboxStore, type StoredRecord, StoreFailure } from './store.ts';

/** The next to leave of two lists that are each in order: at least one, then as many as fit both limits. */
export function merge(
  one: readonly StoredRecord[],
  other: readonly StoredRecord[],
  limits: Pick<Parameters<OutboxStore['nextRecords']>[0], 'maxRecords' | 'maxBytes'>,
): readonly StoredRecord[] {
  if (other.length === 0) return one;
  const inOrder = [...one, ...other].sort(
    (first, second) => first.rank - second.rank || first.sequence - second.sequence,
  );
  const chosen: StoredRecord[] = [];
  let bytes = 0;
  for (const record of inOrder) {
    bytes += record.envelope.length;
    if (chosen.length >= limits.maxRecords || (chosen.length > 0 && bytes > limits.maxBytes)) break;
    chosen.push(record);
  }
  return chosen;
}

/** The oldest and the most urgent of both; unknown for a moment where the database is just found damaged. */
export function edges(
  disk: OutboxStore | null,
  memory: OutboxStore,
): { readonly oldestAt: number | null; readonly topRank: number | null } {
  try {
    const oldest = [disk?.oldestAt(), memory.oldestAt()].filter((at) => at != null);
    const top = [disk?.topRank(), memory.topRank()].filter((rank) => rank != null);
    return {
      oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
      topRank: top.length === 0 ? null : Math.min(...top),
    };
  } catch (failure) {
    if (failure instanceof StoreFailure) return { oldestAt: null, topRank: null };
    throw failure;
  }
}
