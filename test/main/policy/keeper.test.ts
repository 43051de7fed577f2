import { beforeEach, describe, expect, test } from 'vitest';
import { createSigningKey, signPolicy } from '#seal';
import type { PolicyKeeper } from '../../../src/main/policy/index.ts';
import { until } from '../../fakes/until.ts';
import { createPolicyWorld, createSlowCompile, policy } from './fixture.ts';

type World = Awaited<ReturnType<typeof createPolicyWorld>>;

let keeper: PolicyKeeper;
let createKeeper: World['createKeeper'];
let signed: World['signed'];
let files: World['files'];
let applied: World['applied'];
let keys: World['keys'];
let health: World['health'];

beforeEach(async () => {
  ({ createKeeper, signed, files, applied, keys, health } = await createPolicyWorld());
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

  test('a newer one that comes while one is compiled takes its place, and is the only one put to work', async () => {
    const slow = createSlowCompile();
    keeper = createKeeper(slow.compile);
    const third = keeper.offer(await signed(3), 'server');
    await until(() => slow.begun.length === 1);
    const fourth = keeper.offer(await signed(4), 'server');
    expect(await third).toBe('not_taken');
    slow.finish();
    expect(await fourth).toBe('at_work');
    expect(applied).toEqual([4]);
    expect(keeper.versions()).toEqual({ received: 4, applied: 4 });
    expect(health.get('policy')).toMatchObject({ state: 'ok', message: 'Policy 4 is at work.' });
  });

  test('the same one while it is compiled waits for it, and an older one takes nothing from it', async () => {
    const slow = createSlowCompile();
    keeper = createKeeper(slow.compile);
    const document = await signed(3);
    const first = keeper.offer(document, 'server');
    await until(() => slow.begun.length === 1);
    const again = keeper.offer(document, 'folder');
    const older = keeper.offer(await signed(2), 'folder');
    await until(() => keys.length === 3);
    slow.finish();
    expect(await Promise.all([first, again, older])).toEqual(['at_work', 'at_work', 'not_taken']);
    expect(slow.begun).toEqual([3]);
    expect(applied).toEqual([3]);
  });

  test('rules that could not be compiled are no fault of the policy, which is wanted again', async () => {
    await keeper.offer(await signed(3), 'server');
    expect(await keeper.offer(await signed(4, 'Unlucky'), 'server')).toBe('try_again');
    expect(health.get('policy')).toMatchObject({ state: 'degraded', code: 'rules_not_compiled' });
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
