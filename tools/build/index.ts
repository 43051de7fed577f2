import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../bootstrap/lock.mjs';
import { Problem, step } from '../bootstrap/say.mjs';
import { ensurePrograms } from '../display/index.ts';
import { projectFolder } from '../paths.ts';
import { run } from '../process/run.ts';

/** What is made from the sources. */
interface Target {
  readonly name: string;
  /** Files and folders whose change asks for a new build. */
  readonly inputs: readonly string[];
  /** A file that is there when the build is. */
  readonly output: string;
  readonly build: () => Promise<unknown>;
}

const COMMON_INPUTS = ['src/shared', 'package-lock.json', 'tsconfig.base.json'];

const TARGETS = {
  agent: {
    name: 'agent',
    inputs: [
      ...COMMON_INPUTS,
      'src/main',
      'src/renderer',
      'src/ui',
      'resources/rules',
      'electron.vite.config.ts',
    ],
    output: 'out/main/main.js',
    build: () => run('electron-vite', ['build', '--logLevel', 'warn'], { cwd: projectFolder }),
  },
  console: {
    name: 'console',
    inputs: [...COMMON_INPUTS, 'src/console', 'src/ui', 'vite.console.config.ts'],
    output: 'out/console/index.html',
    build: () =>
      run('vite', ['build', '-c', 'vite.console.config.ts', '--logLevel', 'warn'], { cwd: projectFolder }),
  },
  extension: {
    name: 'browser extension',
    inputs: [...COMMON_INPUTS, 'src/extension', 'tools/extension'],
    output: 'out/extension/chromium/manifest.json',
    build: async () => {
      const { buildExtension } = await import('../extension/build.ts');
      await buildExtension(join(projectFolder, 'out/extension'));
    },
  },
  relay: {
    name: "browsers' relay",
    inputs: ['native/relay', 'tools/relay'],
    output: join('out/relay', process.platform === 'win32' ? 'lapwing-relay.exe' : 'lapwing-relay'),
    build: async () => {
      if (process.platform === 'linux') await ensurePrograms(['cc']);
      const { buildRelay } = await import('../relay/build.ts');
      await buildRelay(process.platform === 'win32' ? 'windows' : 'native', join(projectFolder, 'out/relay'));
    },
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof TARGETS;

/**
 * Builds what is out of date and says what it built; silent and fast when nothing changed. Two processes at
 * once wait for one another.
 *
 * @throws Problem with the builder's words when a build fails
 */
export async function ensureBuilt(names: readonly TargetName[]): Promise<void> {
  for (const name of names) {
    const target: Target = TARGETS[name];
    if (await isCurrent(name, target)) continue;
    await withLock(join(projectFolder, `out/.${name}.lock`), async () => {
      const inputs = await fingerprint(target.inputs);
      if (await isCurrent(name, target)) return;
      await step(`Building the ${target.name}`, target.build).catch((failure: Error) => {
        throw new Problem(
          `The ${target.name} did not build: ${failure.message}`,
          'Run npm run check to see what is wrong in the sources.',
        );
      });
      await mkdir(join(projectFolder, 'out'), { recursive: true });
      await writeFile(stampPath(name), inputs);
    });
  }
}

/** All there is to build. */
export const ALL_TARGETS = Object.keys(TARGETS) as TargetName[];

function stampPath(name: TargetName): string {
  return join(projectFolder, `out/.${name}.stamp`);
}

async function isCurrent(name: TargetName, target: Target): Promise<boolean> {
  if (!existsSync(join(projectFolder, target.output))) return false;
  const stamp = await readFile(stampPath(name), 'utf8').catch(() => '');
  return stamp !== '' && stamp === (await fingerprint(target.inputs));
}

/** Names, sizes and times of all input files: enough to see a change, and quick. */
async function fingerprint(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(projectFolder, input);
    const isFolder = (await stat(path)).isDirectory();
    const files = isFolder ? await readdir(path, { recursive: true, withFileTypes: true }) : null;
    const paths = files?.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)) ?? [
      path,
    ];
    for (const file of paths.sort()) {
      const facts = await stat(file);
      hash.update(`${file}\0${facts.size}\0${facts.mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}
