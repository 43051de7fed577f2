import { afterEach, describe, expect, test } from 'vitest';
import { CONSOLE_PATHS } from '#contract';
import { fakeCapture, fakeReport } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

let school: FakeSchool;
afterEach(() => school.dispose());

describe('from a device to a decision', () => {
  test('a capture and its picture reach a reviewer, who passes it on, and the DSL records what was done', async () => {
    school = await createFakeSchool();
    const agent = await school.agent();
    const id = school.random.id();
    const pictureId = school.random.id();
    const pixels = new Uint8Array([1, 2, 3, 4]);
    const blob = await agent.sealBlob(id, pixels);
    const capture = fakeCapture(id, { screenshot: { state: 'awaited' } });
    const sent = await agent.send([await agent.seal(capture)]);
    expect(sent.statusCode, sent.body).toBe(200);
    expect(sent.json().answers).toEqual([{ id, status: 'stored' }]);
    const outcome = await agent.send([
      await agent.seal({
        kind: 'screenshot',
        id: pictureId,
        recordId: id,
        screenshot: {
          state: 'taken',
          sha256: blob.sha256,
          sealedBytes: blob.bytes.length,
          mediaType: 'image/png',
          width: 2,
          height: 2,
        },
      }),
    ]);
    expect(outcome.json().wants).toEqual([blob.sha256]);
    expect((await agent.putBlob(blob)).statusCode).toBe(204);

    const technician = await school.person('technician');
    const queue = await technician.queue();
    expect(queue.items).toHaveLength(1);
    expect(queue.items[0]).toMatchObject({
      kind: 'capture',
      id,
      severity: 'high',
      category: 'self_harm',
      state: 'waiting',
      capture: { observation: capture.observation, screenshot: { state: 'taken', width: 2 } },
    });
    expect(queue).toMatchObject({ counts: { open: 1, critical: 0 }, devices: { total: 1, watching: 1 } });

    const item = await technician.item(id);
    expect(item).toMatchObject({ screenshot: 'available', allowed: ['no_concern', 'pass'] });
    expect(item.history.map(({ action }) => action)).toEqual(['received', 'viewed']);
    const picture = await technician.request({
      method: 'GET',
      url: `${CONSOLE_PATHS.items}/${id}/screenshot`,
    });
    expect(picture.headers['content-type']).toBe('image/png');
    expect(new Uint8Array(picture.rawPayload)).toEqual(pixels);

    expect((await technician.decide(id, 'pass', 'waiting', 'Please look')).statusCode).toBe(204);
    expect((await technician.queue()).items).toHaveLength(0);
    const dsl = await school.person('dsl');
    expect((await dsl.queue()).items.map((open) => open.state)).toEqual(['passed']);
    expect((await dsl.decide(id, 'record_action', 'passed', 'Spoke to the class teacher')).statusCode).toBe(
      204,
    );
    const after = await dsl.item(id);
    expect(after.history.map(({ action, note }) => [action, note])).toEqual([
      ['received', null],
      ['viewed', null],
      ['screenshot_viewed', null],
      ['passed', 'Please look'],
      ['action_recorded', 'Spoke to the class teacher'],
      ['viewed', null],
    ]);
    const audit = await school.store.db.selectFrom('audit').select('action').orderBy('id').execute();
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'item_viewed',
        'item_screenshot_viewed',
        'item_passed',
        'item_action_recorded',
        'items_listed',
      ]),
    );
  });

  test('an urgent report is critical and stands above a capture', async () => {
    school = await createFakeSchool();
    const agent = await school.agent();
    const capture = fakeCapture(school.random.id());
    const report = fakeReport(school.random.id(), { urgent: true });
    await agent.send([await agent.seal(report, { priority: 'critical' })]);
    await agent.send([await agent.seal(capture)]);
    const technician = await school.person('technician');
    const { items, counts } = await technician.queue();
    expect(items.map(({ id, severity }) => [id, severity])).toEqual([
      [report.id, 'critical'],
      [capture.id, 'high'],
    ]);
    expect(counts).toEqual({ open: 2, critical: 1 });
  });
});
