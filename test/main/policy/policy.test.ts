import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type IssuedIntakeKey, type Policy, policySchema } from '#contract';
import { createSigningKey, type SigningKey, signPolicy } from '#seal';
import {
  createPolicyKeeper,
  POLICY_FOLDER,
  type PolicyFeed,
  type PolicyKeeper,
  startPolicyFeed,
} from '../../../src/main/policy/index.ts';
import type { SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeFiles } from '../../fakes/files.ts';
import { createFakeLog, createFakeRandom } from '../../fakes/ports.ts';
import { createFakeLink, okJson, UNREACHABLE } from '../../fakes/serverLink.ts';
import { createFakeTimers, type FakeTimers } from '../../fakes/timers.ts';
import { until } from '../../fakes/until.ts';

const INTAKE: IssuedIntakeKey = { keyId: 'k1', publicKey: 'A'.repeat(43), version: 1 };

let school: SigningKey;
let files: ReturnType<typeof createFakeFiles>;
let applied: number[];
let keys: { readonly keyId: string; readonly overtaken: boolean }[];
let health: Map<string, SourceHealth>;
let keeper: PolicyKeeper;

function policy(version: number, name = 'Lapwing Primary'): Policy {
  return policySchema.parse({
    version,
    issuedAt: 1,
    school: { name, timeZone: 'Europe/London' },
    intakeKey: { ...INTAKE, keyId: `k${version}` },
    audience: 'KS2',
    rules: {},
    capture: {},
    outbox: {},
  });
}

const signed = (version: number, name?: string) => signPolicy(policy(version, name), school);

function createKeeper(): PolicyKeeper {
  return createPolicyKeeper({
    files,
    policyKey: school.publicKey,
    compile: async ({ version, school: { name } }) =>
      name === 'Broken'
        ? { kind: 'wrong', reason: 'line 3, column 7: what?' }
        : { kind: 'compiled', rules: version },
    apply: (_policy, rules: number) => void applied.push(rules),
    onIntakeKey: ({ keyId }, { overtaken }) => void keys.push({ keyId, overtaken }),
    health: { report: (part, state) => void health.set(part, state) },
    log: createFakeLog(),
  });
}

beforeEach(async () => {
  school = await createSigningKey();
  files = createFakeFiles();
  applied = [];
  keys = [];
  health = new Map();
  keeper = createKeeper();
});

describe('the keeper', () => {
  test('puts a good policy to work and keeps it over a restart', async () => {
    expect(await keeper.offer(await signed(3), 'server')).toBe('at_work');
    expect(keeper.versions()).toEqual({ received: 3, applied: 3 });
    const again = createKeeper();
    await again.load();
    expect(again.versions()).toEqual({ received: 3, applied: 3 });
    expect(applied).toEqual([3, 3]);
    expect(health.get('policy')).toMatchObject({ state: 'ok' });
  });

  test('an older version, another signature, a damaged or half-written one change nothing and are told', async () => {
    await keeper.offer(await signed(3), 'server');
    const half = await signed(5);
    const cases: [string, string][] = [
      ['older', await signed(2)],
      ['wrong_signature', await signPolicy(policy(9), await createSigningKey())],
      ['damaged', half.slice(0, half.length / 3)],
      ['damaged', ''],
    ];
    for (const [code, document] of cases) {
      expect(await keeper.offer(document, 'server')).toBe('not_taken');
      expect(health.get('policy')).toMatchObject({ state: 'degraded', code });
    }
    expect(applied).toEqual([3]);
    expect(keeper.versions()).toEqual({ received: 3, applied: 3 });
    await keeper.offer(await signed(4), 'server');
    expect(health.get('policy')).toMatchObject({ state: 'ok' });
  });

  test('an older one left in the folder is ignored, and is no fault', async () => {
    await keeper.offer(await signed(3), 'server');
    expect(await keeper.offer(await signed(2), 'folder')).toBe('not_taken');
    expect(applied).toEqual([3]);
    expect(health.get('policy')).toMatchObject({ state: 'ok' });
  });

  test('rules that do not compile leave the last good policy; received and applied differ', async () => {
    await keeper.offer(await signed(3), 'server');
    expect(await keeper.offer(await signed(4, 'Broken'), 'server')).toBe('not_taken');
    expect(keeper.versions()).toEqual({ received: 4, applied: 3 });
    expect(health.get('policy')).toMatchObject({ code: 'rules' });
    expect(health.get('policy')?.message).toContain('line 3, column 7');
    await createKeeper().load();
    expect(applied).toEqual([3, 3]);
  });

  test('the sealing key of a signed document is offered whatever becomes of its rules, of a forged one never', async () => {
    await keeper.offer(await signed(3), 'server');
    await keeper.offer(await signed(4, 'Broken'), 'server');
    await keeper.offer(await signed(2), 'folder');
    await keeper.offer(await signPolicy(policy(9), await createSigningKey()), 'server');
    expect(keys).toEqual([
      { keyId: 'k3', overtaken: false },
      { keyId: 'k4', overtaken: false },
      { keyId: 'k2', overtaken: true },
    ]);
  });

  test('the same version again is not compiled again', async () => {
    const document = await signed(3);
    await Promise.all([keeper.offer(document, 'server'), keeper.offer(document, 'folder')]);
    expect(applied).toEqual([3]);
  });

  test('on a full disk the policy works all the same', async () => {
    files.fill(true);
    expect(await keeper.offer(await signed(3), 'server')).toBe('at_work');
    expect(applied).toEqual([3]);
  });

  test('a damaged copy on disk is told, and replaced by the next good one', async () => {
    files.contents.set('policy.jws', new TextEncoder().encode('garbage'));
    await keeper.load();
    expect(applied).toEqual([]);
    expect(health.get('policy')).toMatchObject({ code: 'damaged' });
    await keeper.offer(await signed(1), 'server');
    const again = createKeeper();
    await again.load();
    expect(again.versions().applied).toBe(1);
  });
});

