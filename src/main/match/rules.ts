import type { Audience, Observation, Policy, Session } from '#contract';
import {
  type Compiled,
  type CompiledSources,
  createMatcher,
  loadCompiled,
  type Matcher,
  type MatchResult,
  type PackError,
} from '#match';
import type { Compilation, Log, RuleCompiler, SourceHealth } from '../ports/index.ts';

export interface RulesDeps {
  readonly ruleCompiler: RuleCompiler;
  /** The bundled packs and lists as the build compiled them; null where there was no build. */
  readonly compiledPacks: () => Promise<Uint8Array | null>;
  /** The site lists that an administrator put on this machine. */
  readonly machineLists: () => Promise<readonly { readonly name: string }[]>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'warn'>;
}

/** Matches observations by the rules in force, which may be swapped between any two of them. */
export interface Rules {
  /**
   * Builds what a policy asks for. One at a time: a policy that comes while another one is compiled takes its place.
   * What is in force goes on matching meanwhile.
   */
  compile(policy: Policy): Promise<Compilation<Matcher>>;
  /**
   * Builds what can be built of the bundled packs: for the start, when there are no last good rules. null: there is
   * nothing to match by.
   */
  compileRest(policy: Policy): Promise<Matcher | null>;
  /**
   * The same once nothing is compiled any more, for the policy that is asked for then: takes nobody's place. Where the
   * rules in force are not whole yet, what has mistakes is left out.
   */
  compileNext(policy: () => Policy): Promise<Compilation<Matcher>>;
  /**
   * Whether the rules are all that was asked for. At a start with packs of the school's own, or with site lists on this
   * machine, the bundled rules are given alone, so that nothing goes unseen while all are compiled; compiling again gives
   * all.
   */
  isWhole(): boolean;
  /** Whether the rules in force know the sites that must never be pictured; until then nothing may be. */
  knowSites(): boolean;
  /** Puts compiled rules in force for this audience. */
  swap(matcher: Matcher, audience: Audience): void;
  match(observation: Observation): MatchResult;
  /** Stops compiling, for good. Never rejects. */
  dispose(): Promise<void>;
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

/** Rules ready to be matched by. */
interface Built {
  readonly compiled: Compiled;
  /** What a policy cannot choose among. */
  readonly alwaysOn: readonly string[];
}

function load({ bytes, alwaysOn }: CompiledSources): Built {
  const compiled = loadCompiled(bytes);
  if (!compiled.ok) throw new Error('rules that were just compiled do not load');
  return { compiled: compiled.value, alwaysOn };
}

function matcherFor({ compiled, alwaysOn }: Built, policy: Policy): Matcher {
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
 * leave the last good ones in force and health says where they are wrong, and so does a compiler that fails. A damaged
 * site list keeps the last good rules as long as the agent runs and the school's own packs stay the same; after a start
 * it is left out, and never keeps a policy from its other rules. No two jobs are compiled at once; the newest counts.
 */
export function createRules(deps: RulesDeps): Rules {
  let matcher: Matcher | null = null;
  let audience: Audience = 'KS3';
  /** The last rules whose lists were all good, with the own packs they were made of. */
  let lastGood: { readonly built: Built; readonly ownPacks: string } | null = null;
  let ready: Built | null = null;
  let whole = true;
  /** Matchers that were made without the lists of this machine. */
  const siteless = new WeakSet<Matcher>();
  let disposed = false;
  /** Stops what is compiled now. */
  let current = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  let named: { readonly session: Session; readonly names: readonly string[] } | null = null;

  function ownNames(session: Session): readonly string[] {
    if (named?.session !== session) named = { session, names: namesIn(session) };
    return named.names;
  }

  /** Begins a job once the one before has stopped; null: a newer one came, or the end. */
  function begin<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value | null> {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    if (disposed) current.abort();
    const begun = working.then(async () => {
      const value = signal.aborted ? null : await work(signal);
      return signal.aborted ? null : value;
    });
    working = begun.catch(() => undefined);
    return begun;
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

  function tellFailure(reason: string, state: 'degraded' | 'failed', consequence: string): void {
    deps.log.warn({ code: 'rules_not_compiled', reason }, 'the rules could not be compiled');
    const message = `The compiling of rules broke off. ${consequence}`;
    deps.health.report('rules', { state, code: 'rules_not_compiled', message });
  }

  function good(rules: Matcher): Compilation<Matcher> {
    deps.health.report('rules', { state: 'ok', code: 'ok', message: 'The rules are in force.' });
    return { kind: 'compiled', rules };
  }

  /**
   * The bundled rules as the build compiled them, read and checked once: they lie beside the program and stay as they
   * are while it runs. A damaged or older form is passed over, and the packs are compiled in its place, also once.
   * null: there was no build, or the packs need the words of health.
   */
  async function loadReady(signal: AbortSignal): Promise<Built | null> {
    if (ready !== null) return ready;
    const bytes = await deps.compiledPacks();
    if (bytes === null) return null;
    const loaded = loadCompiled(bytes);
    ready = loaded.ok ? { compiled: loaded.value, alwaysOn: [] } : await compileReady(signal);
    return ready;
  }

  /** The bundled rules for the time in which the others are compiled. */
  function forNow(bundled: Built, policy: Policy, lacksLists: boolean): Matcher {
    const rules = matcherFor(bundled, policy);
    whole = false;
    if (lacksLists) siteless.add(rules);
    return rules;
  }

  async function compileReady(signal: AbortSignal): Promise<Built | null> {
    deps.log.warn({}, 'the compiled rules do not load; compiling the packs');
    const job = { ownPacks: [], machineLists: false, skipWrong: false };
    const outcome = await deps.ruleCompiler.compile(job, signal);
    if (outcome.kind !== 'compiled' || outcome.damaged.length + outcome.leftOut.length > 0) return null;
    return load(outcome);
  }

  async function compileNow(
    policy: Policy,
    skipWrong: boolean,
    signal: AbortSignal,
  ): Promise<Compilation<Matcher>> {
    const machineLists = (await deps.machineLists()).length > 0;
    const own = policy.rules.ownPacks;
    if (own.length === 0 && !machineLists) {
      const bundled = await loadReady(signal);
      if (bundled !== null) {
        lastGood = null;
        whole = true;
        return good(matcherFor(bundled, policy));
      }
    }
    const meanwhile = matcher === null ? await loadReady(signal) : null;
    if (meanwhile !== null) return { kind: 'compiled', rules: forNow(meanwhile, policy, machineLists) };
    const job = { ownPacks: own, machineLists, skipWrong };
    const outcome = await deps.ruleCompiler.compile(job, signal);
    if (outcome.kind === 'stopped') return { kind: 'superseded' };
    if (outcome.kind === 'failed') {
      tellFailure(outcome.reason, 'degraded', 'The last good rules stay in force.');
      return { kind: 'failed' };
    }
    if (outcome.kind === 'wrong') {
      return { kind: 'wrong', reason: tellDamage(outcome.errors, 'The last good rules stay in force.') };
    }
    whole = true;
    return choose(load(outcome), outcome, policy);
  }

  /** What is built counts, unless a damaged list makes the last good rules the better ones. */
  function choose(
    built: Built,
    { wrong, damaged, leftOut }: CompiledSources,
    policy: Policy,
  ): Compilation<Matcher> {
    const ownPacks = JSON.stringify(policy.rules.ownPacks);
    const rules = matcherFor(built, policy);
    if (wrong.length > 0) {
      tellDamage([...wrong, ...damaged, ...leftOut], 'The packs and lists without errors are in force.');
      return { kind: 'compiled', rules };
    }
    if (damaged.length === 0) {
      lastGood = { built, ownPacks };
      ready = null;
      if (leftOut.length === 0) return good(rules);
      tellDamage(leftOut, 'Lines of site lists are left out.');
      return { kind: 'compiled', rules };
    }
    if (lastGood === null) {
      tellDamage(damaged, 'A site list is left out.');
      return { kind: 'compiled', rules };
    }
    const reason = tellDamage(damaged, 'The last good rules stay in force.');
    if (lastGood.ownPacks !== ownPacks) return { kind: 'wrong', reason };
    return { kind: 'compiled', rules: matcherFor(lastGood.built, policy) };
  }

  async function compileRestNow(policy: Policy, signal: AbortSignal): Promise<Matcher | null> {
    const machineLists = (await deps.machineLists()).length > 0;
    const bundled = await loadReady(signal);
    if (bundled !== null) return machineLists ? forNow(bundled, policy, true) : matcherFor(bundled, policy);
    const job = { ownPacks: [], machineLists, skipWrong: true };
    const outcome = await deps.ruleCompiler.compile(job, signal);
    if (outcome.kind === 'failed') {
      tellFailure(outcome.reason, 'failed', 'No rules are in force.');
      return null;
    }
    if (outcome.kind !== 'compiled') return null;
    const built = load(outcome);
    const errors = [...outcome.wrong, ...outcome.damaged, ...outcome.leftOut];
    if (errors.length > 0) tellDamage(errors, 'The packs and lists without errors are in force.');
    else if (machineLists) lastGood = { built, ownPacks: '[]' };
    return matcherFor(built, policy);
  }

  async function compile(policy: Policy, skipWrong = false): Promise<Compilation<Matcher>> {
    return (await begin((signal) => compileNow(policy, skipWrong, signal))) ?? { kind: 'superseded' };
  }

  return {
    compile: (policy) => compile(policy),
    async compileNext(policy) {
      for (let awaited: unknown = null; awaited !== working; await awaited) awaited = working;
      return compile(policy(), !whole);
    },
    compileRest: (policy) => begin((signal) => compileRestNow(policy, signal)),
    isWhole: () => whole,
    knowSites: () => matcher !== null && !siteless.has(matcher),
    swap(next, nextAudience) {
      matcher = next;
      audience = nextAudience;
    },
    match({ title, url, app, at, session }) {
      if (matcher === null || (title === '' && url === null)) return NOTHING;
      const context = { audience, at, user: session.user, ownNames: ownNames(session) };
      return matcher.match({ title, url, app: app.name }, context);
    },
    async dispose() {
      disposed = true;
      current.abort();
      await working;
    },
  };
}
