import type { Audience, Observation, Policy, Session } from '#contract';
import { err, ok, type Result } from '#kernel';
import {
  type Compiled,
  type Compiler,
  createCompiler,
  createMatcher,
  createSiteListReader,
  loadCompiled,
  type Matcher,
  type MatchResult,
  type Pack,
  type PackError,
  type PackFile,
  parsePack,
  parsePacks,
} from '#match';
import type { Log, SourceHealth } from '../ports/index.ts';

/** A site list, read line by line: a list of millions is never held as text. */
export interface SiteListLines {
  readonly name: string;
  lines(): AsyncIterable<string>;
}

export interface RulesDeps {
  /** The packs that ship with the agent, and their shared word lists. */
  readonly bundledPacks: () => Promise<readonly PackFile[]>;
  /** The same packs as the build compiled them; null where there was no build. */
  readonly compiledPacks: () => Promise<Uint8Array | null>;
  /** The site lists that ship with the agent; `compiledPacks` has them too. */
  readonly bundledLists: () => Promise<readonly SiteListLines[]>;
  /** The site lists that an administrator put on this machine. */
  readonly machineLists: () => Promise<readonly SiteListLines[]>;
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

/** Parses the school's own packs. They bring their words themselves: a policy does not depend on an agent's lists. */
function parseOwn(files: readonly PackFile[]): { packs: Pack[]; errors: PackError[] } {
  const packs: Pack[] = [];
  const errors: PackError[] = [];
  for (const { name, yaml } of files) {
    const parsed = parsePack(yaml, name);
    if (parsed.ok) packs.push(parsed.value);
    else errors.push(...parsed.error);
  }
  return { packs, errors };
}

/** A school's pack comes later and takes the place of a bundled one with its id. */
function byId(packs: readonly Pack[]): Pack[] {
  return [...new Map(packs.map((pack) => [pack.id, pack])).values()];
}

/** Compiled rules with what a policy cannot choose among, and what was wrong with the site lists. */
interface Built {
  readonly compiled: Compiled;
  /** The school's own packs and the machine's lists. */
  readonly alwaysOn: readonly string[];
  /** Lists that could not be used at all. */
  readonly damaged: readonly PackError[];
  /** Lines that were left out of lists in use. */
  readonly leftOut: readonly PackError[];
}

async function readList(
  compiler: Compiler,
  { name, lines }: SiteListLines,
): Promise<{ readonly id: string | null; readonly errors: readonly PackError[] }> {
  const reader = createSiteListReader(compiler, name);
  try {
    for await (const line of lines()) reader.line(line);
  } catch {
    return { id: null, errors: [{ file: name, line: 1, column: 1, message: 'the list cannot be read' }] };
  }
  const { id, sites, errors } = reader.end();
  if (sites > 0) return { id, errors };
  const empty = { file: name, line: 1, column: 1, message: 'the list has no site' };
  return { id: null, errors: errors.length > 0 ? errors : [empty] };
}

async function build(
  packs: readonly Pack[],
  ownPacks: readonly Pack[],
  lists: { readonly bundled: readonly SiteListLines[]; readonly machine: readonly SiteListLines[] },
): Promise<Built> {
  const compiler = createCompiler();
  for (const pack of packs) compiler.addPack(pack);
  const alwaysOn = ownPacks.map(({ id }) => id);
  const damaged: PackError[] = [];
  const leftOut: PackError[] = [];
  for (const list of [...lists.bundled, ...lists.machine]) {
    const { id, errors } = await readList(compiler, list);
    (id === null ? damaged : leftOut).push(...errors);
    if (id !== null && lists.machine.includes(list)) alwaysOn.push(id);
  }
  const compiled = loadCompiled(compiler.finish());
  if (!compiled.ok) throw new Error('rules that were just compiled do not load');
  return { compiled: compiled.value, alwaysOn, damaged, leftOut };
}

function matcherFor(compiled: Compiled, alwaysOn: readonly string[], policy: Policy): Matcher {
  const { packIds, exceptions, dispositions } = policy.rules;
  return createMatcher(compiled, {
    // The choice is among what is bundled: who writes a pack or puts a list there wants it.
    packIds: packIds === null ? null : [...packIds, ...alwaysOn],
    exceptions,
    dispositions,
    timeZone: policy.school.timeZone,
  });
}

/**
 * Keeps the rules. Invariants: rules change whole and between two observations; packs that do not parse
 * leave the last good ones in force and health says where they are wrong. A damaged site list keeps the last good
 * rules as long as the agent runs and the school's own packs stay the same; after a start it is left out, and never
 * keeps a policy from its other rules.
 */
export function createRules(deps: RulesDeps): Rules {
  let matcher: Matcher | null = null;
  let audience: Audience = 'KS3';
  /** The last rules whose lists were all good, with the own packs they were made of. */
  let lastGood: { readonly built: Built; readonly ownPacks: string } | null = null;
  let ready: Compiled | null = null;
  let lastCompile: Promise<unknown> = Promise.resolve();
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

  async function buildAll(packs: readonly Pack[], own: readonly Pack[], machine: readonly SiteListLines[]) {
    return build(packs, own, { bundled: await deps.bundledLists(), machine });
  }

  /**
   * The bundled rules as the build compiled them, read and checked once: they lie beside the program and stay as they
   * are while it runs. A damaged or older form is passed over, and the packs are compiled in its place, also once.
   * null: there was no build, or the packs need the words of health.
   */
  async function loadReady(): Promise<Compiled | null> {
    if (ready !== null) return ready;
    const bytes = await deps.compiledPacks();
    if (bytes === null) return null;
    const loaded = loadCompiled(bytes);
    ready = loaded.ok ? loaded.value : await compileReady();
    return ready;
  }

  async function compileReady(): Promise<Compiled | null> {
    deps.log.warn({}, 'the compiled rules do not load; compiling the packs');
    const { packs, errors } = parsePacks(await deps.bundledPacks());
    if (errors.length > 0) return null;
    const { compiled, damaged, leftOut } = await buildAll(byId(packs.map(({ pack }) => pack)), [], []);
    return damaged.length + leftOut.length > 0 ? null : compiled;
  }

  async function compileNow(policy: Policy): Promise<Result<Matcher, string>> {
    const machine = await deps.machineLists();
    const ownTexts = policy.rules.ownPacks;
    if (ownTexts.length === 0 && machine.length === 0) {
      const ready = await loadReady();
      if (ready !== null) {
        lastGood = null;
        return good(matcherFor(ready, [], policy));
      }
    }
    const own = parseOwn(ownTexts);
    const bundled = parsePacks(await deps.bundledPacks());
    const errors = [...bundled.errors, ...own.errors];
    if (errors.length > 0) return err(tellDamage(errors, 'The last good rules stay in force.'));
    const packs = byId([...bundled.packs.map(({ pack }) => pack), ...own.packs]);
    const built = await buildAll(packs, own.packs, machine);
    const ownPacks = JSON.stringify(ownTexts);
    if (built.damaged.length === 0) {
      lastGood = { built, ownPacks };
      const matcher = matcherFor(built.compiled, built.alwaysOn, policy);
      if (built.leftOut.length === 0) return good(matcher);
      tellDamage(built.leftOut, 'Lines of site lists are left out.');
      return ok(matcher);
    }
    if (lastGood === null) {
      tellDamage(built.damaged, 'A site list is left out.');
      return ok(matcherFor(built.compiled, built.alwaysOn, policy));
    }
    const reason = tellDamage(built.damaged, 'The last good rules stay in force.');
    if (lastGood.ownPacks !== ownPacks) return err(reason);
    return ok(matcherFor(lastGood.built.compiled, lastGood.built.alwaysOn, policy));
  }

  return {
    compile(policy) {
      // One after another: what was read last is also what is put in force last.
      const compiling = lastCompile.then(() => compileNow(policy));
      lastCompile = compiling.catch(() => undefined);
      return compiling;
    },
    async compileRest(policy) {
      const machine = await deps.machineLists();
      const ready = machine.length === 0 ? await loadReady() : null;
      if (ready !== null) return matcherFor(ready, [], policy);
      const { packs, errors } = parsePacks(await deps.bundledPacks());
      const bundled = byId(packs.map(({ pack }) => pack));
      const built = await buildAll(bundled, [], machine);
      const wrong = [...errors, ...built.damaged, ...built.leftOut];
      if (wrong.length > 0) tellDamage(wrong, 'The packs and lists without errors are in force.');
      else if (machine.length > 0) lastGood = { built, ownPacks: '[]' };
      return matcherFor(built.compiled, built.alwaysOn, policy);
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
