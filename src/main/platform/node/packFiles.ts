import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackFile } from '#match';

/** The YAML files in a folder and below, in order of name. Fails where the folder cannot be read. */
export async function packsBelow(folder: string): Promise<readonly PackFile[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map(async (name) => ({ name, yaml: await readFile(join(folder, name), 'utf8') })));
}
