import { describe, expect, test } from 'vitest';
import { type Observation, type Policy, policySchema } from '#contract';
import { compileSources } from '#match';
import { createRules } from '../../../src/main/match/index.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog } from '../../fakes/ports.ts';
import { aPack, aSiteList, createFakeRules } from '../../fakes/rules.ts';
import { until } from '../../fakes/until.ts';

/** Rules are compiled beside the agent's loop: what holds while that lasts, and when it breaks off. */

const pack = (id: string, phrase: string) => aPack({ id, phrase });

function policy(version: number, ...phrases: readonly string[]): Policy {
  return policySchema.parse({
    version,
    issuedAt: 0,
    school: { name: 'Larkfield Primary', timeZone: 'Europe/London' },
    audience: 'KS2',
    rules: { ownPacks: phrases.map((phrase) => pack(phrase, phrase)) },
    capture: {},
    outbox: {},
  });
}

function started({ lists = 0, built = null as Uint8Array | null } = {}) {
  const health: SourceHealth[] = [];
  const fake = createFakeRules(
    [pack('bundled', 'wibble')],
    Array.from({ length: lists }, (_, index) =>
      aSiteList(
        `${index}.list`,
        `# lapwing-list: list${index}\n# category: gambling\n# severity: low\nbets.example`,
      ),
    ),
  );
  const rules = createRules({
    ...fake,
    compiledPacks: async () => built,
    machineLists: fake.machineLists.read,
    health: { report: (_part, state) => health.push(state) },
    log: createFakeLog(),
  });
  async function put(next: Policy): Promise<string> {
    const became = await rules.compile(next);
    if (became.kind === 'compiled') rules.swap(became.rules, next.audience);
    return became.kind;
  }
  const saw = (title: string) =>
    ({ at: 0, app: { name: 'Writer' }, title, url: null, session: { user: 'x' } }) as Observation;
  const packsHit = (title: string) => rules.match(saw(title)).hits.map(({ packId }) => packId);
  return { rules, put, packsHit, health, fake, compiler: fake.ruleCompiler };
}

async function builtBytes(): Promise<Uint8Array> {
  const sources = {
    bundledPacks: [pack('bundled', 'wibble')],
    bundledLists: [],
    ownPacks: [],
    machineLists: [],
  };
  const compiled = await compileSources(sources, { skipWrong: false });
  if (!compiled.ok) throw new Error('the pack of the test is wrong');
  return compiled.value.bytes;
}

