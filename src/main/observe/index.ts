export {
  createObserve,
  type Observe,
  type ObserveDeps,
  type ObserveListener,
  type ObserveSettings,
  type Sighting,
} from './observe.ts';
export { createWildcard } from './wildcard.ts';
