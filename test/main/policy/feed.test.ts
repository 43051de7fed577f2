import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  POLICY_FOLDER,
  type PolicyFeed,
  type PolicyKeeper,
  startPolicyFeed,
} from '../../../src/main/policy/index.ts';
import { createFakeLog, createFakeRandom } from '../../fakes/ports.ts';
import { createFakeLink, okJson, UNREACHABLE } from '../../fakes/serverLink.ts';
import { createFakeTimers, type FakeTimers } from '../../fakes/timers.ts';
import { until } from '../../fakes/until.ts';
import { compileAtOnce, createPolicyWorld, createSlowCompile } from './fixture.ts';

type World = Awaited<ReturnType<typeof createPolicyWorld>>;

describe('the feed', () => {
  let keeper: PolicyKeeper;
  let createKeeper: World['createKeeper'];
  let signed: World['signed'];
  let files: World['files'];
  let applied: World['applied'];
  let keys: World['keys'];
  let health: World['health'];
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

  const begin = (offered: PolicyKeeper) =>
    startPolicyFeed({
      link,
      keeper: offered,
      files,
      timers,
      random: createFakeRandom(),
      log: createFakeLog(),
    });

  beforeEach(async () => {
    ({ createKeeper, signed, files, applied, keys, health } = await createPolicyWorld());
    keeper = createKeeper();
    timers = createFakeTimers();
    link = createFakeLink();
    await serve(1);
    feed = begin(keeper);
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

  test('a newer policy is fetched while the one before is still compiled', async () => {
    await feed.dispose();
    const slow = createSlowCompile();
    feed = begin(createKeeper(slow.compile));
    await until(() => slow.begun.length === 1);
    await serve(2);
    link.events()?.send('policy', { kind: 'policy', etag: '"2"' });
    await until(() => slow.begun.length === 2);
    slow.finish();
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 2]);
  });

  test('a policy whose rules could not be compiled is fetched again after five minutes', async () => {
    await feed.dispose();
    let isUnlucky = true;
    feed = begin(createKeeper(async (next) => (isUnlucky ? { kind: 'failed' } : compileAtOnce(next))));
    await until(() => health.get('policy')?.code === 'rules_not_compiled');
    isUnlucky = false;
    feed.heard('"1"');
    await timers.advance(240_000);
    expect(applied).toEqual([1]);
    await timers.advance(60_000);
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 1]);
  });

  test('a policy in the folder counts without any server', async () => {
    link.answer(() => UNREACHABLE);
    files.drop(`${POLICY_FOLDER}/from-a-stick.jws`, await signed(7));
    await until(() => applied.length === 2);
    expect(applied).toEqual([1, 7]);
    const { read } = files;
    files.read = () => Promise.reject(new Error('EBUSY'));
    files.drop(`${POLICY_FOLDER}/held.jws`, await signed(8));
    await timers.advance(0);
    files.read = read;
    files.drop(`${POLICY_FOLDER}/another.jws`, await signed(9));
    await until(() => applied.includes(9));
    files.drop(`${POLICY_FOLDER}/notes.txt`, 'not a policy');
    files.drop(`${POLICY_FOLDER}/half.jws`, (await signed(10)).slice(0, 50));
    await until(() => health.get('policy')?.code === 'damaged');
    expect(applied.at(-1)).toBe(9);
    expect(keeper.versions().applied).toBe(9);
  });
});
