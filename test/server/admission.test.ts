import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Envelope,
  PRIORITIES,
  type Priority,
  priorityRank,
  severityOfRank,
  severityRank,
  severitySchema,
} from '#contract';
import { createAdmission } from '../../src/server/ingest/index.ts';
import type { FakeAgent } from '../fakes/server/agent.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

const door = (maxRunning: number, maxWaiting: number, maxWaitingBytes = 1e9) =>
  createAdmission({ maxRunning, maxWaiting, maxWaitingBytes });

describe('the door', () => {
  test('lets the most urgent in first, and among equals the longest waiting', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }),
        async (ranks) => {
          const admission = door(1, 100);
          const first = await admission.enter({ rank: 0, bytes: 1 });
          const order: number[] = [];
          const entries = ranks.map(async (rank, index) => {
            const entry = await admission.enter({ rank, bytes: 1 });
            order.push(index);
            if (entry.ok) await entry.value.dispose();
          });
          if (first.ok) await first.value.dispose();
          await Promise.all(entries);
          const expected = ranks
            .map((rank, index) => ({ rank, index }))
            .sort((a, b) => a.rank - b.rank || a.index - b.index);
          expect(order).toEqual(expected.map(({ index }) => index));
        },
      ),
    );
  });

  test('when full sends the least urgent away, and never lets more in than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        async (ranks, maxRunning, maxWaiting) => {
          const admission = door(maxRunning, maxWaiting);
          let running = 0;
          const outcomes = await Promise.all(
            ranks.map(async (rank) => {
              const entry = await admission.enter({ rank, bytes: 1 });
              if (!entry.ok) return { rank, in: false };
              running++;
              expect(running).toBeLessThanOrEqual(maxRunning);
              await null;
              running--;
              await entry.value.dispose();
              return { rank, in: true };
            }),
          );
          const away = outcomes.filter((one) => !one.in).map(({ rank }) => rank);
          // Whoever was let in at the start aside, nobody waited in vain for someone less urgent.
          const waited = outcomes.slice(maxRunning).filter((one) => one.in);
          expect(away.length).toBe(Math.max(0, ranks.length - maxRunning - maxWaiting));
          if (away.length > 0)
            for (const { rank } of waited) expect(rank).toBeLessThanOrEqual(Math.min(...away));
        },
      ),
    );
  });

  test('bounds the bytes of those who wait', async () => {
    const admission = door(1, 100, 1_000);
    const first = await admission.enter({ rank: 0, bytes: 10 });
    const large = admission.enter({ rank: 5, bytes: 900 });
    const urgent = admission.enter({ rank: 0, bytes: 200 });
    expect(await large).toEqual({ ok: false, error: 'overloaded' });
    if (first.ok) await first.value.dispose();
    expect((await urgent).ok).toBe(true);
  });

  test('closed, sends everybody away', async () => {
    const admission = door(1, 10);
    await admission.enter({ rank: 0, bytes: 1 });
    const waiting = admission.enter({ rank: 0, bytes: 1 });
    admission.close();
    expect([await waiting, await admission.enter({ rank: 0, bytes: 1 })]).toEqual([
      { ok: false, error: 'overloaded' },
      { ok: false, error: 'overloaded' },
    ]);
  });
});

describe('an overloaded server', () => {
  let school: FakeSchool;
  afterEach(() => school.dispose());

  test('answers 503 with Retry-After, stores nothing of what it refused, and takes every critical record', async () => {
    let release = () => {};
    const holdCommits = new Promise<void>((resolve) => {
      release = resolve;
    });
    school = await createFakeSchool({ app: { admission: { maxRunning: 1, maxWaiting: 4 } }, holdCommits });
    const priorities = [
      'low',
      'low',
      'low',
      'medium',
      'low',
      'medium',
      'low',
      'critical',
      'critical',
      'critical',
    ] as const;
    const batches: { priority: Priority; envelope: Envelope; agent: FakeAgent }[] = [];
    for (const priority of priorities) {
      const agent = await school.agent({ hardwareId: school.random.id() });
      batches.push({
        priority,
        agent,
        envelope: await agent.seal(fakeCapture(school.random.id()), { priority }),
      });
    }
    // While the disk hangs one is inside and four wait: five of the ten are sent away.
    let away = 0;
    const responses = await Promise.all(
      batches.map(async ({ agent, envelope }) => {
        const response = await agent.send([envelope]);
        if (response.statusCode === 503) away++;
        if (away === 5) release();
        return response;
      }),
    );
    const refused = batches.filter((_, index) => responses[index]?.statusCode === 503);
    expect(refused).toHaveLength(5);
    expect(refused.map(({ priority }) => priority)).not.toContain('critical');
    for (const response of responses.filter(({ statusCode }) => statusCode === 503)) {
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.json().error.code).toBe('overloaded');
    }
    const rows = await school.store.db.selectFrom('records').select('id').execute();
    expect(rows).toHaveLength(5);
    // Later, everything gets in.
    for (const { agent, envelope } of refused) {
      expect((await agent.send([envelope])).json().answers[0].status).toBe('stored');
    }
  });

  test('sends bodies away before reading them when there is no room for more, and has room again after', async () => {
    let release = () => {};
    const holdCommits = new Promise<void>((resolve) => {
      release = resolve;
    });
    school = await createFakeSchool({ app: { maxBodyBytes: 5_000 }, holdCommits });
    const agent = await school.agent();
    const pair = async () => [
      await agent.seal(fakeCapture(school.random.id())),
      await agent.seal(fakeCapture(school.random.id())),
    ];
    const batches = [await pair(), await pair()];
    // Whichever comes first is held by the hanging disk; there is no room for the other meanwhile.
    const responses = await Promise.all(
      batches.map(async (batch) => {
        const response = await agent.send(batch);
        if (response.statusCode === 503) release();
        return { batch, response };
      }),
    );
    const away = responses.filter(({ response }) => response.statusCode === 503);
    expect(away).toHaveLength(1);
    expect(away[0]?.response.headers['retry-after']).toBe('2');
    const again = await agent.send(away[0]?.batch ?? []);
    expect(again.json().answers.map(({ status }: { status: string }) => status)).toEqual([
      'stored',
      'stored',
    ]);
  });

  test('puts heartbeats behind every record', async () => {
    let release = () => {};
    const holdCommits = new Promise<void>((resolve) => {
      release = resolve;
    });
    school = await createFakeSchool({ app: { admission: { maxRunning: 1, maxWaiting: 1 } }, holdCommits });
    const agents = [
      await school.agent(),
      await school.agent({ hardwareId: 'b' }),
      await school.agent({ hardwareId: 'c' }),
    ];
    const [one, two, three] = agents as [FakeAgent, FakeAgent, FakeAgent];
    const low = await two.seal(fakeCapture(school.random.id()), { priority: 'low' });
    const sent = [one.heartbeat(), two.send([low]), three.heartbeat()].map(async (pending) => {
      const { statusCode } = await pending;
      if (statusCode === 503) release();
      return statusCode;
    });
    const statuses = await Promise.all(sent);
    expect(statuses.filter((status) => status === 503)).toHaveLength(1);
    expect(statuses[1]).toBe(200);
  });
});

test('priorities and ranks agree', () => {
  expect(PRIORITIES.map(priorityRank)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a severity is that of its rank, and a rank that is none is critical', () => {
  const { options } = severitySchema;
  expect(options.map(severityRank).map(severityOfRank)).toEqual(options);
  expect([0, 5, 1.5].map(severityOfRank)).toEqual(['critical', 'critical', 'critical']);
});
