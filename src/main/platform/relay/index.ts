export { type AddressWorld, type RelayAddress, relayAddress } from './address.ts';
export { createRelayBrowserTabs, type RelayBrowserTabs } from './browserTabs.ts';
