export { createDiskBlobs } from './blobs/disk.ts';
export { createS3Blobs } from './blobs/s3.ts';
export type { BlobStore } from './blobs/types.ts';
export type { Bus, ServerEvent } from './bus.ts';
export type { GroupCommit } from './groupCommit.ts';
export {
  type BlobOptions,
  type DatabaseOptions,
  openBlobs,
  openExistingStore,
  openNewStore,
  openStore,
  type Store,
  type StoreDeps,
} from './store.ts';
export type { DatabaseKind, Db, DbOrTrx, Tables, Trx } from './tables.ts';
