export { type Agent, type AgentDeps, type AgentOptions, createAgent } from './agent.ts';
export { createWatch } from './watch.ts';
