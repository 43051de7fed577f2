export {
  addIntakeKey,
  createKeys,
  type Keyring,
  type KeyringFailure,
  loadKeyring,
  masterKeyIdInUse,
  rewrapKeys,
} from './keyring.ts';
export { createLiveKeyring, type LiveKeyring } from './liveKeyring.ts';
export { createMasterKey, MASTER_KEY_BYTES, type MasterKey } from './masterKey.ts';
export { type MasterKeySource, nextKeyPath, readMasterKey, writeMasterKey } from './masterKeyFile.ts';
