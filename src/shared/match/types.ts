import type { Audience, Category, Disposition, Hit, Severity } from '#contract';

/** The texts of one observation that rules look at. */
export interface MatchSubject {
  readonly title: string;
  readonly url: string | null;
  readonly app: string;
}

/** Who and when, for exceptions, dispositions and timetables. */
export interface MatchContext {
  readonly audience: Audience;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The signed-in person's own names, which never count. */
  readonly ownNames: readonly string[];
  /** The signed-in account, for what is acceptable for nominated users only. */
  readonly user?: string;
}

/** What a match found. `category` and `severity` are those of the worst hit, null where nothing matched. */
export interface MatchResult {
  readonly hits: readonly Hit[];
  /** The search words taken out of the URL, if it was a search. */
  readonly search: string | null;
  readonly category: Category | null;
  readonly severity: Severity | null;
  readonly disposition: Disposition | null;
  /** Why the disposition is what it is, in words for a person; null where nothing matched. */
  readonly reason: string | null;
}

/** Compiled rules, ready to run. Holds no state between observations. */
export interface Matcher {
  match(subject: MatchSubject, context: MatchContext): MatchResult;
  /** Every step of a match, for a person who asks why. Slower than `match`; the result is the same. */
  explain(subject: MatchSubject, context: MatchContext): Explanation;
}

/** Every step of a match. */
export interface Explanation {
  readonly result: MatchResult;
  readonly texts: readonly ExplainedText[];
  /** Phrases that a word of the text woke, in the order looked at; the first hundreds of those that stand there, and of the others. */
  readonly candidates: readonly ExplainedCandidate[];
  /** What became of everything that was found. */
  readonly decisions: readonly Decision[];
}

export interface ExplainedText {
  readonly field: Hit['field'];
  readonly original: string;
  /** The folded words. */
  readonly words: readonly string[];
  /** Second readings of disguised words: what is written, and what it may stand for. */
  readonly readings: readonly { readonly written: string; readonly read: string }[];
}

export interface ExplainedCandidate {
  readonly field: Hit['field'];
  /** The rule, or what the phrase is for. */
  readonly owner: string;
  /** null: the phrase cancels. */
  readonly ruleId: string | null;
  /** The phrase in folded words. */
  readonly phrase: string;
  readonly found: boolean;
}

export interface Decision {
  readonly ruleId: string;
  readonly field: Hit['field'];
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly counted: boolean;
  /** In words for a person. */
  readonly because: string;
}
