import type { Pack, PackError } from './pack.ts';
import { parsePack } from './parsePack.ts';
import { parseWords, type SharedWords } from './wordLists.ts';

/** The name of the file whose word lists are shared by the packs beside it. */
export const WORDS_FILE = 'words.yaml';

/** A YAML file that somebody has read already. `name` may be a path; packs share words within its folder. */
export interface PackFile {
  readonly name: string;
  readonly yaml: string;
}

export interface ParsedPacks {
  readonly packs: readonly { readonly file: string; readonly pack: Pack }[];
  readonly errors: readonly PackError[];
  /** Shared lists that none of these packs uses. */
  readonly warnings: readonly PackError[];
}

/** Parses packs together with the `words.yaml` of their folders. Where that has mistakes, its packs are not parsed. */
export function parsePacks(files: readonly PackFile[]): ParsedPacks {
  const shared = new Map<string, SharedWords | null>();
  const packs: ParsedPacks['packs'][number][] = [];
  const errors: PackError[] = [];
  for (const { name, yaml } of files) {
    if (!isWordsFile(name)) continue;
    const words = parseWords(yaml, name);
    if (!words.ok) errors.push(...words.error);
    shared.set(folderOf(name), words.ok ? words.value : null);
  }
  for (const { name, yaml } of files) {
    const words = shared.get(folderOf(name));
    if (isWordsFile(name) || words === null) continue;
    const pack = parsePack(yaml, name, words);
    if (pack.ok) packs.push({ file: name, pack: pack.value });
    else errors.push(...pack.error);
  }
  const warnings = [...shared.values()].flatMap((words) => [...(words?.unused.values() ?? [])]);
  return { packs, errors, warnings };
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

function isWordsFile(name: string): boolean {
  return name.slice(folderOf(name).length) === WORDS_FILE;
}
