import { describe, expect, test } from 'vitest';
import { type Observation, type Policy, policySchema } from '#contract';
import { createCompiler, type PackFile, parsePack } from '#match';
import { createRules } from '../../../src/main/match/index.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeLog } from '../../fakes/ports.ts';
import { aPack, createFakeRuleCompiler } from '../../fakes/rules.ts';

const pack = (id: string, phrase: string, category = 'drugs') => aPack({ id, phrase, category });
const DAMAGED: PackFile = { name: 'damaged.yaml', yaml: 'pack: [\n  unclosed' };

function policy(rules: object = {}): Policy {
  return policySchema.parse({
    version: 3,
    issuedAt: 0,
    school: { name: 'Larkfield Primary', timeZone: 'Europe/London' },
    audience: 'KS2',
    rules,
    capture: {},
    outbox: {},
  });
}

function saw(title: string, over: Partial<Observation['session']> = {}): Observation {
  return {
    at: 0,
    app: { name: 'Writer', path: null, processId: 1 },
    title,
    url: null,
    urlSource: 'none',
    private: false,
    excluded: null,
    session: {
      user: 'ama.mensah',
      displayName: 'Ama Mensah',
      account: 'individual',
      accountType: 'local',
      machine: 'm',
      onSchoolNetwork: null,
      timeZone: 'UTC',
      ...over,
    },
  };
}

function started(bundled: PackFile[], compiled: Uint8Array | null = null) {
  const health: SourceHealth[] = [];
  const packs = [...bundled];
  let reads = 0;
  const compiler = createFakeRuleCompiler({
    bundledPacks: () => packs,
    bundledLists: () => [],
    machineLists: () => [],
  });
  const rules = createRules({
    ruleCompiler: compiler,
    compiledPacks: async () => {
      reads += 1;
      return compiled;
    },
    machineLists: async () => [],
    health: { report: (_part, state) => health.push(state) },
    log: createFakeLog(),
  });
  async function put(next: Policy): Promise<string | null> {
    const built = await rules.compile(next);
    if (built.kind === 'compiled') rules.swap(built.rules, next.audience);
    return built.kind === 'wrong' ? built.reason : null;
  }
  async function putRest(next: Policy): Promise<void> {
    const rest = await rules.compileRest(next);
    if (rest !== null) rules.swap(rest, next.audience);
  }
  const packsHit = (title: string, session = {}) =>
    rules.match(saw(title, session)).hits.map(({ packId }) => packId);
  const used = () => ({ jobs: compiler.jobs.length, reads });
  return { rules, put, putRest, compiler, used, health, packsHit };
}

describe('rules in force', () => {
  test('match nothing before there are any, and nothing in what is left out', async () => {
    const { rules, put, packsHit } = started([pack('one', 'wibble')]);
    expect(packsHit('a wibble here')).toEqual([]);
    await put(policy());
    expect(packsHit('a wibble here')).toEqual(['one']);
    expect(rules.match({ ...saw(''), excluded: 'bank' }).hits).toEqual([]);
  });

  test("a policy chooses among bundled packs; the school's own are always on", async () => {
    const { put, packsHit } = started([pack('one', 'wibble'), pack('two', 'wobble')]);
    await put(policy({ packIds: ['two'], ownPacks: [pack('own', 'flurb')] }));
    expect(packsHit('wibble wobble flurb')).toEqual(['two', 'own']);
  });

  test('a pack of the school takes the place of a bundled one with its id', async () => {
    const { put, packsHit } = started([pack('one', 'wibble')]);
    await put(policy({ ownPacks: [pack('one', 'flurb')] }));
    expect([packsHit('wibble'), packsHit('flurb')]).toEqual([[], ['one']]);
  });

  test('are swapped whole between two observations', async () => {
    const { put, packsHit } = started([pack('one', 'wibble')]);
    await put(policy());
    await put(policy({ packIds: [], ownPacks: [pack('own', 'flurb')] }));
    expect([packsHit('wibble'), packsHit('flurb')]).toEqual([[], ['own']]);
  });

  test("the signed-in person's own names do not count, but on a shared account they do", async () => {
    const { put, packsHit } = started([pack('one', 'mensah')]);
    await put(policy());
    expect(packsHit('Mensah family tree')).toEqual([]);
    expect(packsHit('Mensah family tree', { user: 'mensah', account: 'shared' })).toEqual(['one']);
  });
});

