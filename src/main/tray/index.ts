export { type Monitoring, monitoringOf, type TrayState, trayView } from './trayView.ts';
