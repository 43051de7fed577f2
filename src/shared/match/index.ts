export type { Matcher, MatchContext, MatchResult, MatchSubject } from './types.ts';
