export { keepRawBodies, parseJsonBody } from './agentBody.ts';
export { limitBodiesInFlight } from './bodyBudget.ts';
export { serveConsole } from './consoleFiles.ts';
export { describeFailure, type ErrorExtras, installErrorHandling, sendError } from './errors.ts';
export { createEventStreams, type EventStream, type EventStreams, HEARTBEAT_MS } from './eventStream.ts';
export { installSecurityHeaders } from './security.ts';
export type { App, Hook } from './types.ts';
