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
}

/** What a match found. `category` and `severity` are those of the worst hit, null where nothing matched. */
export interface MatchResult {
  readonly hits: readonly Hit[];
  /** The search words taken out of the URL, if it was a search. */
  readonly search: string | null;
  readonly category: Category | null;
  readonly severity: Severity | null;
  readonly disposition: Disposition | null;
}

/** Compiled rules, ready to run. Holds no state between observations. */
export interface Matcher {
  match(subject: MatchSubject, context: MatchContext): MatchResult;
}
