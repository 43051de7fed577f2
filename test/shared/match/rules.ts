import {
  type Compiled,
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
  return createMatcher(compiledOf(typeof files === 'string' ? { 'pack.yaml': files } : files), options);
}

function compiledOf(files: Record<string, string>): Compiled {
  const compiled = compileRules(Object.entries(files).map(([name, text]) => ({ name, text })));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const loaded = loadCompiled(compiled.value.bytes);
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
}

/** A matcher that counts every reading of a number from the tables of the compiled rules. */
export function countingMatcher(files: Record<string, string>): {
  readonly matcher: Matcher;
  steps(work: () => void): number;
} {
  let count = 0;
  const counted = <Table extends object>(table: Table): Table =>
    new Proxy(table, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value === 'number' && key !== 'length') count += 1;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const compiled = Object.fromEntries(
    Object.entries(compiledOf(files)).map(([name, table]) => [
      name,
      ArrayBuffer.isView(table) ? counted(table) : table,
    ]),
  ) as unknown as Compiled;
  const matcher = createMatcher(compiled);
  return {
    matcher,
    steps(work) {
      count = 0;
      work();
      return count;
    },
  };
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
