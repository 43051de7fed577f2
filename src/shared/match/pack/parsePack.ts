import { isNode, LineCounter, parseDocument } from 'yaml';
import { fieldSchema, LOCKED_CATEGORIES } from '#contract';
import { err, ok, type Result } from '#kernel';
import { parseSite } from '../sites/site.ts';
import { createFold } from '../text/fold.ts';
import type { Near, Pack, PackError, Phrase, Rule, Site, SiteRule } from './pack.ts';
import { type PackSource, packSchema } from './packSchema.ts';
import { createPhraseReader, type PhraseReader } from './words.ts';

type Path = readonly (string | number)[];
/** Notes a mistake at a place of the document; `at` is an offset inside the text that stands there. */
type Report = (path: Path, message: string, at?: number) => void;

/** Most mistakes reported for one file: after these, a person mends and checks again. */
const MAX_ERRORS = 100;

/**
 * Parses one rule pack (grammar: `docs/rules.md`). `file` only names the file in errors. Every error has line and
 * column, 1-based. Gives all errors found, not just the first.
 */
export function parsePack(yaml: string, file: string): Result<Pack, readonly PackError[]> {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const errors: PackError[] = [];
  const reportAt = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    if (errors.length < MAX_ERRORS)
      errors.push({ file, line: Math.max(line, 1), column: Math.max(col, 1), message });
  };
  for (const problem of document.errors) reportAt(problem.pos[0], problem.message);
  if (errors.length > 0) return err(errors);

  const report: Report = (path, message, at = 0) => {
    const node = nodeAt(document.contents, path);
    const start = node?.range?.[0] ?? 0;
    const quoted = yaml[start] === '"' || yaml[start] === "'" ? 1 : 0;
    reportAt(start + (at > 0 ? at + quoted : 0), message);
  };
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 50 });
  } catch (failure) {
    reportAt(0, failure instanceof Error ? failure.message : String(failure));
    return err(errors);
  }
  const parsed = packSchema.safeParse(content);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((step) => typeof step !== 'symbol');
      report(path, `${path.length > 0 ? `${path.join('.')}: ` : ''}${issue.message}`);
    }
    return err(errors);
  }
  const pack = buildPack(parsed.data, report);
  return errors.length > 0 ? err(errors) : ok(pack);
}

function buildPack(source: PackSource, report: Report): Pack {
  const reader = createPhraseReader(createFold());
  const seen = new Map<string, Path>();
  const unique = (id: string, path: Path): void => {
    if (seen.has(id)) report([...path, 'id'], `the id \`${id}\` stands twice in this pack`);
    seen.set(id, path);
  };
  if (LOCKED_CATEGORIES.has(source.category))
    report(['category'], `\`${source.category}\` takes site lists only`);
  const rules = source.rules.map((rule, index) => {
    unique(rule.id, ['rules', index]);
    return buildRule(rule, source, ['rules', index], reader, report);
  });
  const sites = source.sites.map((site, index): SiteRule => {
    unique(site.id, ['sites', index]);
    return {
      id: site.id,
      severity: site.severity,
      audiences: site.audiences ?? null,
      sites: readSites(site.domains, ['sites', index, 'domains'], report),
    };
  });
  if (rules.length === 0 && sites.length === 0 && source.allow_sites.length === 0)
    report([], 'the pack has no rules');
  return {
    id: source.pack,
    category: source.category,
    language: source.language,
    version: source.version,
    description: source.description,
    sources: source.sources,
    threshold: source.threshold ?? null,
    unless: readPhrases(source.unless, ['unless'], reader, report),
    contextUnless: readPhrases(source.context_unless, ['context_unless'], reader, report),
    rules,
    sites,
    allowSites: readSites(source.allow_sites, ['allow_sites'], report),
  };
}

function buildRule(
  rule: PackSource['rules'][number],
  pack: PackSource,
  path: Path,
  reader: PhraseReader,
  report: Report,
): Rule {
  if (rule.weight !== undefined && pack.threshold === undefined) {
    report([...path, 'weight'], 'a rule with `weight` needs a `threshold` in its pack');
  }
  let near: Near | null = null;
  if (rule.near !== undefined) {
    const words = [...path, 'near', 'words'];
    const parts = readPhrases(rule.near.words, words, reader, report, { alone: false });
    near = { parts, within: rule.near.within === 'anywhere' ? null : rule.near.within };
  }
  const insideWords = rule.inside_words === true;
  return {
    id: rule.id,
    severity: rule.severity,
    phrases: readPhrases(rule.phrases, [...path, 'phrases'], reader, report, { insideWords }),
    near,
    where: rule.where ?? fieldSchema.options,
    audiences: rule.audiences ?? null,
    unless: readPhrases(rule.unless, [...path, 'unless'], reader, report),
    contextUnless: readPhrases(rule.context_unless, [...path, 'context_unless'], reader, report),
    weight: rule.weight ?? null,
    insideWords,
  };
}

function readPhrases(
  sources: readonly string[] | undefined,
  path: Path,
  reader: PhraseReader,
  report: Report,
  options: { insideWords?: boolean; alone?: boolean } = {},
): Phrase[] {
  const phrases: Phrase[] = [];
  for (const [index, source] of (sources ?? []).entries()) {
    const phrase = reader.phrase(source, options);
    if (phrase.ok) phrases.push(phrase.value);
    else report([...path, index], phrase.error.message, phrase.error.at);
  }
  return phrases;
}

function readSites(texts: readonly string[], path: Path, report: Report): Site[] {
  const sites: Site[] = [];
  for (const [index, text] of texts.entries()) {
    const site = parseSite(text);
    if (site.ok) sites.push(site.value);
    else report([...path, index], site.error);
  }
  return sites;
}

/** The node at a path, or the deepest one on the way that exists. */
function nodeAt(contents: unknown, path: Path): { range?: [number, number, number] | null } | null {
  let found: { range?: [number, number, number] | null } | null = null;
  let node: unknown = contents;
  for (let depth = 0; ; depth += 1) {
    if (!isNode(node)) return found;
    found = node as { range?: [number, number, number] | null };
    const step = path[depth];
    if (step === undefined || !('get' in node) || typeof node.get !== 'function') return found;
    node = (node.get as (key: unknown, keepScalar: boolean) => unknown).call(node, step, true);
  }
}
