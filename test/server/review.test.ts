import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONSOLE_PATHS } from '#contract';
import { parsePolicyText, writePolicy } from '../../src/server/policy/index.ts';
import { allowedDecisions, nextState } from '../../src/server/review/transitions.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { fakeCapture, fakeReport, withSeverity } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

onEveryDatabase('review', (open) => {
  let school: FakeSchool;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
  });
  afterEach(() => school.dispose());

  /** Sends one capture of each severity given, a second apart. Returns their ids in order. */
  async function arrive(severities: readonly ('low' | 'medium' | 'high' | 'critical')[]): Promise<string[]> {
    const agent = await school.agent();
    const ids: string[] = [];
    for (const severity of severities) {
      await school.timers.advance(1_000);
      const id = school.random.id();
      ids.push(id);
      await agent.send([await agent.seal(withSeverity(fakeCapture(id), severity))]);
    }
    return ids;
  }

  describe('the queue', () => {
    test('worst first, then newest; what was passed on comes first among equals', async () => {
      const [low, high, critical, highLater] = (await arrive(['low', 'high', 'critical', 'high'])) as [
        string,
        string,
        string,
        string,
      ];
      const technician = await school.person('technician');
      const ids = async (person = technician, query = '') =>
        (await person.queue(query)).items.map(({ id }) => id);
      expect(await ids()).toEqual([critical, highLater, high, low]);
      await technician.decide(high, 'pass', 'waiting');
      expect(await ids()).toEqual([critical, highLater, low]);
      expect(await ids(technician, '?show=closed')).toEqual([high]);
      const dsl = await school.person('dsl');
      expect(await ids(dsl)).toEqual([critical, high, highLater, low]);
      expect(await ids(dsl, '?show=closed')).toEqual([]);
      expect(await ids(dsl, '?show=all')).toEqual([critical, high, highLater, low]);
    });

    test('pages join into the whole queue, whatever their size', async () => {
      const ids = await arrive(['low', 'high', 'critical', 'high', 'medium', 'low', 'critical']);
      const technician = await school.person('technician');
      for (const id of [ids[1], ids[4], ids[6]]) await technician.decide(id ?? '', 'pass', 'waiting');
      await technician.decide(ids[0] ?? '', 'no_concern', 'waiting');
      const dsl = await school.person('dsl');
      for (const [person, show, size] of [
        [technician, 'open', 3],
        [technician, 'closed', 4],
        [dsl, 'open', 6],
        [dsl, 'all', 7],
      ] as const) {
        const whole = (await person.queue(`?show=${show}`)).items.map(({ id }) => id);
        expect(new Set(whole).size).toBe(size);
        for (const limit of [1, 2, 3, 7]) {
          const joined: string[] = [];
          let cursor: string | null = '';
          while (cursor !== null) {
            const page = await person.queue(
              `?show=${show}&limit=${limit}${cursor === '' ? '' : `&after=${cursor}`}`,
            );
            expect(page.items.length).toBeLessThanOrEqual(limit);
            joined.push(...page.items.map(({ id }) => id));
            cursor = page.nextCursor;
          }
          expect(joined).toEqual(whole);
        }
      }
    });

    test('a cursor that is not one of ours is refused by name', async () => {
      const technician = await school.person('technician');
      const response = await technician.request({
        method: 'GET',
        url: `${CONSOLE_PATHS.queue}?after=nonsense`,
      });
      expect(response.statusCode).toBe(400);
      expect(response.json().error.issues).toEqual([{ path: 'after', message: expect.any(String) }]);
    });

    test('an item whose record does not open is told of, and does not take the queue with it', async () => {
      const [low, critical, high] = (await arrive(['low', 'critical', 'high'])) as [string, string, string];
      const { db } = school.store;
      const damage = async (id: string, how: (envelope: string) => string) => {
        const records = db.selectFrom('records').select('envelope').where('id', '=', id);
        const { envelope } = await records.executeTakeFirstOrThrow();
        await db
          .updateTable('records')
          .set({ envelope: how(envelope) })
          .where('id', '=', id)
          .execute();
      };
      await damage(critical, (envelope) => JSON.stringify({ ...JSON.parse(envelope), keyId: 'lost' }));
      await damage(high, (envelope) => envelope.slice(0, 100));
      const technician = await school.person('technician');
      const page = await technician.queue();
      expect(page).toMatchObject({ items: [{ id: low }], unreadable: 2, counts: { open: 3, critical: 1 } });
      const response = await technician.request({
        method: 'GET',
        url: `${CONSOLE_PATHS.items}/${high}`,
      });
      expect(response.statusCode).toBe(404);
    });

    test('each item shown in a list is written down once for a person and session', async () => {
      const ids = await arrive(['high', 'low']);
      const technician = await school.person('technician');
      await technician.queue();
      await technician.queue();
      const [third] = await arrive(['low']);
      await technician.queue();
      const rows = await school.store.db
        .selectFrom('audit')
        .select('detail')
        .where('action', '=', 'items_listed')
        .execute();
      expect(rows.map(({ detail }) => new Set(JSON.parse(detail).items))).toEqual([
        new Set(ids),
        new Set([third]),
      ]);
    });
  });

  describe('decisions', () => {
    test('the second of two people deciding at once is told that the item has moved on', async () => {
      const [id] = (await arrive(['high'])) as [string];
      const first = await school.person('technician', 'first');
      const second = await school.person('technician', 'second');
      const outcomes = await Promise.all([
        first.decide(id, 'pass', 'waiting'),
        second.decide(id, 'no_concern', 'waiting'),
      ]);
      expect(outcomes.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
      expect(outcomes.find(({ statusCode }) => statusCode === 409)?.json().error.code).toBe('state_changed');
    });

    test('a technician takes back their own "no concern", not that of others', async () => {
      const [id] = (await arrive(['low'])) as [string];
      const first = await school.person('technician', 'first');
      const second = await school.person('technician', 'second');
      await first.decide(id, 'no_concern', 'waiting');
      const refused = await second.decide(id, 'reopen', 'no_concern');
      expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'not_allowed']);
      expect((await first.item(id)).allowed).toEqual(['reopen']);
      expect((await first.decide(id, 'reopen', 'no_concern')).statusCode).toBe(204);
      expect((await first.item(id)).item.state).toBe('waiting');
    });

    test('a recorded action says what was done', async () => {
      const [id] = (await arrive(['high'])) as [string];
      const dsl = await school.person('dsl');
      const response = await dsl.decide(id, 'record_action', 'waiting', '   ');
      expect(response.statusCode).toBe(400);
      expect(response.json().error.issues[0].path).toBe('note');
    });

    test('notes do not stand in clear in the database', async () => {
      const [id] = (await arrive(['high'])) as [string];
      const dsl = await school.person('dsl');
      await dsl.decide(id, 'record_action', 'waiting', 'Spoke to her mother');
      const [entry] = await school.store.db
        .selectFrom('item_history')
        .selectAll()
        .where('action', '=', 'action_recorded')
        .execute();
      expect(entry?.note).toBeTruthy();
      expect(Buffer.from(entry?.note ?? '', 'base64url').toString('latin1')).not.toContain('mother');
      expect((await dsl.item(id)).history.at(-2)?.note).toBe('Spoke to her mother');
    });

    test('a refused decision leaves no trace', async () => {
      const [id] = (await arrive(['high'])) as [string];
      const technician = await school.person('technician');
      expect((await technician.decide(id, 'record_action', 'waiting', 'x')).statusCode).toBe(409);
      expect(await school.store.db.selectFrom('item_history').selectAll().execute()).toEqual([]);
    });

    test('what is offered is exactly what is done', () => {
      const states = ['waiting', 'passed', 'no_concern', 'action_recorded'] as const;
      const roles = [
        ['evidence_view', 'review'],
        ['evidence_view', 'review', 'decide'],
        ['fleet_view'],
      ] as const;
      fc.assert(
        fc.property(
          fc.constantFrom(...states),
          fc.constantFrom(...roles),
          fc.boolean(),
          (state, permissions, own) => {
            const situation = { state, permissions, own };
            const allowed = allowedDecisions(situation);
            for (const decision of ['no_concern', 'pass', 'record_action', 'reopen'] as const) {
              const to = nextState(decision, situation);
              expect(allowed.includes(decision)).toBe(to !== null);
              expect(to).not.toBe(state);
            }
            if (!permissions.includes('review' as never)) expect(allowed).toEqual([]);
          },
        ),
      );
    });
  });

  describe('repeats, pictures and losses', () => {
    test('a capture counts its repeats, even those that came first or out of order', async () => {
      const agent = await school.agent();
      const id = school.random.id();
      const repeat = (occurrences: number) => ({
        kind: 'repeat' as const,
        id: school.random.id(),
        captureId: id,
        occurrences,
        lastAt: 1_767_600_000_000 + occurrences * 1_000,
      });
      await agent.send([await agent.seal(repeat(5)), await agent.seal(repeat(3))]);
      await agent.send([await agent.seal(fakeCapture(id))]);
      await agent.send([await agent.seal(repeat(4))]);
      const technician = await school.person('technician');
      const [item] = (await technician.queue()).items;
      expect(item).toMatchObject({ occurrences: 5, lastAt: 1_767_600_005_000 });
    });

    test('a report names whom the pupil chose as the policy in force does', async () => {
      const agent = await school.agent();
      const id = school.random.id();
      await agent.send([await agent.seal(fakeReport(id, { contactId: 'okafor' }))]);
      const technician = await school.person('technician');
      expect((await technician.item(id)).item).toMatchObject({ contact: null });
      const okafor = { id: 'okafor', name: 'Mrs Okafor', role: 'Head of Year 8' };
      const policy = parsePolicyText(
        JSON.stringify({ school: { name: 'B', timeZone: 'UTC' }, contacts: [okafor] }),
      );
      if (!policy.ok) throw new Error();
      const { store, timers, audit } = school;
      await store.db.transaction().execute((trx) => writePolicy({ clock: timers, audit }, trx, policy.value));
      store.bus.publish({ kind: 'policy' });
      await expect
        .poll(async () => (await technician.item(id)).item, { interval: 5, timeout: 60_000 })
        .toMatchObject({ contact: okafor });
      expect((await technician.queue()).items).toMatchObject([{ contact: okafor }]);
    });

    test('a picture that the device gave up is no longer awaited', async () => {
      const agent = await school.agent();
      const id = school.random.id();
      await agent.send([await agent.seal(fakeReport(id, { screenshot: { state: 'awaited' } }))]);
      const technician = await school.person('technician');
      expect((await technician.item(id)).screenshot).toBe('awaited');
      const dropped = {
        kind: 'dropped' as const,
        id: school.random.id(),
        at: 1_767_600_000_000,
        reason: 'storage_full' as const,
        sequences: [],
        screenshots: [id],
      };
      await agent.send([await agent.seal(dropped)]);
      const after = await technician.item(id);
      expect(after.screenshot).toBe('none');
      expect(after.item).toMatchObject({ report: { screenshot: { state: 'none', reason: 'storage_full' } } });
    });

    test('a picture is given only once it is here, and only to those who may see it', async () => {
      const technician = await school.person('technician');
      const [id] = (await arrive(['high'])) as [string];
      const response = await technician.request({
        method: 'GET',
        url: `${CONSOLE_PATHS.items}/${id}/screenshot`,
      });
      expect(response.statusCode).toBe(404);
    });
  });
});
