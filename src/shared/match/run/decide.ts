import { type Field, fieldSchema, type Hit, severityRank } from '#contract';
import type { Compiled } from '../compile/container.ts';
import { OWNER, OWNER_KIND, ownerIndex } from '../compile/layout.ts';
import type { Exceptions } from '../policy/exceptions.ts';
import type { SiteFound } from '../sites/siteFinder.ts';
import type { MatchContext } from '../types.ts';
import type { Found } from './finder.ts';
import type { RuleTable } from './ruleTable.ts';

/** Everything found in one observation. */
export interface Findings {
  /** By field: title, url, search; null where there is none. */
  readonly texts: readonly (string | null)[];
  /** Of rules, near ones joined. */
  readonly phrases: readonly Found[];
  /** Of the sets that `cancelSetsOf` names for them. */
  readonly cancels: readonly Found[];
  readonly sites: readonly SiteFound[];
  /** The URL's host and all behind it but the port, in lower case. */
  readonly address: string | null;
}

/** One occurrence of a rule and what became of it. */
export interface Ruling {
  readonly rule: number;
  readonly hit: Hit;
  /** Why it does not count; null if it does. */
  against: string | null;
}

/** Turns findings into rulings: cancels, excepts, adds up weak signs. */
export interface Decider {
  /** Whether there is enough for a hit: a rule that counts by itself, or weak signs that add up to their threshold. */
  isEnough(phrases: readonly Found[]): boolean;
  /** The sets of words that may cancel what was found. */
  cancelSetsOf(phrases: readonly Found[]): ReadonlySet<number>;
  decide(findings: Findings, context: MatchContext): Ruling[];
}

/** Most occurrences of one rule in one text: what a person needs to see, and a bound for texts made to be slow. */
const MAX_OCCURRENCES = 16;
const FIELDS = fieldSchema.options;

/** Order of hits for people: title, URL, search; from left to right. */
export function byPlace(a: Hit, b: Hit): number {
  return (
    FIELDS.indexOf(a.field) - FIELDS.indexOf(b.field) ||
    a.start - b.start ||
    a.end - b.end ||
    (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0)
  );
}

