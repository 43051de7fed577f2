import { type Policy, policySchema } from '#contract';
import type { CaptureSettings } from '../capture/index.ts';
import { createWildcard, type ObserveSettings } from '../observe/index.ts';

/**
 * What a device works by between its enrolment and its first policy: every bundled rule, and no picture,
 * because no school has decided on pictures yet. Its version, 0, is in every capture made by it.
 */
export const FIRST_POLICY: Policy = {
  ...policySchema.parse({
    version: 1,
    issuedAt: 0,
    school: { name: '-', timeZone: 'UTC' },
    audience: 'KS3',
    rules: {},
    capture: { screenshots: false },
    outbox: {},
  }),
  version: 0,
  school: { name: '', timeZone: 'UTC' },
};

/** The policy as it stands for the person with this account name: with their audience. */
export function policyFor(user: string, policy: Policy): Policy {
  const own = policy.audiences.find(({ accounts }) => accounts.some((name) => createWildcard(name)(user)));
  return own === undefined ? policy : { ...policy, audience: own.audience };
}

/** The slice of a policy that observing needs. */
export function observeSettings({ sharedAccounts, capture }: Policy): ObserveSettings {
  const { schoolNetworks, excluded, privateWindows } = capture;
  return { sharedAccounts, schoolNetworks, excluded, privateWindows };
}

/** The slice of a policy that capturing needs. */
export function captureSettings({ version, capture }: Policy): CaptureSettings {
  const { screenshots, cooldownMs, contextEntries } = capture;
  return { policyVersion: version, screenshots, cooldownMs, contextEntries };
}