describe('the feed', () => {
  let timers: FakeTimers;
  let link: ReturnType<typeof createFakeLink>;
  let feed: PolicyFeed;

  async function serve(version: number): Promise<void> {
    const document = await signed(version);
    const etag = `"${version}"`;
    link.answer((request) =>
      request.ifNoneMatch === etag
        ? { kind: 'not_modified' }
        : okJson({ policy: document, intakeKey: { keyId: 'forged', publicKey: 'B'.repeat(43) } }, etag),
    );
  }

  beforeEach(async () => {
    timers = createFakeTimers();
    link = createFakeLink();
    await serve(1);
    feed = startPolicyFeed({
      link,
      keeper,
      files,
      timers,
      random: createFakeRandom(),
      log: createFakeLog(),
    });
    await until(() => applied.length === 1);
    await timers.advance(0);
  });
  afterEach(async () => {
    await feed.dispose();
    expect(timers.pending()).toBe(0);
    expect(files.watching()).toBe(0);
  });

  test('fetches at the start, the sealing key with it, and none that stands beside the signed policy', () => {
    expect(applied).toEqual([1]);
    expect(keys).toEqual([{ keyId: 'k1', overtaken: false }]);
  });

  test('an event brings the new policy at once; the same ETag brings no request', async () => {
    await serve(2);
    link.events()?.send('policy', { kind: 'policy', etag: '"2"' });
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 2]);
    await timers.advance(0);
    const before = link.requests.length;
    link.events()?.send('policy', { kind: 'policy', etag: '"2"' });
    link.events()?.send('policy', 'nonsense');
    feed.heard('"2"');
    await timers.advance(0);
    expect(link.requests).toHaveLength(before);
  });

  test('a fetch that fails after an event is tried again, with growing waits', async () => {
    link.answer(() => UNREACHABLE);
    const before = link.requests.length;
    link.events()?.send('policy', { kind: 'policy', etag: '"2"' });
    await timers.advance(60_000);
    const tries = link.requests.length - before;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(7);
    await serve(2);
    await timers.advance(60_000);
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 2]);
  });

  test('a heartbeat that hears another ETag fetches too', async () => {
    await serve(2);
    feed.heard('"2"');
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 2]);
  });

  test('and if nothing was heard, a quarter of an hour does', async () => {
    await serve(2);
    await timers.advance(900_000);
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 2]);
    expect(link.requests.at(-1)?.ifNoneMatch).toBe('"1"');
  });

  test('a stream that ends is opened again, with growing waits', async () => {
    expect(link.streamsOpened()).toBe(1);
    for (let time = 0; time < 4; time++) {
      link.events()?.end();
      await timers.advance(10_000);
    }
    expect(link.streamsOpened()).toBe(5);
    link.events()?.end();
    await timers.advance(5_000);
    expect(link.streamsOpened()).toBe(5);
  });

  test('a policy in the folder counts without any server', async () => {
    link.answer(() => UNREACHABLE);
    files.drop(`${POLICY_FOLDER}/from-a-stick.jws`, await signed(7));
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 7]);
    files.drop(`${POLICY_FOLDER}/notes.txt`, 'not a policy');
    files.drop(`${POLICY_FOLDER}/half.jws`, (await signed(8)).slice(0, 50));
    await until(() => health.get('policy')?.code === 'damaged');
    expect(applied).toEqual([1, 7]);
    expect(keeper.versions().applied).toBe(7);
  });
});
