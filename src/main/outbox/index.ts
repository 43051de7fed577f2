export { createOutbox, type OutboxDeps, type OutboxOptions } from './outbox.ts';
export type { Appended, Batch, BatchLimits, BlobToSend, Outbox, OutboxRecord, OutboxStats } from './types.ts';
