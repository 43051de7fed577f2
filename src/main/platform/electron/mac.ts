import { systemPreferences } from 'electron';
import type { Disposable } from '#kernel';

const ACTIVATED = 'NSWorkspaceDidActivateApplicationNotification';

/** Whether macOS lets the agent do this, asked without a prompt. */
export function hasPermission(permission: 'accessibility' | 'screen_recording'): boolean {
  return permission === 'accessibility'
    ? systemPreferences.isTrustedAccessibilityClient(false)
    : systemPreferences.getMediaAccessStatus('screen') === 'granted';
}

/** Tells when another program comes to the front. */
export function onProgramActivated(listener: () => void): Disposable {
  const id = systemPreferences.subscribeWorkspaceNotification(ACTIVATED, () => listener());
  return { dispose: () => systemPreferences.unsubscribeWorkspaceNotification(id) };
}
