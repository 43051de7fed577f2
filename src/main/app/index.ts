export { createWatch } from './watch.ts';
export { createAgent } from './agent.ts';
