import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('../../native/relay', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const STRICT = ['-std=c11', '-Wall', '-Wextra', '-Werror'];

/** What can be built: the machine's own relay, the Windows one by mingw, and one that checks its memory use. */
export const RELAY_TARGETS = {
  native: {
    compiler: 'cc',
    flags: ['-Os', '-s'],
    system: 'posix.c',
    libraries: ['-lpthread'],
    file: 'lapwing-relay',
  },
  windows: {
    compiler: 'x86_64-w64-mingw32-gcc',
    flags: ['-Os', '-s', '-static'],
    system: 'windows.c',
    libraries: [],
    file: 'lapwing-relay.exe',
  },
  sanitized: {
    compiler: 'cc',
    flags: ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    system: 'posix.c',
    libraries: ['-lpthread'],
    file: 'lapwing-relay-sanitized',
  },
} as const;

/**
 * Compiles the relay.
 *
 * @param outFolder Absolute.
 * @returns The program's path.
 * @throws Error that names the compiler where it is missing or refuses the source.
 */
export async function buildRelay(target: keyof typeof RELAY_TARGETS, outFolder: string): Promise<string> {
  const { compiler, flags, system, libraries, file } = RELAY_TARGETS[target];
  const program = join(outFolder, file);
  await mkdir(outFolder, { recursive: true });
  const files = ['main.c', 'relay.c', 'frame.c', system].map((name) => join(sources, name));
  try {
    await run(compiler, [...STRICT, ...flags, '-o', program, ...files, ...libraries]);
  } catch (failure) {
    const { code, stderr } = failure as { code?: string; stderr?: string };
    if (code === 'ENOENT')
      throw new Error(`The relay needs the C compiler "${compiler}", which is not installed.`);
    throw new Error(`The relay did not compile with "${compiler}":\n${stderr}`);
  }
  return program;
}

if (import.meta.main) {
  const outFolder = join(root, 'out/relay');
  console.log(await buildRelay('native', outFolder));
  if (process.platform !== 'win32') {
    await buildRelay('windows', outFolder).then(
      (program) => console.log(program),
      (failure: Error) => console.error(`Left out: ${failure.message}`),
    );
  }
}
