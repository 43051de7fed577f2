export {
  addIntakeKey,
  createKeys,
  type Keyring,
  type KeyringFailure,
  loadKeyring,
  rewrapKeys,
} from './keyring.ts';
export { createLiveKeyring, type LiveKeyring } from './liveKeyring.ts';
export { createMasterKey, MASTER_KEY_BYTES, type MasterKey } from './masterKey.ts';
export { type MasterKeySource, readMasterKey, writeMasterKey } from './masterKeyFile.ts';
