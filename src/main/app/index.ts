export { createAgent } from './agent.ts';
export { createWatch } from './watch.ts';
