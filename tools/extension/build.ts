import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { createManifest, managedSchema } from '../../src/extension/manifest.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ICON_SIZES = [16, 48, 128];

/**
 * Builds the browser extension once for Chromium browsers and once for Firefox.
 *
 * @param outFolder Absolute; gets `chromium/` and `firefox/`, each ready to load unpacked.
 */
export async function buildExtension(outFolder: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const target of ['chromium', 'firefox'] as const) {
    const folder = join(outFolder, target);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      build: {
        outDir: folder,
        emptyOutDir: false,
        target: ['chrome116', 'firefox128'],
        lib: {
          entry: join(root, 'src/extension/background.ts'),
          formats: ['es'],
          fileName: () => 'background.js',
        },
      },
    });
    await writeFile(
      join(folder, 'manifest.json'),
      `${JSON.stringify(createManifest(target, version), null, 2)}\n`,
    );
    if (target === 'chromium') {
      await writeFile(join(folder, 'managed-schema.json'), `${JSON.stringify(managedSchema, null, 2)}\n`);
    }
    for (const size of ICON_SIZES) {
      await copyFile(join(root, `resources/icons/extension-${size}.png`), join(folder, `icon-${size}.png`));
    }
  }
}

if (import.meta.main) await buildExtension(join(root, 'out/extension'));
