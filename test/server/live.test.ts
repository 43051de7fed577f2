import { afterEach, beforeEach, expect, test } from 'vitest';
import { AGENT_PATHS, CONSOLE_PATHS, IDLE_LOCK_MS } from '#contract';
import { parsePolicyText, writePolicy } from '../../src/server/policy/index.ts';
import type { FakeConsole } from '../fakes/server/console.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { listen, openStream } from '../fakes/server/eventStream.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

onEveryDatabase('the live streams', (open) => {
  let school: FakeSchool;
  let url: string;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
    url = await listen(school.app);
  });
  afterEach(() => school.dispose());

  const events = (person: FakeConsole) =>
    openStream(`${url}${CONSOLE_PATHS.events}`, { cookie: person.cookie ?? '' });

  test('tell a reviewer of a new capture and of every decision, a contractor of neither', async () => {
    const technician = await school.person('technician');
    const contractor = await school.person('contractor');
    const [seen, fleet] = [await events(technician), await events(contractor)];
    const agent = await school.agent();
    const id = school.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    await technician.decide(id, 'pass', 'waiting');
    await agent.heartbeat();
    const device = { kind: 'device', data: { kind: 'device', id: agent.deviceId } };
    expect(await seen.next()).toEqual(device);
    expect(await seen.next()).toEqual({
      kind: 'item',
      data: { kind: 'item', id, severity: 'high', state: 'waiting' },
    });
    expect(await seen.next()).toEqual({
      kind: 'item',
      data: { kind: 'item', id, severity: 'high', state: 'passed' },
    });
    expect(await fleet.next()).toEqual(device);
    expect(await fleet.next()).toEqual(device);
    seen.close();
    fleet.close();
  });

  test('end when the person signs out', async () => {
    const technician = await school.person('technician');
    const stream = await events(technician);
    await technician.request({ method: 'DELETE', url: CONSOLE_PATHS.session });
    expect(await stream.next()).toBeNull();
  });

  test('do not keep a session alive, and end when it locks', async () => {
    const technician = await school.person('technician');
    const stream = await events(technician);
    await school.timers.advance(IDLE_LOCK_MS + 60_000);
    expect(await stream.next()).toBeNull();
    const after = await openStream(`${url}${CONSOLE_PATHS.events}`, { cookie: technician.cookie ?? '' });
    expect(after.status).toBe(401);
    after.close();
  });

  test('end when the server stops, so that stopping waits for nobody', async () => {
    const technician = await school.person('technician');
    const stream = await events(technician);
    await school.app.close();
    expect(await stream.next()).toBeNull();
  });

  test('tell a device of the policy at once and of every change', async () => {
    const agent = await school.agent();
    const token = await agent.request({ method: 'GET', url: AGENT_PATHS.policy });
    const etag = token.headers.etag;
    const stream = await openStream(
      `${url}${AGENT_PATHS.events}`,
      await agent.headers('GET', AGENT_PATHS.events),
    );
    expect(await stream.next()).toEqual({ kind: 'policy', data: { kind: 'policy', etag } });
    const document = parsePolicyText(
      'school: {name: B, timeZone: UTC}\nrules: {}\ncapture: {}\noutbox: {}\n',
    );
    if (!document.ok) throw new Error();
    const { audit, timers, store } = school;
    await store.db.transaction().execute((trx) => writePolicy({ clock: timers, audit }, trx, document.value));
    store.bus.publish({ kind: 'policy' });
    const next = await stream.next();
    expect(next).toMatchObject({ kind: 'policy' });
    expect(next?.data).not.toMatchObject({ etag });
    stream.close();
  });

  test('of a device end when it is revoked', async () => {
    const agent = await school.agent();
    const stream = await openStream(
      `${url}${AGENT_PATHS.events}`,
      await agent.headers('GET', AGENT_PATHS.events),
    );
    await stream.next();
    await school.store.db.updateTable('devices').set({ revoked_at: school.timers.now() }).execute();
    school.store.bus.publish({ kind: 'device_revoked', id: agent.deviceId });
    expect(await stream.next()).toBeNull();
  });
});
