import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WORDS_FILE } from '#match';

export interface RuleFiles {
  /** `*.yaml` rule packs, and the `words.yaml` of their folders. */
  readonly packs: readonly string[];
  /** Those of them that only came along, as the `words.yaml` of a pack named by itself. */
  readonly companions: readonly string[];
  /** `*.list` site lists. */
  readonly lists: readonly string[];
}

/**
 * Finds the packs and lists among `paths`, searching folders to the bottom. In order of path. A pack named by itself
 * brings the word lists of its folder with it.
 */
export async function findRuleFiles(paths: readonly string[]): Promise<RuleFiles> {
  const packs = new Set<string>();
  const companions: string[] = [];
  const lists: string[] = [];
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory();
    for (const file of isFolder ? await filesBelow(path) : [path]) {
      if (/\.ya?ml$/.test(file)) {
        const words = join(dirname(file), WORDS_FILE);
        if (!isFolder && !packs.has(words) && (await stat(words).catch(() => null)) !== null) {
          packs.add(words);
          companions.push(words);
        }
        packs.add(file);
      } else if (file.endsWith('.list')) lists.push(file);
    }
  }
  return { packs: [...packs], companions, lists };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
