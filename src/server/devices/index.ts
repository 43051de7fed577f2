export { readAddress, type ServerAddress, writeAddress } from './address.ts';
export { createEnrolment, type Enrolment } from './enrolment.ts';
export { createDeviceGuard, deviceOf, type KnownDevice } from './guard.ts';
export { createMemoryReplayGuard, createSharedReplayGuard, type ReplayGuard } from './replay.ts';
export { agentDeviceRoutes, consoleDeviceRoutes } from './routes.ts';
export { createDevices, type Devices, WATCHING_WITHIN_MS } from './service.ts';