export function createDecider(
  compiled: Compiled,
  rules: RuleTable,
  exceptions: Exceptions,
  isPackOn: (packId: string) => boolean,
): Decider {
  function rulingOf(rule: number, field: Field, text: string, start: number, end: number): Ruling {
    const hit: Hit = {
      ruleId: rules.id(rule),
      packId: rules.packId(rules.pack(rule)),
      category: rules.category(rule),
      severity: rules.severity(rule),
      field,
      start,
      end,
      text: text.slice(start, end),
    };
    return { rule, hit, against: null };
  }

  /** Why a phrase hit does not count before weights are added up. */
  function reasonAgainst(
    ruling: Ruling,
    found: Found,
    { texts, cancels, address }: Findings,
    isHelpSite: boolean,
    context: MatchContext,
  ): string | null {
    const { rule, hit } = ruling;
    if (!isPackOn(hit.packId)) return 'the policy leaves this pack out';
    if (!rules.looksAt(rule, found.field)) return `the rule does not look at the ${hit.field}`;
    if (!rules.isFor(rule, context.audience)) return `the rule is not for ${context.audience}`;
    if (isHelpSite) return 'reading a help site is never flagged';
    if (cancels.length === 0) return exceptions.reasonAgainst(hit, address, context);
    const [ruleSet, packSet] = rules.cancelSets(rule);
    const [ruleContext, packContext] = rules.contextSets(rule);
    for (const cancel of cancels) {
      const set = ownerIndex(cancel.owner);
      const words = () => JSON.stringify(texts[cancel.field]?.slice(cancel.start, cancel.end));
      if (set === ruleContext || set === packContext)
        return `cancelled by ${words()} in the ${FIELDS[cancel.field]} (context_unless)`;
      const overlaps = cancel.field === found.field && cancel.start < found.end && found.start < cancel.end;
      if (overlaps && (set === ruleSet || set === packSet))
        return `cancelled by ${words()} around it (unless)`;
    }
    return exceptions.reasonAgainst(hit, address, context);
  }

  /** Occurrences of each rule in each field from left to right; of overlapping ones the first, and the longest of those. */
  function occurrences(found: Found[]): Found[] {
    if (found.length < 2) return found;
    const ordered = found.sort(
      (a, b) => a.owner - b.owner || a.field - b.field || a.start - b.start || b.end - a.end,
    );
    const kept: Found[] = [];
    let count = 0;
    for (const one of ordered) {
      const before = kept[kept.length - 1];
      const sameRule = before !== undefined && before.owner === one.owner && before.field === one.field;
      if (!sameRule) count = 0;
      if (sameRule && one.start < before.end) continue;
      if (count === MAX_OCCURRENCES) continue;
      count += 1;
      kept.push(one);
    }
    return kept;
  }

  function sitesOf(findings: Findings, context: MatchContext, isHelpSite: boolean): Ruling[] {
    const rulings: Ruling[] = [];
    if (findings.sites.length === 0) return rulings;
    const url = findings.texts[1] ?? '';
    const seen = new Set<number>();
    for (const { owner, start, end } of [...findings.sites].sort(
      (a, b) => b.end - b.start - (a.end - a.start),
    )) {
      const row = owner * OWNER.columns;
      const rule = compiled.owners[row + OWNER.index] as number;
      if (compiled.owners[row + OWNER.kind] !== OWNER_KIND.rule || seen.has(rule)) continue;
      seen.add(rule);
      const ruling = rulingOf(rule, 'url', url, start, end);
      if (!rules.isLocked(rule))
        ruling.against = reasonAgainstSite(ruling, isHelpSite, findings.address, context);
      rulings.push(ruling);
    }
    return rulings;
  }

  function reasonAgainstSite(
    ruling: Ruling,
    isHelpSite: boolean,
    address: string | null,
    context: MatchContext,
  ): string | null {
    if (!isPackOn(ruling.hit.packId)) return 'the policy leaves this list out';
    if (!rules.isFor(ruling.rule, context.audience)) return `the rule is not for ${context.audience}`;
    if (isHelpSite) return 'reading a help site is never flagged';
    return exceptions.reasonAgainst(ruling.hit, address, context);
  }

  /** Adds up the weak signs of each pack; one of them speaks for all if they suffice. */
  function addUp(rulings: readonly Ruling[]): void {
    if (!rulings.some(({ rule }) => rules.weight(rule) !== 0)) return;
    const byPack = new Map<number, Ruling[]>();
    for (const ruling of rulings) {
      if (ruling.against !== null || rules.weight(ruling.rule) === 0) continue;
      const pack = rules.pack(ruling.rule);
      byPack.set(pack, [...(byPack.get(pack) ?? []), ruling]);
    }
    for (const [pack, signs] of byPack) {
      const once = new Map(signs.map((sign) => [sign.rule, rules.weight(sign.rule)]));
      let sum = 0;
      for (const weight of once.values()) sum += weight;
      const threshold = rules.threshold(pack);
      const words = `weak signs add up to ${sum / 1_000} of ${threshold / 1_000}`;
      const speaker = sum >= threshold ? speakerOf(signs) : null;
      for (const sign of signs)
        if (sign !== speaker)
          sign.against = speaker === null ? words : `${words}; another sign speaks for them`;
    }
  }

  function speakerOf(signs: readonly Ruling[]): Ruling | null {
    const speaking = signs.filter((sign) => rules.weight(sign.rule) > 0);
    // Where two are as strong, the place decides, so that the order of rules does not.
    return speaking.sort((a, b) => strength(b) - strength(a) || byPlace(a.hit, b.hit))[0] ?? null;
  }

  function strength(sign: Ruling): number {
    return severityRank(sign.hit.severity) * 1e9 + rules.weight(sign.rule);
  }

  return {
    isEnough(phrases) {
      const sums = new Map<number, number>();
      const seen = new Set<number>();
      for (const { owner } of phrases) {
        const rule = ownerIndex(owner);
        const weight = rules.weight(rule);
        if (weight === 0) return true;
        if (weight < 0 || seen.has(rule)) continue;
        seen.add(rule);
        const pack = rules.pack(rule);
        const sum = (sums.get(pack) ?? 0) + weight;
        if (sum >= rules.threshold(pack)) return true;
        sums.set(pack, sum);
      }
      return false;
    },
    cancelSetsOf(phrases) {
      const sets = new Set<number>();
      for (const { owner } of phrases) {
        const rule = ownerIndex(owner);
        for (const set of [...rules.cancelSets(rule), ...rules.contextSets(rule)]) sets.add(set);
      }
      return sets;
    },
    decide(findings, context) {
      const isHelpSite = findings.sites.some(
        ({ owner }) => compiled.owners[owner * OWNER.columns + OWNER.kind] === OWNER_KIND.allow,
      );
      const rulings = occurrences([...findings.phrases]).map((found) => {
        const field = FIELDS[found.field] as Field;
        const ruling = rulingOf(
          ownerIndex(found.owner),
          field,
          findings.texts[found.field] ?? '',
          found.start,
          found.end,
        );
        ruling.against = reasonAgainst(ruling, found, findings, isHelpSite, context);
        return ruling;
      });
      addUp(rulings);
      const sites = sitesOf(findings, context, isHelpSite);
      return sites.length === 0 ? rulings : [...rulings, ...sites];
    },
  };
}
