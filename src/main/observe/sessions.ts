import { BlockList, isIP } from 'node:net';
import { boundText, type Policy, type Session } from '#contract';
import type { SessionFacts } from '../ports/index.ts';
import { createWildcard } from './wildcard.ts';

const MAX_NAME_LENGTH = 256;

/** Null where the policy names no network: then the agent cannot tell. A network that does not parse is passed over. */
function isOnNetwork(networks: readonly string[], addresses: readonly string[]): boolean | null {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    const version = isIP(address);
    const bits = Number(prefix);
    if (version === 0 || prefix === '' || !Number.isInteger(bits)) continue;
    if (bits < 0 || bits > (version === 4 ? 32 : 128)) continue;
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
  if (list.rules.length === 0) return null;
  return addresses.some((address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  });
}

/** The session as it travels: what the system says, and what the policy makes of it. */
export function describeSession(
  facts: SessionFacts,
  policy: { readonly sharedAccounts: Policy['sharedAccounts']; readonly schoolNetworks: readonly string[] },
): Session {
  const shared = policy.sharedAccounts.some((pattern) => createWildcard(pattern)(facts.user));
  return {
    user: boundText(facts.user, MAX_NAME_LENGTH),
    displayName: facts.displayName === null ? null : boundText(facts.displayName, MAX_NAME_LENGTH),
    account: shared ? 'shared' : 'individual',
    accountType: facts.accountType,
    machine: boundText(facts.machine, MAX_NAME_LENGTH),
    onSchoolNetwork: isOnNetwork(policy.schoolNetworks, facts.addresses),
    timeZone: boundText(facts.timeZone, 64),
  };
}
