import {
  compileRules,
  createMatcher,
  loadCompiled,
  type Matcher,
  type MatcherOptions,
  type MatchResult,
} from '#match';

/** A pack around some rules, as YAML. */
export function packOf(rules: string, head = ''): string {
  return `pack: test.pack\ncategory: self_harm\nlanguage: en\nversion: 1\ndescription: for tests\n${head}\nrules:\n${rules}\n`;
}

/** A rule with id `r` for these phrases. */
export function phraseRule(...phrases: string[]): string {
  return `  - { id: r, severity: high, phrases: ${JSON.stringify(phrases)} }`;
}

export function matcherOf(files: Record<string, string> | string, options: MatcherOptions = {}): Matcher {
  const named = typeof files === 'string' ? { 'pack.yaml': files } : files;
  const compiled = compileRules(Object.entries(named).map(([name, text]) => ({ name, text })));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const loaded = loadCompiled(compiled.value.bytes);
  if (!loaded.ok) throw new Error(loaded.error);
  return createMatcher(loaded.value, options);
}

export const CONTEXT = { audience: 'KS3', at: 0, ownNames: [] } as const;

export function matchTitle(matcher: Matcher, title: string): MatchResult {
  return matcher.match({ title, url: null, app: 'browser' }, CONTEXT);
}

export function matchUrl(matcher: Matcher, url: string, title = ''): MatchResult {
  return matcher.match({ title, url, app: 'browser' }, CONTEXT);
}

/** The texts of all hits in a title. */
export function hitTexts(matcher: Matcher, title: string): string[] {
  return matchTitle(matcher, title).hits.map((hit) => hit.text);
}
