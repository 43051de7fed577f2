export { type DeliverDeps, type DeliverOptions, type Delivery, startDelivery } from './deliver.ts';
export { type HeartbeatDeps, startHeartbeat } from './heartbeat.ts';