describe('while rules are compiled', () => {
  test('the old ones match until the new ones are swapped in', async () => {
    const { put, packsHit, compiler } = started();
    await put(policy(1, 'flurb'));
    const release = compiler.hold();
    const putting = put(policy(2, 'zorp'));
    await until(() => compiler.running() === 1);
    expect(packsHit('flurb zorp')).toEqual(['flurb']);
    release();
    expect(await putting).toBe('compiled');
    expect(packsHit('flurb zorp')).toEqual(['zorp']);
  });

  test('a newer policy takes their place, the last one wins, and no two are compiled at once', async () => {
    const { put, packsHit, compiler, health } = started();
    await put(policy(1, 'flurb'));
    const release = compiler.hold();
    const second = put(policy(2, 'zorp'));
    await until(() => compiler.running() === 1);
    const third = put(policy(3, 'quib'));
    const fourth = put(policy(4, 'snark'));
    expect([await second, await third]).toEqual(['superseded', 'superseded']);
    await until(() => compiler.running() === 1);
    expect(packsHit('flurb zorp quib snark')).toEqual(['flurb']);
    release();
    expect(await fourth).toBe('compiled');
    expect(packsHit('flurb zorp quib snark')).toEqual(['snark']);
    expect(compiler.mostRunning()).toBe(1);
    // The third had not begun when the fourth came.
    expect(compiler.jobs.map(({ ownPacks }) => ownPacks[0]?.name)).toEqual([
      'flurb.yaml',
      'zorp.yaml',
      'snark.yaml',
    ]);
    expect(health.at(-1)).toMatchObject({ state: 'ok' });
  });

  test("at a start the build's rules hold; new ones count as knowing the sites only once they are swapped in", async () => {
    const { rules, put, packsHit } = started({ lists: 1, built: await builtBytes() });
    expect(rules.knowSites()).toBe(false);
    await put(policy(1, 'flurb'));
    expect([packsHit('wibble flurb'), rules.knowSites()]).toEqual([['bundled'], false]);
    const all = await rules.compile(policy(1, 'flurb'));
    expect(rules.knowSites()).toBe(false);
    if (all.kind === 'compiled') rules.swap(all.rules, 'KS2');
    expect([packsHit('wibble flurb'), rules.knowSites()]).toEqual([['bundled', 'flurb'], true]);
  });

  test('what has mistakes is left out where the rules are not whole yet, and only there', async () => {
    const { rules, put, packsHit, health } = started({ lists: 1, built: await builtBytes() });
    const next = policy(1, 'flurb');
    next.rules.ownPacks.push({ name: 'bad.yaml', yaml: 'pack: [' });
    await put(next);
    const rest = await rules.compileNext(() => next);
    if (rest.kind === 'compiled') rules.swap(rest.rules, 'KS2');
    expect([packsHit('wibble flurb'), rules.isWhole(), rules.knowSites()]).toEqual([
      ['bundled', 'flurb'],
      true,
      true,
    ]);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_damaged' });
    expect((await rules.compileNext(() => next)).kind).toBe('wrong');
    expect(await put(next)).toBe('wrong');
  });

  test('what is to be compiled next waits, and asks for its policy then', async () => {
    const { rules, put, compiler } = started();
    const release = compiler.hold();
    const putting = put(policy(1, 'flurb'));
    await until(() => compiler.running() === 1);
    let at = policy(1, 'never');
    const next = rules.compileNext(() => at);
    at = policy(2, 'zorp');
    release();
    expect(await putting).toBe('compiled');
    expect((await next).kind).toBe('compiled');
    expect(compiler.jobs.map(({ ownPacks }) => ownPacks[0]?.name)).toEqual(['flurb.yaml', 'zorp.yaml']);
    expect(compiler.mostRunning()).toBe(1);
  });

  test('the end stops them, and nothing is compiled after it', async () => {
    const { rules, put, compiler } = started();
    compiler.hold();
    const putting = put(policy(1, 'flurb'));
    await until(() => compiler.running() === 1);
    await rules.dispose();
    expect(compiler.running()).toBe(0);
    expect(await putting).toBe('superseded');
    expect(await put(policy(2, 'zorp'))).toBe('superseded');
    expect(await rules.compileRest(policy(2))).toBeNull();
    expect((await rules.compileNext(() => policy(2))).kind).toBe('superseded');
    expect(compiler.jobs).toHaveLength(1);
  });
});

describe('compiling that breaks off', () => {
  test('leaves the last good rules in force; health says so until it works again', async () => {
    const { put, packsHit, compiler, health } = started();
    await put(policy(1, 'flurb'));
    compiler.failing = 'exit code 1';
    expect(await put(policy(2, 'zorp'))).toBe('failed');
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_not_compiled' });
    expect(packsHit('flurb zorp')).toEqual(['flurb']);
    compiler.failing = null;
    expect(await put(policy(2, 'zorp'))).toBe('compiled');
    expect(health.at(-1)).toMatchObject({ state: 'ok' });
    expect(packsHit('flurb zorp')).toEqual(['zorp']);
  });

  test("at the start leaves the build's rules, without the machine's lists and so without pictures", async () => {
    const { rules, put, packsHit, compiler, health } = started({ lists: 1, built: await builtBytes() });
    compiler.failing = 'exit code 1';
    const rest = await rules.compileRest(policy(1));
    if (rest !== null) rules.swap(rest, 'KS2');
    expect(await put(policy(1))).toBe('failed');
    expect([packsHit('wibble'), rules.isWhole(), rules.knowSites()]).toEqual([['bundled'], false, false]);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_not_compiled' });
    compiler.failing = null;
    await put(policy(1));
    expect([packsHit('wibble'), rules.isWhole(), rules.knowSites()]).toEqual([['bundled'], true, true]);
  });

  test('where there was no build leaves no rules, and that is a failure', async () => {
    const { rules, packsHit, compiler, health } = started();
    compiler.failing = 'exit code 1';
    expect(await rules.compileRest(policy(1))).toBeNull();
    expect(packsHit('wibble')).toEqual([]);
    expect(health.at(-1)).toMatchObject({ state: 'failed', code: 'rules_not_compiled' });
  });
});
