export { type BackupManifest, backUp, readBackup, restore } from './backup.ts';
export { type Rotated, rotateKeys } from './rotate.ts';
export { type Fault, type VerifyReport, verify } from './verify.ts';
