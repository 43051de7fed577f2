export { startTrayHost } from './host.ts';
export { type TrayEntry, type TrayMenu, withTrayOf } from './menu.ts';
