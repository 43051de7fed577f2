import type { DispositionRule, RuleException } from '#contract';
import { type Hit, severityRank } from '#contract';
import type { Compiled } from './compile/container.ts';
import { OWNER, OWNER_KIND } from './compile/layout.ts';
import { createTrace } from './explain.ts';
import { createDispositions, type Dispositions, isAcceptable } from './policy/dispositions.ts';
import { createExceptions } from './policy/exceptions.ts';
import { byPlace, createDecider, type Findings, type Ruling } from './run/decide.ts';
import { createFinder, type FinderTrace, type Found } from './run/finder.ts';
import { joinNear } from './run/near.ts';
import { createRuleTable } from './run/ruleTable.ts';
import { createSearchExtractor } from './search/extract.ts';
import { wordStretches } from './search/stretches.ts';
import { createSiteFinder, type SiteFound } from './sites/siteFinder.ts';
import { splitUrl, type UrlParts } from './sites/url.ts';
import { empty } from './text/empty.ts';
import { createFold } from './text/fold.ts';
import type { MatchContext, Matcher, MatchResult, MatchSubject } from './types.ts';

/** The school's decisions about the rules. Every part may be left out. */
export interface MatcherOptions {
  /** Packs and lists by id; null or left out: all. Locked lists are on whatever it says. */
  readonly packIds?: readonly string[] | null;
  readonly exceptions?: readonly RuleException[];
  readonly dispositions?: readonly DispositionRule[];
  /** IANA time zone of the timetables; UTC if left out. */
  readonly timeZone?: string;
}

/** Longest text that is looked at, in code units; what lies beyond is not read. */
export const MAX_TEXT_LENGTH = 200_000;

/**
 * Makes a matcher over compiled rules. It may be used for any number of observations; each result depends on the
 * subject and the context alone.
 */
export function createMatcher(compiled: Compiled, options: MatcherOptions = {}): Matcher {
  // One for each field, so that all texts can be looked through again for cancelling words.
  const titles = createFinder(compiled, 0);
  const urls = createFinder(compiled, 1);
  const searchWords = createFinder(compiled, 2);
  const siteFinder = createSiteFinder(compiled);
  const searches = createSearchExtractor(compiled);
  const rules = createRuleTable(compiled);
  const packIds = options.packIds ? new Set(options.packIds) : null;
  const exceptions = createExceptions(options.exceptions ?? [], createFold());
  const decider = createDecider(compiled, rules, exceptions, (id) => packIds === null || packIds.has(id));
  const dispositions = createDispositions(options.dispositions ?? [], options.timeZone ?? 'UTC');
  const { owners } = compiled;

  const parts: UrlParts = { hostStart: 0, hostEnd: 0, pathStart: 0, pathEnd: 0, end: 0 };
  const stretches: number[] = [];
  const phrases: Found[] = [];
  const sites: SiteFound[] = [];

  /** Reads all texts of the subject. Gives the search words; fills `phrases` and `sites`. */
  function read(subject: MatchSubject, trace: FinderTrace | null): string | null {
    empty(phrases);
    empty(sites);
    urls.forget();
    searchWords.forget();
    titles.find(bounded(subject.title), 'title', stretches, phrases, trace);
    if (subject.url === null) return null;
    const url = bounded(subject.url);
    if (!splitUrl(url, parts)) return null;
    siteFinder.find(url, parts, sites);
    const search = sites.length === 0 ? null : searches.extract(url, parts, sites);
    wordStretches(url, parts, search === null ? parts.end : search.urlEnd, stretches);
    urls.find(url, 'url', stretches, phrases, trace);
    if (search === null) return null;
    searchWords.find(search.words, 'title', stretches, phrases, trace);
    return search.words;
  }

  /** Help sites and search engines alone make no hit. */
  function isRuleSite({ owner }: SiteFound): boolean {
    return owners[owner * OWNER.columns + OWNER.kind] === OWNER_KIND.rule;
  }

  function rulingsOf(
    subject: MatchSubject,
    search: string | null,
    context: MatchContext,
    trace: FinderTrace | null,
  ): readonly Ruling[] {
    if (phrases.length === 0 && !sites.some(isRuleSite)) return NO_RULINGS;
    const whole = joinNear(compiled, phrases);
    if (trace === null && !decider.isEnough(whole) && !sites.some(isRuleSite)) return NO_RULINGS;
    const { url } = subject;
    const address =
      url === null
        ? null
        : `${url.slice(parts.hostStart, parts.hostEnd)}${url.slice(parts.pathStart, parts.end)}`.toLowerCase();
    const texts = [subject.title, url, search];
    const findings: Findings = { texts, phrases: whole, cancels: cancelsOf(whole), sites, address };
    return decider.decide(findings, context);
  }

  function cancelsOf(whole: readonly Found[]): readonly Found[] {
    const sets = decider.cancelSetsOf(whole);
    const cancels: Found[] = [];
    for (const finder of [titles, urls, searchWords]) finder.findCancels(sets, cancels);
    return cancels;
  }

  return {
    match(subject, context) {
      const search = read(subject, null);
      return resultOf(rulingsOf(subject, search, context, null), search, dispositions, context);
    },
    explain(subject, context) {
      const trace = createTrace(compiled, rules);
      const search = read(subject, trace);
      const rulings = rulingsOf(subject, search, context, trace);
      const result = resultOf(rulings, search, dispositions, context);
      return { result, ...trace.steps(rulings) };
    },
  };
}

function bounded(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
}

const NO_HITS: readonly Hit[] = Object.freeze([]);
const NO_RULINGS: readonly Ruling[] = Object.freeze([]);

function nothing(search: string | null): MatchResult {
  return { hits: NO_HITS, search, category: null, severity: null, disposition: null, reason: null };
}

/**
 * The hits that count, and the worst of them by severity, then by place. Acceptable hits are given only where there
 * are no others: beside an unacceptable one they must not make it look worse, or of another category.
 */
function resultOf(
  rulings: readonly Ruling[],
  search: string | null,
  dispositions: Dispositions,
  context: MatchContext,
): MatchResult {
  if (rulings.length === 0) return nothing(search);
  const counted: Hit[] = [];
  for (const { against, hit } of rulings) if (against === null) counted.push(hit);
  if (counted.length > 1) counted.sort(byPlace);
  const unacceptable = counted.filter(
    ({ category }) => !isAcceptable(dispositions.judge(category, context).disposition),
  );
  const hits = unacceptable.length > 0 ? unacceptable : counted;
  let worst: { hit: Hit; rank: number } | null = null;
  for (const hit of hits) {
    const { disposition } = dispositions.judge(hit.category, context);
    const rank = severityRank(hit.severity) + (disposition === 'unacceptable_and_illegal' ? 20 : 0);
    if (worst === null || rank > worst.rank) worst = { hit, rank };
  }
  if (worst === null) return nothing(search);
  const { category, severity } = worst.hit;
  return { hits, search, category, severity, ...dispositions.judge(category, context) };
}
