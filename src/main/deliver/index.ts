export { type DeliverDeps, type DeliverOptions, type Delivery, startDelivery } from './deliver.ts';
export { type HeartbeatDeps, type HeartbeatSender, startHeartbeat } from './heartbeat.ts';
