import type { Audience, Observation, Policy, Session } from '#contract';
import { err, ok, type Result } from '#kernel';
import {
  type Compiled,
  createCompiler,
  createMatcher,
  loadCompiled,
  type Matcher,
  type MatchResult,
  type Pack,
  type PackError,
  parsePack,
} from '#match';
import type { Log, SourceHealth } from '../ports/index.ts';

/** A rule pack as text. */
export interface PackText {
  readonly name: string;
  readonly yaml: string;
}

export interface RulesDeps {
  /** The packs that ship with the agent. */
  readonly bundledPacks: () => Promise<readonly PackText[]>;
  /** The same packs as the build compiled them; null where there was no build. */
  readonly compiledPacks: () => Promise<Uint8Array | null>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'warn'>;
}

/** Matches observations by the rules in force, which may be swapped between any two of them. */
export interface Rules {
  /** Builds what a policy asks for. The error is for a technician: file, line and column, no content. */
  compile(policy: Policy): Promise<Result<Matcher, string>>;
  /** Builds what can be built of the bundled packs: for the start, when there are no last good rules. */
  compileRest(policy: Policy): Promise<Matcher>;
  /** Puts compiled rules in force for this audience. */
  swap(matcher: Matcher, audience: Audience): void;
  match(observation: Observation): MatchResult;
}

const NOTHING: MatchResult = {
  hits: [],
  search: null,
  category: null,
  severity: null,
  disposition: null,
  reason: null,
};

/** The first of the errors, as a technician reads it. Messages quote rules, never what was seen. */
function describe([first, ...rest]: readonly PackError[]): string {
  if (first === undefined) return 'The rules do not compile.';
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  return `${first.file}:${first.line}:${first.column}: ${first.message}${more}`.slice(0, 400);
}

/** The names in a session, which never count as hits: a surname may be a word of a rule. */
function namesIn({ user, displayName, account }: Session): readonly string[] {
  if (account === 'shared') return [];
  const words = [...(displayName ?? '').split(/\s+/u), ...user.split(/[^\p{L}'-]+/u)];
  return [...new Set(words.filter((word) => word.length > 1))];
}

function parseAll(texts: readonly PackText[]): { packs: Pack[]; errors: PackError[] } {
  const packs = new Map<string, Pack>();
  const errors: PackError[] = [];
  for (const { name, yaml } of texts) {
    const parsed = parsePack(yaml, name);
    // A school's pack comes later and takes the place of a bundled one with its id.
    if (parsed.ok) packs.set(parsed.value.id, parsed.value);
    else errors.push(...parsed.error);
  }
  return { packs: [...packs.values()], errors };
}

function compileNow(packs: readonly Pack[]): Compiled {
  const compiler = createCompiler();
  for (const pack of packs) compiler.addPack(pack);
  const compiled = loadCompiled(compiler.finish());
  if (!compiled.ok) throw new Error('rules that were just compiled do not load');
  return compiled.value;
}

function matcherFor(compiled: Compiled, ownPacks: readonly Pack[], policy: Policy): Matcher {
  const { packIds, exceptions, dispositions } = policy.rules;
  return createMatcher(compiled, {
    // The choice is among bundled packs: a school that writes a pack of its own wants it.
    packIds: packIds === null ? null : [...packIds, ...ownPacks.map(({ id }) => id)],
    exceptions,
    dispositions,
    timeZone: policy.school.timeZone,
  });
}

/**
 * Keeps the rules. Invariants: rules change whole and between two observations; packs that do not parse
 * leave the last good ones in force and health says where they are wrong.
 */
export function createRules(deps: RulesDeps): Rules {
  let matcher: Matcher | null = null;
  let audience: Audience = 'KS3';
  let named: { readonly session: Session; readonly names: readonly string[] } | null = null;

  function ownNames(session: Session): readonly string[] {
    if (named?.session !== session) named = { session, names: namesIn(session) };
    return named.names;
  }

  function tellDamage(errors: readonly PackError[], consequence: string): string {
    const reason = describe(errors);
    deps.log.warn({ errors: errors.length }, 'rules do not compile');
    deps.health.report('rules', {
      state: 'degraded',
      code: 'rules_damaged',
      message: `${consequence} ${reason}`,
    });
    return reason;
  }

  function good(built: Matcher): Result<Matcher, string> {
    deps.health.report('rules', { state: 'ok', code: 'ok', message: 'The rules are in force.' });
    return ok(built);
  }

  /** A damaged or older compiled form is passed over: the packs themselves are there. */
  async function loadReady(): Promise<Compiled | null> {
    const bytes = await deps.compiledPacks();
    if (bytes === null) return null;
    const loaded = loadCompiled(bytes);
    if (!loaded.ok) deps.log.warn({}, 'the compiled rules do not load; compiling the packs');
    return loaded.ok ? loaded.value : null;
  }

  return {
    async compile(policy) {
      if (policy.rules.ownPacks.length === 0) {
        const ready = await loadReady();
        if (ready !== null) return good(matcherFor(ready, [], policy));
      }
      const own = parseAll(policy.rules.ownPacks);
      const all = parseAll([...(await deps.bundledPacks()), ...policy.rules.ownPacks]);
      if (all.errors.length > 0) return err(tellDamage(all.errors, 'The last good rules stay in force.'));
      return good(matcherFor(compileNow(all.packs), own.packs, policy));
    },
    async compileRest(policy) {
      const ready = await loadReady();
      if (ready !== null) return matcherFor(ready, [], policy);
      const { packs, errors } = parseAll(await deps.bundledPacks());
      if (errors.length > 0) tellDamage(errors, 'The packs without errors are in force.');
      return matcherFor(compileNow(packs), [], policy);
    },
    swap(next, nextAudience) {
      matcher = next;
      audience = nextAudience;
    },
    match({ title, url, app, at, session }) {
      if (matcher === null || (title === '' && url === null)) return NOTHING;
      const context = { audience, at, user: session.user, ownNames: ownNames(session) };
      return matcher.match({ title, url, app: app.name }, context);
    },
  };
}
