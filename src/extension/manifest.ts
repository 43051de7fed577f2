import { EXTENSION_ID_FIREFOX } from '#contract';

/** The public half of the key that fixes the extension's id in Chromium browsers. Its private half signs releases and is not here. */
const CHROMIUM_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyqDbRobpKlATd3EQlbQiBwjSmSqrHOycGJjhx3vr64dfqZe629Co6ysJJfyaG/+/6ZLlFnXlwDr2PyHoEib4YyrIQcVupV3qoz7gJVCZGLf/5/wWfaZ9XiMGoXU4fbW93VGSRJlcC9cLjfqtosyCNm/A3cqprZTmmwezQPSNsD64nXff9WOQaMLRZcET0Um1HNx6YJmyHIG+u5n/C2G1oEXJKxIRmhBHT+cedJkaEfOHMB5TB35qR7Ow1EjxvA7LZVRbW0HryFCJD49bxssEDQDmb3FhevbSLXUStM9ZKI0IWA/zezRcwUu6SKdhveZ10rk6k8F60iP6WvTY24oOhQIDAQAB';

/**
 * The manifest of one build. The fewest permissions that do the work: `tabs` for URL and title of the
 * front tab, `nativeMessaging` for the relay, `storage` for settings managed by the school. No host
 * permissions, no content scripts, no history.
 *
 * @param target Chrome, Edge and Chromium share one build; Firefox has event pages in place of a worker.
 * @param version Three numbers, as in package.json.
 */
export function createManifest(target: 'chromium' | 'firefox', version: string): Record<string, unknown> {
  const common = {
    manifest_version: 3,
    name: 'Lapwing',
    description: 'Tells the safeguarding monitor on this school computer which page is in front.',
    version,
    permissions: ['nativeMessaging', 'tabs', 'storage'],
    icons: { 16: 'icon-16.png', 48: 'icon-48.png', 128: 'icon-128.png' },
  };
  if (target === 'firefox') {
    return {
      ...common,
      background: { scripts: ['background.js'], type: 'module' },
      // Firefox reads managed storage through a native manifest, so it needs no schema here.
      browser_specific_settings: { gecko: { id: EXTENSION_ID_FIREFOX, strict_min_version: '128.0' } },
      incognito: 'spanning',
    };
  }
  return {
    ...common,
    key: CHROMIUM_KEY,
    background: { service_worker: 'background.js', type: 'module' },
    storage: { managed_schema: 'managed-schema.json' },
    minimum_chrome_version: '116',
    incognito: 'spanning',
  };
}

/** What a school may set by policy (`storage.managed`), for Chromium's policy page. */
export const managedSchema = {
  type: 'object',
  properties: {
    privateWindows: {
      description:
        'What the monitor is told of private windows: "hide" (that there is one) or "show" (its page).',
      type: 'string',
      enum: ['hide', 'show'],
    },
  },
};
