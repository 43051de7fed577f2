import {
  type Compiled,
  createCompiler,
  createMatcher,
  createSiteListReader,
  loadCompiled,
  type Matcher,
  type MatcherOptions,
  type MatchResult,
  parsePacks,
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

/** The compiled form of packs and, by the ending `.list`, site lists; a pack with mistakes throws them. */
export function compile(files: Record<string, string>): Uint8Array<ArrayBuffer> {
  const compiler = createCompiler();
  const named = Object.entries(files).map(([name, yaml]) => ({ name, yaml }));
  const { packs, errors } = parsePacks(named.filter(({ name }) => !name.endsWith('.list')));
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  for (const { pack } of packs) compiler.addPack(pack);
  for (const { name, yaml } of named.filter((file) => file.name.endsWith('.list'))) {
    const reader = createSiteListReader(compiler, name);
    for (const line of yaml.split('\n')) reader.line(line);
    reader.end();
  }
  return compiler.finish();
}

function compiledOf(files: Record<string, string>): Compiled {
  const loaded = loadCompiled(compile(files));
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
