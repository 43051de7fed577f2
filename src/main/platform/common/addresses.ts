import type { NetworkInterfaceInfo } from 'node:os';

/**
 * The machine's own addresses as the system lists them, without loopback and link-local ones, which are
 * the same everywhere and so say nothing about the network it is on.
 */
export function machineAddresses(
  interfaces: Readonly<
    Record<string, readonly Pick<NetworkInterfaceInfo, 'address' | 'internal'>[] | undefined>
  >,
): readonly string[] {
  return Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address))
    .map(({ address }) => address);
}
