import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXTENSION_ID_CHROMIUM } from '#contract';
import { projectFolder } from '../paths.ts';
import { agentConfig, mobileConfig } from './mobileconfig.ts';
import {
  chromiumPolicies,
  extensionSettings,
  firefoxPolicies,
  type ManagedOptions,
  nativeHostManifest,
  RELAY_PATHS,
  TEMPLATE_OPTIONS,
} from './policies.ts';
import { agentRegistryFile, registryFile } from './registry.ts';

/** Every template by its path below `resources/managed`. */
export function renderManaged(options: ManagedOptions): ReadonlyMap<string, string> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const linuxPolicies = {
    ...chromiumPolicies('chrome', options),
    '3rdparty': { extensions: { [EXTENSION_ID_CHROMIUM]: extensionSettings } },
  };
  return new Map([
    ['windows/chrome.reg', registryFile('chrome', options)],
    ['windows/edge.reg', registryFile('edge', options)],
    ['windows/lapwing.reg', agentRegistryFile(options)],
    ['macos/lapwing.mobileconfig', agentConfig(options)],
    ['macos/chrome.mobileconfig', mobileConfig('chrome', options)],
    ['macos/edge.mobileconfig', mobileConfig('edge', options)],
    ['linux/chromium.json', json(linuxPolicies)],
    ['firefox/policies.json', json(firefoxPolicies(options))],
    ...(['windows', 'macos', 'linux'] as const).flatMap((system) =>
      (['chromium', 'firefox'] as const).map((browser): [string, string] => [
        `native-host/${system}-${browser}.json`,
        json(nativeHostManifest(browser, RELAY_PATHS[system])),
      ]),
    ),
  ]);
}

/**
 * Writes the templates, with the school's own addresses and token where they are given:
 * `render.ts [--chromium-update-url URL] [--firefox-install-url URL] [--enrolment-token TOKEN] [--out FOLDER]`.
 */
if (import.meta.main) {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: {
      'chromium-update-url': { type: 'string', default: TEMPLATE_OPTIONS.chromiumUpdateUrl },
      'firefox-install-url': { type: 'string', default: TEMPLATE_OPTIONS.firefoxInstallUrl },
      'enrolment-token': { type: 'string', default: TEMPLATE_OPTIONS.enrolmentToken },
      out: { type: 'string', default: join(projectFolder, 'resources/managed') },
    },
  });
  const templates = renderManaged({
    chromiumUpdateUrl: values['chromium-update-url'],
    firefoxInstallUrl: values['firefox-install-url'],
    enrolmentToken: values['enrolment-token'],
  });
  for (const [path, text] of templates) {
    const file = join(values.out, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(file);
  }
}
