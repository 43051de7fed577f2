import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface RuleFiles {
  /** `*.yaml` rule packs. */
  readonly packs: readonly string[];
  /** `*.list` site lists. */
  readonly lists: readonly string[];
}

/** Finds the packs and lists among `paths`, searching folders to the bottom. In order of path. */
export async function findRuleFiles(paths: readonly string[]): Promise<RuleFiles> {
  const packs: string[] = [];
  const lists: string[] = [];
  for (const path of paths) {
    const found = (await stat(path)).isDirectory() ? await filesBelow(path) : [path];
    for (const file of found) {
      if (/\.ya?ml$/.test(file)) packs.push(file);
      else if (file.endsWith('.list')) lists.push(file);
    }
  }
  return { packs, lists };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
