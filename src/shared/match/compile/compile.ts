import {
  audienceSchema,
  type Category,
  categorySchema,
  fieldSchema,
  type Severity,
  severityRank,
} from '#contract';
import type { Pack, Phrase, Rule, Site } from '../pack/pack.ts';
import { readSearchEngines } from '../search/engines.ts';
import { createSiteTableBuilder } from '../sites/siteTable.ts';
import { writeContainer } from './container.ts';
import {
  ENGINE,
  MAX_NEAR_PARTS,
  NEAR,
  NO_LIMIT,
  OWNER,
  OWNER_KIND,
  ownerOf,
  PACK,
  PATTERN_KIND,
  RULE,
} from './layout.ts';
import { createLexicon } from './lexicon.ts';
import { createPatternWriter } from './patterns.ts';
import { createStringPool } from './strings.ts';

/** A plain list of sites of one category, such as a public gambling list or the IWF's. */
export interface ListHead {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
}

/** Collects packs and lists and turns them into the compiled form. Used once. */
export interface Compiler {
  addPack(pack: Pack): void;
  /** Begins a list; sites are added one by one, so that a list of millions is never held as text. */
  addList(head: ListHead): { add(site: Site): void };
  /** The compiled form, for `loadCompiled`. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Most different owners of sites: rules, lists and search engines. Their numbers have 16 bits. */
const MAX_OWNERS = 65_535;

export function createCompiler(): Compiler {
  const strings = createStringPool();
  const lexicon = createLexicon();
  const patterns = createPatternWriter(lexicon);
  const sites = createSiteTableBuilder();
  const packRows: number[] = [];
  const ruleRows: number[] = [];
  const nearRows: number[] = [];
  const ownerRows: number[] = [];
  const engineRows: number[] = [];
  let cancelSets = 0;

  const newOwner = (kind: number, index: number): number => {
    const owner = ownerRows.length / OWNER.columns;
    if (owner >= MAX_OWNERS) throw new RangeError(`more than ${MAX_OWNERS} site rules`);
    ownerRows.push(kind, index);
    return owner;
  };
  const hasPaths = newOwner(OWNER_KIND.hasPaths, 0);
  const allow = newOwner(OWNER_KIND.allow, 0);

  function addCancelSet(phrases: readonly Phrase[]): number {
    if (phrases.length === 0) return -1;
    for (const phrase of phrases) patterns.add(ownerOf(PATTERN_KIND.cancel, cancelSets), phrase, false);
    cancelSets += 1;
    return cancelSets - 1;
  }

  function addPackRow(
    id: string,
    category: Category,
    threshold: number | null,
    cancel: number,
    context: number,
    isList: boolean,
  ): number {
    const categoryIndex = categorySchema.options.indexOf(category);
    packRows.push(
      strings.add(id),
      id.length,
      categoryIndex,
      thousandths(threshold ?? 0),
      cancel,
      context,
      isList ? 1 : 0,
    );
    return packRows.length / PACK.columns - 1;
  }

  function addRuleRow(
    id: string,
    pack: number,
    rule: Pick<Rule, 'severity' | 'audiences'> & Partial<Rule>,
  ): number {
    const bits = (all: readonly string[], chosen: readonly string[] | null | undefined): number =>
      all.reduce((mask, one, index) => (!chosen || chosen.includes(one) ? mask | (1 << index) : mask), 0);
    ruleRows.push(
      strings.add(id),
      id.length,
      pack,
      severityRank(rule.severity),
      bits(fieldSchema.options, rule.where),
      bits(audienceSchema.options, rule.audiences),
      thousandths(rule.weight ?? 0),
      addCancelSet(rule.unless ?? []),
      addCancelSet(rule.contextUnless ?? []),
    );
    return ruleRows.length / RULE.columns - 1;
  }

  function addRule(rule: Rule, id: string, pack: number): void {
    const index = addRuleRow(id, pack, rule);
    for (const phrase of rule.phrases)
      patterns.add(ownerOf(PATTERN_KIND.rule, index), phrase, rule.insideWords);
    if (rule.near === null) return;
    const near = nearRows.length / NEAR.columns;
    nearRows.push(index, rule.near.parts.length, rule.near.within ?? NO_LIMIT);
    for (const [part, phrase] of rule.near.parts.entries()) {
      patterns.add(ownerOf(PATTERN_KIND.nearPart, near * MAX_NEAR_PARTS + part), phrase, false);
    }
  }

  function addEngines(): void {
    for (const engine of readSearchEngines()) {
      const names = engine.parameters.join('\n');
      engineRows.push(
        strings.add(names),
        names.length,
        strings.add(engine.path),
        engine.path.length,
        engine.inPath ? 1 : 0,
      );
      const owner = newOwner(OWNER_KIND.engine, engineRows.length / ENGINE.columns - 1);
      for (const host of engine.hosts) sites.add(host, '', owner, hasPaths);
    }
  }

  return {
    addPack(pack) {
      const cancel = addCancelSet(pack.unless);
      const context = addCancelSet(pack.contextUnless);
      const row = addPackRow(pack.id, pack.category, pack.threshold, cancel, context, false);
      for (const rule of pack.rules) addRule(rule, `${pack.id}/${rule.id}`, row);
      for (const rule of pack.sites) {
        const owner = newOwner(OWNER_KIND.rule, addRuleRow(`${pack.id}/${rule.id}`, row, rule));
        for (const site of rule.sites) sites.add(site.host, site.path, owner, hasPaths);
      }
      for (const site of pack.allowSites) sites.add(site.host, site.path, allow, hasPaths);
    },
    addList(head) {
      const row = addPackRow(head.id, head.category, null, -1, -1, true);
      const rule = addRuleRow(`${head.id}/site`, row, { severity: head.severity, audiences: null });
      const owner = newOwner(OWNER_KIND.rule, rule);
      return { add: (site) => sites.add(site.host, site.path, owner, hasPaths) };
    },
    finish() {
      addEngines();
      const patternWords = patterns.finish();
      const words = lexicon.finish(strings);
      return writeContainer({
        ...words,
        ...sites.finish(),
        strings: strings.finish(),
        packs: Int32Array.from(packRows),
        rules: Int32Array.from(ruleRows),
        nears: Int32Array.from(nearRows),
        patterns: patternWords,
        owners: Int32Array.from(ownerRows),
        engines: Int32Array.from(engineRows),
      });
    },
  };
}

function thousandths(number: number): number {
  const scaled = Math.round(number * 1_000);
  return scaled === 0 && number !== 0 ? Math.sign(number) : scaled;
}
