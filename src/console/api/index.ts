export { type ConsoleApi, createConsoleApi, type Decision, type QueuePage, type Show } from './client.ts';
export { type Connection, createLiveEvents, type EventStream } from './events.ts';
export { ApiError, explain, type Failure, failureOf } from './failure.ts';
export { keys, useDevices, useItem, useQueue } from './queries.ts';
