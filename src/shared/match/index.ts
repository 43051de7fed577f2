export type { Pack, PackError } from './pack/pack.ts';
export { parsePack } from './pack/parsePack.ts';
export type { Matcher, MatchContext, MatchResult, MatchSubject } from './types.ts';
