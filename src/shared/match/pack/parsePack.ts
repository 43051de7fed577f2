import { fieldSchema, LOCKED_CATEGORIES } from '#contract';
import { err, ok, type Result } from '#kernel';
import { parseSite } from '../sites/site.ts';
import { createFold } from '../text/fold.ts';
import { alwaysStandsIn } from './breadth.ts';
import { type Path, type Report, readDocument } from './document.ts';
import type { Near, Pack, PackError, Phrase, Rule, Site, SiteRule } from './pack.ts';
import { type PackSource, packSchema } from './packSchema.ts';
import { createWordLists, type SharedWords } from './wordLists.ts';
import { createPhraseReader, type PhraseReader } from './words.ts';

/**
 * Parses one rule pack (grammar: `docs/rules.md`). `file` only names the file in errors. Every error has line and
 * column, 1-based. Gives all errors found, not just the first. `shared` are the word lists of its folder, if any.
 */
export function parsePack(
  yaml: string,
  file: string,
  shared: SharedWords | null = null,
): Result<Pack, readonly PackError[]> {
  const document = readDocument(yaml, file, packSchema);
  if (!document.ok) return document;
  const { content, report, errors } = document.value;
  const pack = buildPack(content, shared?.language === content.language ? shared : null, report);
  return errors.length > 0 ? err(errors) : ok(pack);
}

function buildPack(source: PackSource, shared: SharedWords | null, report: Report): Pack {
  const lists = createWordLists(shared);
  const reader = createPhraseReader(createFold(), lists);
  lists.define(source.words, reader, report);
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
  const unless = readPhrases(source.unless, ['unless'], reader, report);
  const contextUnless = readPhrases(source.context_unless, ['context_unless'], reader, report);
  for (const [index, rule] of rules.entries())
    reportCancelled(rule, unless, contextUnless, ['rules', index], report);
  reportUnreachable(source, report);
  for (const name of lists.unused())
    report(['words', name], `nothing in the pack uses the list \`{${name}}\``);
  return {
    id: source.pack,
    category: source.category,
    language: source.language,
    version: source.version,
    description: source.description,
    sources: source.sources,
    threshold: source.threshold ?? null,
    unless,
    contextUnless,
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
    const problem = reader.nearProblem(parts);
    if (problem !== null && parts.length === rule.near.words.length) report(words, problem);
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

/** A rule whose every phrase is always cancelled, by its own words or those of its pack, can match nothing. */
function reportCancelled(
  rule: Rule,
  packUnless: readonly Phrase[],
  packContext: readonly Phrase[],
  path: Path,
  report: Report,
): void {
  if (rule.insideWords) return;
  const cancels = [...rule.unless, ...rule.contextUnless, ...packUnless, ...packContext];
  const cancelOf = (phrase: Phrase) => cancels.find((one) => alwaysStandsIn(one, phrase));
  const found = (rule.near?.parts ?? rule.phrases).map(cancelOf).filter((one) => one !== undefined);
  const cancel = rule.near !== null || found.length === rule.phrases.length ? found[0] : undefined;
  if (cancel !== undefined) report(path, `this rule can never count: \`${cancel.source}\` always cancels it`);
}

/** Weak signs that can never add up to the threshold match nothing. */
function reportUnreachable({ rules, threshold }: PackSource, report: Report): void {
  const weights = rules.flatMap(({ weight }) => weight ?? []);
  const most = weights.reduce((sum, weight) => sum + Math.max(weight, 0), 0);
  if (threshold !== undefined && weights.length > 0 && most < threshold)
    report(['threshold'], `the weights add up to ${most} and can never reach the threshold of ${threshold}`);
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
