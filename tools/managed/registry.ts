import { EXTENSION_ID_CHROMIUM, NATIVE_HOST_NAME } from '#contract';
import { chromiumPolicies, extensionSettings, type ManagedOptions, type PolicyValue } from './policies.ts';

const ROOTS = {
  chrome: {
    policies: 'SOFTWARE\\Policies\\Google\\Chrome',
    hosts: 'SOFTWARE\\Google\\Chrome\\NativeMessagingHosts',
  },
  edge: {
    policies: 'SOFTWARE\\Policies\\Microsoft\\Edge',
    hosts: 'SOFTWARE\\Microsoft\\Edge\\NativeMessagingHosts',
  },
} as const;

/** Where the installer puts the native host's manifest for Chromium browsers on Windows. */
export const WINDOWS_HOST_MANIFEST =
  'C:\\Program Files\\Lapwing\\resources\\managed\\native-host\\windows-chromium.json';

/**
 * A `.reg` file for one browser: its policies, the extension's settings and the machine-wide registration
 * of the relay (HKLM, which only administrators write). The same values go into a Group Policy object:
 * every name is the browser's own ADMX name. CRLF, as the registry editor expects.
 */
export function registryFile(browser: 'chrome' | 'edge', options: ManagedOptions): string {
  const root = `HKEY_LOCAL_MACHINE\\${ROOTS[browser].policies}`;
  const plain: string[] = [];
  const lists: string[] = [];
  for (const [name, value] of Object.entries(chromiumPolicies(browser, options))) {
    if (Array.isArray(value)) {
      const rows = value.map((entry: string, index) => `"${index + 1}"=${text(entry)}`);
      lists.push(`[${root}\\${name}]`, ...rows, '');
    } else plain.push(`"${name}"=${entryOf(value)}`);
  }
  const settings = Object.entries(extensionSettings).map(([name, value]) => `"${name}"=${text(value)}`);
  return [
    'Windows Registry Editor Version 5.00',
    '',
    `[${root}]`,
    ...plain,
    '',
    ...lists,
    `[${root}\\3rdparty\\extensions\\${EXTENSION_ID_CHROMIUM}\\policy]`,
    ...settings,
    '',
    `[HKEY_LOCAL_MACHINE\\${ROOTS[browser].hosts}\\${NATIVE_HOST_NAME}]`,
    `@=${text(WINDOWS_HOST_MANIFEST)}`,
    '',
  ].join('\r\n');
}

/** A `.reg` file with the agent's managed setting, for Group Policy preferences or Intune. */
export function agentRegistryFile({ enrolmentToken }: ManagedOptions): string {
  const key = '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Lapwing]';
  return [
    'Windows Registry Editor Version 5.00',
    '',
    key,
    `"EnrolmentToken"=${text(enrolmentToken)}`,
    '',
  ].join('\r\n');
}

function entryOf(value: PolicyValue): string {
  if (typeof value === 'number') return `dword:${value.toString(16).padStart(8, '0')}`;
  if (typeof value === 'boolean') return `dword:0000000${value ? 1 : 0}`;
  return text(typeof value === 'string' ? value : JSON.stringify(value));
}

function text(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
