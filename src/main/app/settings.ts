import type { Policy } from '#contract';
import type { CaptureSettings } from '../capture/index.ts';
import type { ObserveSettings } from '../observe/index.ts';

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
