export { type Host, type HostOptions, type HostPorts, startHost } from './host.ts';
export type { Sources } from './sources.ts';
