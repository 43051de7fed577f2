export { type AdaptivePoll, type AdaptivePollIntervals, createAdaptivePoll } from './adaptivePoll.ts';
export { machineAddresses } from './addresses.ts';
export { type ChangeGate, createChangeGate } from './changeGate.ts';
export { fingerprint } from './fingerprint.ts';
export { createRefresher, type Refresher } from './refresher.ts';
