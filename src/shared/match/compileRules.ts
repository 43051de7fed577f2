import { err, ok, type Result } from '#kernel';
import { createCompiler } from './compile/compile.ts';
import type { PackError } from './pack/pack.ts';
import { parsePacks } from './pack/parsePacks.ts';
import { createSiteListReader } from './pack/siteList.ts';

/** A file of rules that somebody has read already: this layer touches no files. */
export interface RuleFile {
  /** Names the file in errors; `.list` marks a site list, everything else is a YAML pack or its folder's `words.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** The compiled form, and how much went into it. */
export interface CompiledRules {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packIds: readonly string[];
  readonly rules: number;
  readonly sites: number;
  /** Lines of lists that could not be used, and shared words that nothing uses. They do not hold up the rest. */
  readonly warnings: readonly PackError[];
}

/**
 * Compiles packs and lists. Any mistake in a pack, a pack id that stands twice, or a list without a good header fails
 * with all mistakes found; single bad lines of a list are only warnings.
 */
export function compileRules(files: readonly RuleFile[]): Result<CompiledRules, readonly PackError[]> {
  const compiler = createCompiler();
  const errors: PackError[] = [];
  const warnings: PackError[] = [];
  const packIds: string[] = [];
  let rules = 0;
  let sites = 0;
  const takeId = (id: string, file: string): void => {
    if (packIds.includes(id))
      errors.push({ file, line: 1, column: 1, message: `the id \`${id}\` stands in another file too` });
    packIds.push(id);
  };
  const isList = ({ name }: RuleFile): boolean => name.endsWith('.list');
  const parsed = parsePacks(
    files.filter((file) => !isList(file)).map(({ name, text }) => ({ name, yaml: text })),
  );
  errors.push(...parsed.errors);
  warnings.push(...parsed.warnings);
  for (const { file, pack } of parsed.packs) {
    takeId(pack.id, file);
    compiler.addPack(pack);
    rules += pack.rules.length + pack.sites.length;
  }
  for (const { name, text } of files.filter(isList)) {
    const reader = createSiteListReader(compiler, name);
    for (const line of text.split('\n')) reader.line(line);
    const report = reader.end();
    (report.isUsable ? warnings : errors).push(...report.errors);
    if (report.id !== null) takeId(report.id, name);
    sites += report.sites;
  }
  if (errors.length > 0) return err(errors);
  return ok({ bytes: compiler.finish(), packIds, rules, sites, warnings });
}
