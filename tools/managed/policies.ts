import { EXTENSION_ID_CHROMIUM, EXTENSION_ID_FIREFOX, NATIVE_HOST_NAME } from '#contract';

/** Where a school puts the packed extension; the committed templates carry an address to replace. */
export interface ManagedOptions {
  /** Chromium: the update manifest (XML) beside the packed extension. */
  readonly chromiumUpdateUrl: string;
  /** Firefox: the signed extension itself. */
  readonly firefoxInstallUrl: string;
  /** What `lapwing-server enrol-token` printed. */
  readonly enrolmentToken: string;
}

export const TEMPLATE_OPTIONS: ManagedOptions = {
  chromiumUpdateUrl: 'https://lapwing.school.example/extension/updates.xml',
  firefoxInstallUrl: 'https://lapwing.school.example/extension/lapwing.xpi',
  enrolmentToken: 'lapwing1.PUT-THE-TOKEN-OF-YOUR-SERVER-HERE',
};

/** Where the installers put the relay. */
export const RELAY_PATHS = {
  windows: 'C:\\Program Files\\Lapwing\\resources\\relay\\lapwing-relay.exe',
  macos: '/Applications/Lapwing.app/Contents/Resources/relay/lapwing-relay',
  linux: '/opt/Lapwing/resources/relay/lapwing-relay',
} as const;

/** A policy value as Chromium's JSON has it. */
export type PolicyValue =
  | number
  | boolean
  | string
  | readonly string[]
  | { readonly [key: string]: PolicyValue };

/**
 * The settings of one Chromium browser. Private and guest windows are switched off because a browser
 * starts no extension in them on its own; native hosts of a user's own folder are refused, so that
 * nobody can put a program in the relay's place.
 */
export function chromiumPolicies(
  browser: 'chrome' | 'edge',
  options: ManagedOptions,
): Record<string, PolicyValue> {
  return {
    ExtensionSettings: {
      [EXTENSION_ID_CHROMIUM]: {
        installation_mode: 'force_installed',
        update_url: options.chromiumUpdateUrl,
        override_update_url: true,
      },
    },
    [browser === 'edge' ? 'InPrivateModeAvailability' : 'IncognitoModeAvailability']: 1,
    BrowserGuestModeEnabled: false,
    NativeMessagingAllowlist: [NATIVE_HOST_NAME],
    NativeMessagingUserLevelHosts: false,
  };
}

/** What the extension itself reads from `storage.managed`. */
export const extensionSettings = { privateWindows: 'hide' } as const;

/** `policies.json` of Firefox. */
export function firefoxPolicies(options: ManagedOptions): Record<string, unknown> {
  return {
    policies: {
      ExtensionSettings: {
        [EXTENSION_ID_FIREFOX]: {
          installation_mode: 'force_installed',
          install_url: options.firefoxInstallUrl,
          private_browsing: true,
        },
      },
      PrivateBrowsingModeAvailability: 1,
      '3rdparty': { Extensions: { [EXTENSION_ID_FIREFOX]: extensionSettings } },
    },
  };
}

/** The file that tells a browser where the relay is and who may start it. */
export function nativeHostManifest(
  browser: 'chromium' | 'firefox',
  relayPath: string,
): Record<string, unknown> {
  return {
    name: NATIVE_HOST_NAME,
    description: 'Lapwing: carries the front page to the safeguarding monitor on this machine',
    path: relayPath,
    type: 'stdio',
    ...(browser === 'chromium'
      ? { allowed_origins: [`chrome-extension://${EXTENSION_ID_CHROMIUM}/`] }
      : { allowed_extensions: [EXTENSION_ID_FIREFOX] }),
  };
}