describe('packs compiled by the build', () => {
  function compiled(text: PackFile): Uint8Array {
    const parsed = parsePack(text.yaml, text.name);
    if (!parsed.ok) throw new Error('the pack of the test is wrong');
    const compiler = createCompiler();
    compiler.addPack(parsed.value);
    return compiler.finish();
  }

  test('are used as they are', async () => {
    const { put, packsHit, used } = started([], compiled(pack('built', 'wibble')));
    await put(policy());
    expect(packsHit('wibble')).toEqual(['built']);
    await put(policy({ packIds: [] }));
    expect(packsHit('wibble')).toEqual([]);
    expect(used()).toEqual({ jobs: 0, reads: 1 });
  });

  test('give way to the packs themselves where the school has packs of its own', async () => {
    const { put, packsHit } = started([pack('one', 'wibble')], compiled(pack('built', 'wibble')));
    await put(policy());
    await put(policy({ ownPacks: [pack('own', 'flurb')] }));
    expect(packsHit('wibble flurb')).toEqual(['one', 'own']);
  });

  test("match alone at a start, until the school's own packs are compiled with them", async () => {
    const { rules, put, packsHit, used } = started(
      [pack('one', 'wibble')],
      compiled(pack('built', 'wibble')),
    );
    const own = policy({ ownPacks: [pack('own', 'flurb')] });
    await put(own);
    expect([rules.isWhole(), packsHit('wibble flurb'), used().jobs]).toEqual([false, ['built'], 0]);
    await put(own);
    expect([rules.isWhole(), packsHit('wibble flurb'), used().jobs]).toEqual([true, ['one', 'own'], 1]);
  });

  test('are passed over when they are damaged, and the packs compiled once in their place', async () => {
    const bytes = compiled(pack('built', 'wibble'));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const { put, packsHit, used } = started([pack('one', 'wibble')], bytes);
    await put(policy());
    expect(packsHit('wibble')).toEqual(['one']);
    await put(policy({ packIds: [] }));
    expect(packsHit('wibble')).toEqual([]);
    expect(used()).toEqual({ jobs: 1, reads: 1 });
  });

  test('and damaged packs too: health says where, the others are in force', async () => {
    const bytes = compiled(pack('built', 'wibble'));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const { putRest, health, packsHit } = started([pack('one', 'wibble'), DAMAGED], bytes);
    await putRest(policy());
    expect(packsHit('wibble')).toEqual(['one']);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_damaged' });
  });
});

describe('a pack that does not parse', () => {
  test('leaves the last good rules in force, and health says where it is wrong', async () => {
    const { put, health, packsHit } = started([pack('one', 'wibble')]);
    await put(policy());
    const reason = await put(policy({ ownPacks: [DAMAGED] }));
    expect(reason).toMatch(/^damaged\.yaml:\d+:\d+: /);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_damaged' });
    expect(health.at(-1)?.message).toContain('The last good rules stay in force. damaged.yaml:');
    expect(packsHit('wibble')).toEqual(['one']);
    await put(policy());
    expect(health.at(-1)).toMatchObject({ state: 'ok' });
  });

  test('at the first start leaves the others in force', async () => {
    const { putRest, health, packsHit } = started([pack('one', 'wibble'), DAMAGED]);
    await putRest(policy());
    expect(packsHit('wibble')).toEqual(['one']);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_damaged' });
  });
});
