export { POLICY_FOLDER, type PolicyFeed, type PolicyFeedDeps, startPolicyFeed } from './feed.ts';
export {
  createPolicyKeeper,
  type PolicyKeeper,
  type PolicyKeeperDeps,
  type PolicyOutcome,
  type PolicySource,
} from './keeper.ts';
