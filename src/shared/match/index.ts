export { type Compiler, createCompiler, type ListHead } from './compile/compile.ts';
export { type Compiled, type LoadProblem, readContainer as loadCompiled } from './compile/container.ts';
export {
  type CompiledSources,
  compileSources,
  type RuleSources,
  type SiteListLines,
} from './compileSources.ts';
export { createMatcher, type MatcherOptions } from './matcher.ts';
export { createPhraseChecker, type PhraseChecker } from './pack/checkPhrase.ts';
export { type RuleDocument, readDocument } from './pack/document.ts';
export type { Pack, PackError, Site } from './pack/pack.ts';
export { parsePack } from './pack/parsePack.ts';
export { type PackFile, type ParsedPacks, parsePacks, WORDS_FILE } from './pack/parsePacks.ts';
export { createSiteListReader, type SiteListReader, type SiteListReport } from './pack/siteList.ts';
export { isAcceptable } from './policy/dispositions.ts';
export { parseSite } from './sites/site.ts';
export type {
  Decision,
  ExplainedCandidate,
  ExplainedText,
  Explanation,
  MatchContext,
  Matcher,
  MatchResult,
  MatchSubject,
} from './types.ts';
