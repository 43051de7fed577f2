import { EXTENSION_ID_CHROMIUM } from '#contract';
import { chromiumPolicies, extensionSettings, type ManagedOptions, type PolicyValue } from './policies.ts';

const BROWSERS = {
  chrome: {
    domain: 'com.google.Chrome',
    name: 'Google Chrome',
    uuids: [
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5A01',
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5A02',
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5A03',
    ],
  },
  edge: {
    domain: 'com.microsoft.Edge',
    name: 'Microsoft Edge',
    uuids: [
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5B01',
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5B02',
      '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5B03',
    ],
  },
} as const;

/** For the machine, whoever signs in; only the device management takes it away. */
const DEVICE_WIDE = { PayloadScope: 'System', PayloadRemovalDisallowed: true } as const;

const AGENT_UUIDS = ['5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5C01', '5B0E1E4A-6C1D-4E0B-9A51-0D4C7C0B5C02'] as const;

/** A configuration profile for macOS with the agent's managed setting; its domain is the agent's bundle id. */
export function agentConfig({ enrolmentToken }: ManagedOptions): string {
  const payload = (type: string, uuid: string, values: Record<string, PolicyValue>) => ({
    ...values,
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `org.lapwing.agent.${uuid}`,
    PayloadUUID: uuid,
    PayloadDisplayName: 'Lapwing',
  });
  return profile(payload('Configuration', AGENT_UUIDS[0], DEVICE_WIDE), [
    payload('org.lapwing.agent', AGENT_UUIDS[1], { EnrolmentToken: enrolmentToken }),
  ]);
}

/** A configuration profile for macOS: one payload for the browser, one for the extension's own settings. */
export function mobileConfig(browser: 'chrome' | 'edge', options: ManagedOptions): string {
  const { domain, name, uuids } = BROWSERS[browser];
  const payload = (
    type: string,
    uuid: string,
    values: Record<string, PolicyValue>,
  ): Record<string, PolicyValue> => ({
    ...values,
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `org.lapwing.${browser}.${uuid}`,
    PayloadUUID: uuid,
    PayloadDisplayName: `Lapwing for ${name}`,
  });
  const payloads = [
    payload(domain, uuids[1], chromiumPolicies(browser, options)),
    payload(`${domain}.extensions.${EXTENSION_ID_CHROMIUM}`, uuids[2], extensionSettings),
  ];
  return profile(payload('Configuration', uuids[0], DEVICE_WIDE), payloads);
}

function profile(
  head: Record<string, PolicyValue>,
  payloads: readonly Record<string, PolicyValue>[],
): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...entries(head, 1),
    '  <key>PayloadContent</key>',
    '  <array>',
    ...payloads.flatMap((content) => ['    <dict>', ...entries(content, 3), '    </dict>']),
    '  </array>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function entries(values: { readonly [key: string]: PolicyValue }, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(values).flatMap(([key, value]) => [
    `${indent}<key>${escapeXml(key)}</key>`,
    ...element(value, depth),
  ]);
}

function element(value: PolicyValue, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (typeof value === 'number') return [`${indent}<integer>${value}</integer>`];
  if (typeof value === 'boolean') return [`${indent}<${value}/>`];
  if (typeof value === 'string') return [`${indent}<string>${escapeXml(value)}</string>`];
  if (Array.isArray(value)) {
    return [
      `${indent}<array>`,
      ...value.flatMap((entry: string) => element(entry, depth + 1)),
      `${indent}</array>`,
    ];
  }
  return [
    `${indent}<dict>`,
    ...entries(value as { readonly [key: string]: PolicyValue }, depth + 1),
    `${indent}</dict>`,
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
