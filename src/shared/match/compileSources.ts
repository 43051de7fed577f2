import { err, ok, type Result } from '#kernel';
import { type Compiler, createCompiler } from './compile/compile.ts';
import type { Pack, PackError } from './pack/pack.ts';
import { parsePack } from './pack/parsePack.ts';
import { type PackFile, parsePacks } from './pack/parsePacks.ts';
import { createSiteListReader } from './pack/siteList.ts';

/** A site list, read line by line: a list of millions is never held as text. */
export interface SiteListLines {
  readonly name: string;
  /** Fails where the list cannot be read. */
  lines(): AsyncIterable<string>;
}

/** All rules of one device. */
export interface RuleSources {
  /** The packs that ship with the agent, and their shared word lists. */
  readonly bundledPacks: readonly PackFile[];
  readonly bundledLists: readonly SiteListLines[];
  /** The school's. They bring their words themselves: a policy does not depend on an agent's lists. */
  readonly ownPacks: readonly PackFile[];
  /** Those that an administrator put on the machine. */
  readonly machineLists: readonly SiteListLines[];
}

/** The compiled form with what a policy cannot choose among, and what was wrong with its sources. */
export interface CompiledSources {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The school's own packs and the machine's lists. */
  readonly alwaysOn: readonly string[];
  /** Packs that were left out; empty unless that was asked for. */
  readonly wrong: readonly PackError[];
  /** Lists that could not be used at all. */
  readonly damaged: readonly PackError[];
  /** Lines that were left out of lists in use. */
  readonly leftOut: readonly PackError[];
}

/**
 * Compiles all rules of a device: seconds of processor time. A school's pack comes later and takes the place of a
 * bundled one with its id. Mistakes in packs give all of them and nothing else, unless `skipWrong` leaves these packs out;
 * site lists never hold up the rest.
 */
export async function compileSources(
  sources: RuleSources,
  { skipWrong }: { readonly skipWrong: boolean },
): Promise<Result<CompiledSources, readonly PackError[]>> {
  const bundled = parsePacks(sources.bundledPacks);
  const own = parseOwn(sources.ownPacks);
  const wrong = [...bundled.errors, ...own.errors];
  if (wrong.length > 0 && !skipWrong) return err(wrong);
  const compiler = createCompiler();
  const packs = [...bundled.packs.map(({ pack }) => pack), ...own.packs];
  for (const pack of new Map(packs.map((one) => [one.id, one])).values()) compiler.addPack(pack);
  const alwaysOn = own.packs.map(({ id }) => id);
  const damaged: PackError[] = [];
  const leftOut: PackError[] = [];
  for (const list of [...sources.bundledLists, ...sources.machineLists]) {
    const { id, errors } = await readList(compiler, list);
    (id === null ? damaged : leftOut).push(...errors);
    if (id !== null && sources.machineLists.includes(list)) alwaysOn.push(id);
  }
  return ok({ bytes: compiler.finish(), alwaysOn, wrong, damaged, leftOut });
}

function parseOwn(files: readonly PackFile[]): { packs: Pack[]; errors: PackError[] } {
  const packs: Pack[] = [];
  const errors: PackError[] = [];
  for (const { name, yaml } of files) {
    const parsed = parsePack(yaml, name);
    if (parsed.ok) packs.push(parsed.value);
    else errors.push(...parsed.error);
  }
  return { packs, errors };
}

async function readList(
  compiler: Compiler,
  { name, lines }: SiteListLines,
): Promise<{ readonly id: string | null; readonly errors: readonly PackError[] }> {
  const reader = createSiteListReader(compiler, name);
  try {
    for await (const line of lines()) reader.line(line);
  } catch {
    return { id: null, errors: [{ file: name, line: 1, column: 1, message: 'the list cannot be read' }] };
  }
  const { id, sites, errors } = reader.end();
  if (sites > 0) return { id, errors };
  const empty = { file: name, line: 1, column: 1, message: 'the list has no site' };
  return { id: null, errors: errors.length > 0 ? errors : [empty] };
}
