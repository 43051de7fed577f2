import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_PATHS, type Envelope } from '#contract';
import type { FakeAgent } from '../fakes/server/agent.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { fakeCapture, fakeReport } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

onEveryDatabase('ingest', (open) => {
  let school: FakeSchool;
  let agent: FakeAgent;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
    agent = await school.agent();
  });
  afterEach(() => school.dispose());

  const count = async (table: 'records' | 'items' | 'quarantine') =>
    Number(
      (
        await school.store.db
          .selectFrom(table)
          .select((row) => row.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    );
  const seal = async (records: number): Promise<Envelope[]> => {
    const envelopes: Envelope[] = [];
    for (let index = 0; index < records; index++)
      envelopes.push(await agent.seal(fakeCapture(school.random.id())));
    return envelopes;
  };
  const statuses = (response: { json(): { answers: { status: string }[] } }) =>
    response.json().answers.map(({ status }) => status);

  test('batches repeated, overlapping and at the same moment store each record exactly once', async () => {
    const envelopes = await seal(12);
    const batches = fc.array(fc.subarray(envelopes, { minLength: 1 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (chosen) => {
        const responses = await Promise.all(chosen.map((batch) => agent.send(batch)));
        for (const [index, response] of responses.entries()) {
          expect(response.statusCode, response.body).toBe(200);
          const { answers } = response.json();
          expect(answers.map(({ id }: { id: string }) => id)).toEqual(chosen[index]?.map(({ id }) => id));
          for (const { status } of answers) expect(['stored', 'duplicate']).toContain(status);
        }
        const sent = new Set(chosen.flat().map(({ id }) => id));
        const rows = await school.store.db.selectFrom('records').select('id').execute();
        for (const id of sent) expect(rows.filter((row) => row.id === id)).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
    expect(await count('items')).toBe(await count('records'));
  });

  test('of the same record sent many times at once, exactly one is stored', async () => {
    const [envelope] = (await seal(1)) as [Envelope];
    const responses = await Promise.all(Array.from({ length: 8 }, () => agent.send([envelope])));
    expect(responses.flatMap(statuses).sort()).toEqual([...Array(7).fill('duplicate'), 'stored']);
  });

  test("a record of another device's, an id in use, a forged or changed envelope: refused one by one, the rest stored", async () => {
    const other = await school.agent({ machine: 'OTHER', hardwareId: 'other' });
    const [good, used, changed] = (await seal(3)) as [Envelope, Envelope, Envelope];
    await agent.send([used]);
    const foreign = await other.seal(fakeCapture(school.random.id()));
    const clash = await agent.seal(fakeCapture(used.id));
    const relabelled = { ...changed, priority: 'critical' as const };
    const response = await agent.send([foreign, clash, relabelled, good]);
    const { answers } = response.json();
    expect(answers).toEqual([
      { id: foreign.id, status: 'rejected', reason: 'belongs to another device' },
      { id: clash.id, status: 'rejected', reason: 'another record has this id already' },
      { id: relabelled.id, status: 'rejected', reason: "the signature is not this device's" },
      { id: good.id, status: 'stored' },
    ]);
    expect(await count('records')).toBe(2);
    const kept = await school.store.db.selectFrom('quarantine').select('envelope').execute();
    const keptIds = kept.map(({ envelope }) => JSON.parse(envelope).id);
    expect(new Set(keptIds)).toEqual(new Set([foreign.id, clash.id, relabelled.id]));
  });

  test('what is signed but no record is kept aside, once, and its number is not missing', async () => {
    const id = school.random.id();
    const envelopes = [
      await agent.sealBytes({ id, kind: 'capture' }, new TextEncoder().encode('{"kind":"capture"}')),
      await agent.sealBytes({ id: school.random.id(), kind: 'capture' }, new Uint8Array([0xff, 0xfe])),
      await agent.sealBytes(
        { id: school.random.id(), kind: 'health' },
        new TextEncoder().encode(JSON.stringify(fakeCapture(id))),
      ),
    ];
    for (let round = 0; round < 2; round++) {
      const response = await agent.send(envelopes);
      expect(response.json().answers.map(({ reason }: { reason: string }) => reason)).toEqual([
        'the record is not valid at "id"',
        'the record is not JSON in UTF-8',
        'the record has another id than its envelope',
      ]);
    }
    expect(await count('quarantine')).toBe(3);
    expect(await count('records')).toBe(0);
    expect(await school.store.db.selectFrom('sequence_gaps').selectAll().execute()).toEqual([]);
  });

  test('a device sees which pictures are wanted until they are here', async () => {
    const id = school.random.id();
    const blob = await agent.sealBlob(id, new Uint8Array(5_000).fill(9));
    const stranger = await school.agent({ machine: 'OTHER', hardwareId: 'other' });
    expect((await agent.putBlob(blob)).json().error.code).toBe('blob_not_wanted');
    const outcome = await agent.seal({
      kind: 'screenshot',
      id: school.random.id(),
      recordId: id,
      screenshot: {
        state: 'taken',
        sha256: blob.sha256,
        sealedBytes: blob.bytes.length,
        mediaType: 'image/png',
        width: 1,
        height: 1,
      },
    });
    expect((await agent.send([outcome])).json().wants).toEqual([blob.sha256]);
    expect((await agent.send([outcome])).json()).toMatchObject({
      answers: [{ status: 'duplicate' }],
      wants: [blob.sha256],
    });
    expect((await stranger.putBlob(blob)).json().error.code).toBe('blob_not_wanted');
    expect((await agent.putBlob({ ...blob, bytes: blob.bytes.slice(1) })).json().error.code).toBe(
      'blob_mismatch',
    );
    expect((await agent.putBlob(blob)).statusCode).toBe(204);
    expect((await agent.putBlob(blob)).statusCode).toBe(204);
    expect((await agent.send([outcome])).json().wants).toEqual([]);
    await agent.send([await agent.seal(fakeCapture(id, { screenshot: { state: 'awaited' } }))]);
    const technician = await school.person('technician');
    expect((await technician.item(id)).screenshot).toBe('available');
  });

  describe('gaps', () => {
    const gaps = async () => {
      const technician = await school.person('contractor', school.random.id());
      const response = await technician.request({ method: 'GET', url: '/api/v1/devices' });
      return response.json().devices[0].gaps;
    };

    test('are shown with since when, split and closed as records arrive', async () => {
      const envelopes = await seal(10);
      const pick = (...sequences: number[]) =>
        envelopes.filter(({ sequence }) => sequences.includes(sequence));
      await agent.send(pick(1, 2));
      expect(await gaps()).toEqual([]);
      const since = school.timers.now();
      await agent.send(pick(10));
      expect(await gaps()).toEqual([{ from: 3, to: 9, since }]);
      await school.timers.advance(5_000);
      await agent.send(pick(5, 6));
      expect(await gaps()).toEqual([
        { from: 3, to: 4, since },
        { from: 7, to: 9, since },
      ]);
      await agent.send(pick(3, 4, 5, 7, 8, 9));
      expect(await gaps()).toEqual([]);
    });

    test('a heartbeat shows what has not come at all; a loss the device admits is none', async () => {
      const [first, second] = (await seal(5)) as [Envelope, Envelope];
      await agent.send([first, second]);
      const since = school.timers.now();
      expect((await agent.heartbeat()).statusCode).toBe(200);
      expect(await gaps()).toEqual([{ from: 3, to: 5, since }]);
      const dropped = await agent.seal({
        kind: 'dropped',
        id: school.random.id(),
        at: since,
        reason: 'storage_full',
        sequences: [{ from: 4, to: 5 }],
        screenshots: [],
      });
      await agent.send([dropped]);
      expect(await gaps()).toEqual([{ from: 3, to: 3, since }]);
    });

    test('after everything has arrived, in any order and any batches, nothing is lacking', async () => {
      const envelopes = await seal(14);
      const order = fc.shuffledSubarray(envelopes, { minLength: 14, maxLength: 14 });
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 5 }), async (shuffled, size) => {
          const sent = new Set<number>();
          await school.store.db.deleteFrom('sequence_gaps').execute();
          await school.store.db.updateTable('devices').set({ known_sequence: 0 }).execute();
          for (let from = 0; from < shuffled.length; from += size) {
            const batch = shuffled.slice(from, from + size);
            await agent.send(batch);
            for (const { sequence } of batch) sent.add(sequence);
            const rows = await school.store.db.selectFrom('sequence_gaps').selectAll().execute();
            const lacking = rows.flatMap(({ first, last }) =>
              Array.from({ length: last - first + 1 }, (_, i) => first + i),
            );
            const highest = Math.max(...sent);
            const expected = Array.from({ length: highest }, (_, i) => i + 1).filter(
              (sequence) => !sent.has(sequence),
            );
            expect(lacking.sort((a, b) => a - b)).toEqual(expected);
          }
        }),
        { numRuns: 6 },
      );
    });
  });

  test('a revoked device is refused with a reason, and nothing of it is stored', async () => {
    const [first, second] = (await seal(2)) as [Envelope, Envelope];
    await agent.send([first]);
    await school.store.db.updateTable('devices').set({ revoked_at: school.timers.now() }).execute();
    const response = await agent.send([second]);
    expect(response.statusCode).toBe(403);
    expect(response.json().error).toMatchObject({
      code: 'device_revoked',
      message: expect.stringContaining('revoked'),
    });
    expect(await count('records')).toBe(1);
  });

  test('a report of the same moment is an item of its own', async () => {
    const report = fakeReport(school.random.id());
    await agent.send([await agent.seal(report, { priority: 'report' })]);
    const technician = await school.person('technician');
    expect((await technician.queue()).items).toMatchObject([
      { kind: 'report', severity: 'high', report: { text: report.text } },
    ]);
  });

  test('an empty or oversized batch is refused with the field named', async () => {
    const [envelope] = (await seal(1)) as [Envelope];
    for (const [envelopes, path] of [
      [[], 'envelopes'],
      [Array(101).fill(envelope), 'envelopes'],
      [[{ ...envelope, sequence: 0 }], 'envelopes.0.sequence'],
      [[envelope, { ...envelope, id: 'x' }], 'envelopes.1.id'],
    ] as const) {
      const response = await agent.request({
        method: 'POST',
        url: AGENT_PATHS.envelopes,
        payload: { envelopes },
      });
      expect(response.statusCode).toBe(400);
      expect(response.json().error).toMatchObject({ code: 'invalid_input', issues: [{ path }] });
    }
    expect(await count('records')).toBe(0);
  });
});
