import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  type Compiled,
  createCompiler,
  createSiteListReader,
  loadCompiled,
  type Pack,
  type PackError,
  type PackFile,
  parsePack,
  parsePacks,
} from '#match';
import { findRuleFiles } from './files.ts';
import { linesOf } from './lines.ts';

/** What a set of rule files came to. */
export interface LoadedRules {
  /** null if any file has mistakes. */
  readonly compiled: Compiled | null;
  /** The same as a file for `loadCompiled`. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly errors: readonly PackError[];
  /** Shared word lists that no pack of a folder uses. */
  readonly warnings: readonly PackError[];
  /** Packs that a policy brought along. */
  readonly ownIds: readonly string[];
  readonly packs: number;
  readonly lists: number;
  readonly rules: number;
  readonly sites: number;
}

/**
 * Reads, checks and compiles the packs and lists among `paths`. Lists are streamed. `ownPacks`, from a policy, take the
 * place of those with their ids.
 */
export async function loadRules(
  paths: readonly string[],
  ownPacks: readonly PackFile[] = [],
): Promise<LoadedRules> {
  const files = await findRuleFiles(paths);
  const compiler = createCompiler();
  const errors: PackError[] = [];
  const owners = new Map<string, string>();
  let rules = 0;
  let sites = 0;
  const own = (id: string, file: string): void => {
    const other = owners.get(id);
    if (other !== undefined)
      errors.push({ file, line: 1, column: 1, message: `${other} has the id \`${id}\` too` });
    owners.set(id, file);
  };
  const take = (pack: Pack, file: string): void => {
    own(pack.id, file);
    compiler.addPack(pack);
    rules += pack.rules.length + pack.sites.length;
  };
  const ownIds: string[] = [];
  for (const { name, yaml } of ownPacks) {
    const pack = parsePack(yaml, name);
    if (pack.ok) {
      take(pack.value, name);
      ownIds.push(pack.value.id);
    } else errors.push(...pack.error);
  }
  const texts = files.packs.map(async (name) => ({ name, yaml: await readFile(name, 'utf8') }));
  const parsed = parsePacks(await Promise.all(texts));
  errors.push(...parsed.errors);
  for (const { file, pack } of parsed.packs) if (!ownIds.includes(pack.id)) take(pack, file);
  for (const file of files.lists) {
    const reader = createSiteListReader(compiler, file);
    for await (const line of linesOf(createReadStream(file))) reader.line(line);
    const report = reader.end();
    errors.push(...report.errors);
    if (report.id !== null) own(report.id, file);
    sites += report.sites;
  }
  const bytes = errors.length > 0 ? null : compiler.finish();
  const loaded = bytes === null ? null : loadCompiled(bytes);
  return {
    compiled: loaded?.ok === true ? loaded.value : null,
    bytes,
    errors,
    warnings: parsed.warnings.filter(({ file }) => !files.companions.includes(file)),
    ownIds,
    packs: parsed.packs.length,
    lists: files.lists.length,
    rules,
    sites,
  };
}

/**
 * The same for a command that works with rules: tells `complain` what is wrong with them, or that there are none, and
 * gives null.
 */
export async function loadUsableRules(
  paths: readonly string[],
  ownPacks: readonly PackFile[],
  complain: (line: string) => void,
): Promise<{ readonly compiled: Compiled; readonly ownIds: readonly string[] } | null> {
  const { compiled, ownIds, packs, lists, errors } = await loadRules(paths, ownPacks);
  for (const error of errors) complain(errorLine(error));
  const isEmpty = packs + lists + ownIds.length === 0;
  if (isEmpty && errors.length === 0) complain(`there are no rules (*.yaml, *.list) in ${paths.join(', ')}`);
  return compiled === null || isEmpty ? null : { compiled, ownIds };
}

/** A mistake as editors and people read it. */
export function errorLine(error: PackError): string {
  return `${error.file}:${error.line}:${error.column}: ${error.message}`;
}
