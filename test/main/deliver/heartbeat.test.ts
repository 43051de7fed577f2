import { afterEach, beforeEach, expect, test } from 'vitest';
import { heartbeatRequestSchema } from '#contract';
import { startHeartbeat } from '../../../src/main/deliver/index.ts';
import { createFakeRandom } from '../../fakes/ports.ts';
import { createFakeLink, okJson, UNREACHABLE } from '../../fakes/serverLink.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const QUEUE = {
  records: 2,
  blobs: 1,
  bytes: 900,
  oldestAt: 1,
  dropped: 0,
  quarantined: 0,
  lastSequence: 7,
  topPriority: 'critical',
} as const;

const timers = createFakeTimers();
let link: ReturnType<typeof createFakeLink>;
let heartbeat: ReturnType<typeof startHeartbeat>;
let etags: string[];

beforeEach(() => {
  link = createFakeLink();
  etags = [];
  link.answer(() => okJson({ policyEtag: '"3"', serverTime: 5 }));
  heartbeat = startHeartbeat({
    link,
    timers,
    random: createFakeRandom(),
    agentVersion: '1.2.3',
    policyVersions: () => ({ received: 4, applied: 3 }),
    health: () => [{ part: 'deliver', state: 'ok', code: 'ok', message: '', since: 1 }],
    queue: () => QUEUE,
    onPolicyEtag: (etag) => etags.push(etag),
  });
});
afterEach(() => heartbeat.dispose());

test('beats at once and then each minute, says how the agent is, and hears the policy ETag', async () => {
  await timers.advance(0);
  expect(link.requests).toHaveLength(1);
  const body = heartbeatRequestSchema.parse(
    JSON.parse(new TextDecoder().decode(link.requests[0]?.body ?? undefined)),
  );
  expect(body).toMatchObject({ agentVersion: '1.2.3', policyReceived: 4, policyApplied: 3, queue: QUEUE });
  await timers.advance(600_000);
  expect(link.requests).toHaveLength(11);
  expect(etags).toHaveLength(11);
});

test('a server that does not answer is asked again sooner, one that is busy when it says', async () => {
  await timers.advance(0);
  link.answer(() => UNREACHABLE);
  await timers.advance(60_000);
  await timers.advance(30_000);
  expect(link.requests).toHaveLength(4);
  link.answer(() => ({ kind: 'busy', status: 503, retryAfterMs: 40_000 }));
  await timers.advance(15_000);
  await timers.advance(39_000);
  expect(link.requests).toHaveLength(5);
  await timers.advance(1_000);
  expect(link.requests).toHaveLength(6);
  expect(etags).toHaveLength(1);
});

test('an answer that is not one changes nothing', async () => {
  link.answer(() => okJson('a hotel page'));
  await timers.advance(60_000);
  expect(etags).toHaveLength(1);
  expect(link.requests).toHaveLength(2);
});

test('stops', async () => {
  await timers.advance(0);
  await heartbeat.dispose();
  await timers.advance(600_000);
  expect(link.requests).toHaveLength(1);
  expect(timers.pending()).toBe(0);
});

test('what changed is told soon, once, also when a beat is on its way', async () => {
  await timers.advance(0);
  heartbeat.soon();
  heartbeat.soon();
  await timers.advance(10_000);
  expect(link.requests).toHaveLength(2);
  await timers.advance(40_000);
  expect(link.requests).toHaveLength(2);
  let land: () => void = () => undefined;
  link.answer(() => () => new Promise((resolve) => (land = () => resolve(UNREACHABLE))));
  await timers.advance(20_000);
  expect(link.requests).toHaveLength(3);
  heartbeat.soon();
  land();
  await timers.advance(10_000);
  expect(link.requests).toHaveLength(4);
  land();
});
