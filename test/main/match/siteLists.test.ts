import { describe, expect, test } from 'vitest';
import { type Capture, type Observation, policySchema, type Repeat } from '#contract';
import type { SiteListLines } from '#match';
import { createCapture } from '../../../src/main/capture/index.ts';
import { createRules } from '../../../src/main/match/index.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { aWindow, createFakeLog, createFakeRandom, createFakeScreen } from '../../fakes/ports.ts';
import { aPack, aSiteList, createFakeRules } from '../../fakes/rules.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const pack = (id: string, phrase: string) => aPack({ id, phrase });

function list(id: string, category: string, sites: string): SiteListLines {
  const head = `# lapwing-list: ${id}\n# category: ${category}\n# severity: critical\n# version: 1\n`;
  return aSiteList(`${id}.list`, head + sites);
}
const ILLEGAL = list('police', 'illegal_terrorism', 'locked.example\n');
const DAMAGED = aSiteList('police.list', '\0\0not a list\n');
const UNREADABLE: SiteListLines = {
  name: 'police.list',
  lines() {
    throw new Error('EACCES');
  },
};

function policy(rules: object = {}) {
  const school = { name: 'Larkfield Primary', timeZone: 'Europe/London' };
  return policySchema.parse({
    version: 3,
    issuedAt: 0,
    school,
    audience: 'KS2',
    rules,
    capture: {},
    outbox: {},
  });
}

function visit(url: string): Observation {
  const session = { user: 'ama', displayName: null, account: 'individual' };
  const app = { name: 'Browser', path: null, processId: 1 };
  return { at: 0, app, title: 'a page', url, private: false, excluded: null, session } as Observation;
}

function started(lists: readonly SiteListLines[], bundled: readonly SiteListLines[] = []) {
  const health: SourceHealth[] = [];
  const fake = createFakeRules([pack('one', 'wibble')], lists);
  fake.bundledLists.push(...bundled);
  const rules = createRules({
    ...fake,
    machineLists: fake.machineLists.read,
    health: { report: (_part, state) => health.push(state) },
    log: createFakeLog(),
  });
  async function put(over: object = {}): Promise<boolean> {
    const built = await rules.compile(policy(over));
    if (built.kind === 'compiled') rules.swap(built.rules, 'KS2');
    return built.kind === 'compiled';
  }
  const packsHit = (url: string) => rules.match(visit(url)).hits.map(({ packId }) => packId);
  return { rules, put, fake, health, packsHit };
}

describe("the machine's site lists", () => {
  test('an illegal list flags a visit as critical, and no picture is taken of it', async () => {
    const { rules, put } = started([ILLEGAL]);
    await put();
    const records: (Capture | Repeat)[] = [];
    const screen = createFakeScreen();
    const capture = createCapture(
      {
        match: rules.match,
        knowSites: rules.knowSites,
        outbox: { append: async (record) => records.push(record), settlePicture: async () => undefined },
        screen,
        timers: createFakeTimers(),
        random: createFakeRandom(),
        health: { report: () => undefined },
        log: createFakeLog(),
      },
      { settings: { policyVersion: 3, screenshots: true, cooldownMs: 180_000, contextEntries: 0 } },
    );
    await capture.see({ observation: visit('https://www.locked.example/page'), window: aWindow() });
    expect(records).toMatchObject([
      {
        kind: 'capture',
        hits: [{ packId: 'police', category: 'illegal_terrorism', severity: 'critical' }],
        screenshot: { state: 'none', reason: 'locked_category' },
      },
    ]);
    expect(screen.taken).toEqual([]);
  });

  test('no choice of packs, exception or disposition switches an illegal list off, bundled or not', async () => {
    const { put, packsHit } = started([ILLEGAL], [list('shipped', 'illegal_csam', 'other.example\n')]);
    const exceptions = [{ packId: 'police', reason: 'tried' }];
    const dispositions = [{ category: 'illegal_terrorism', audience: 'KS2', disposition: 'acceptable' }];
    expect(await put({ packIds: [], exceptions, dispositions })).toBe(true);
    expect(packsHit('https://locked.example/')).toEqual(['police']);
    expect(packsHit('https://other.example/')).toEqual(['shipped']);
  });

  test('other lists that an administrator put there are on, whatever packs a policy chooses', async () => {
    const { put, packsHit } = started([list('bets', 'gambling', 'bets.example\n')]);
    await put({ packIds: ['one'] });
    expect(packsHit('https://bets.example/')).toEqual(['bets']);
  });

  test("stay beside a policy's own packs", async () => {
    const { put, packsHit } = started([ILLEGAL]);
    await put({ ownPacks: [pack('own', 'flurb')] });
    expect(packsHit('https://locked.example/flurb')).toEqual(['police', 'own']);
  });

  test('hold before there is any policy', async () => {
    const { rules, packsHit } = started([ILLEGAL]);
    const rest = await rules.compileRest(policy());
    if (rest !== null) rules.swap(rest, 'KS2');
    expect(packsHit('https://locked.example/')).toEqual(['police']);
  });

  test.each([
    ['damaged', DAMAGED],
    ['unreadable', UNREADABLE],
    ['empty', list('police', 'illegal_terrorism', '')],
  ])('one that became %s keeps the last good rules, and health says so', async (_what, bad) => {
    const { put, fake, health, packsHit } = started([ILLEGAL]);
    await put();
    fake.change([bad]);
    expect(await put({ packIds: [] })).toBe(true);
    expect(packsHit('https://locked.example/wibble')).toEqual(['police']);
    expect(health.at(-1)).toMatchObject({ state: 'degraded', code: 'rules_damaged' });
    expect(health.at(-1)?.message).toContain('The last good rules stay in force. police.list:');
    expect(await put({ ownPacks: [pack('own', 'flurb')] })).toBe(false);
    fake.change([list('police', 'illegal_terrorism', 'new.example\n')]);
    await put();
    expect([packsHit('https://locked.example/'), packsHit('https://new.example/')]).toEqual([[], ['police']]);
    expect(health.at(-1)).toMatchObject({ state: 'ok' });
  });

  test('one that is damaged from the start leaves the others and the packs in force', async () => {
    const { put, health, packsHit } = started([ILLEGAL, aSiteList('bad.list', 'nothing')]);
    expect(await put()).toBe(true);
    expect(packsHit('https://locked.example/wibble')).toEqual(['police', 'one']);
    expect(health.at(-1)?.message).toContain('A site list is left out. bad.list:');
  });

  test('bad lines are left out and told', async () => {
    const { put, health, packsHit } = started([list('bets', 'gambling', 'com\nbets.example\n')]);
    await put();
    expect(packsHit('https://bets.example/')).toEqual(['bets']);
    expect(health.at(-1)?.message).toContain('Lines of site lists are left out. bets.list:5:');
  });
});
