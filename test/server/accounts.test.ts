import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKGROUND_HEADER, CONSOLE_PATHS, CSRF_HEADER, IDLE_LOCK_MS } from '#contract';
import { createPasswords } from '../../src/server/accounts/index.ts';
import { createRandom } from '../../src/server/platform/random.ts';
import { createFakeConsole, type FakeConsole } from '../fakes/server/console.ts';
import { fakeCapture } from '../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

const MINUTE_MS = 60_000;
let school: FakeSchool;
beforeEach(async () => {
  school = await createFakeSchool();
});
afterEach(() => school.dispose());

const get = (browser: FakeConsole, url: string, headers = {}) =>
  browser.request({ method: 'GET', url, headers });
const codeOf = (response: { json(): { error: { code: string } } }) => response.json().error.code;

describe('passwords', () => {
  const passwords = createPasswords({ random: createRandom() });
  test('only the right password is right, however its letters were composed', async () => {
    const hash = await passwords.hash('caf\u00e9-1');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(await passwords.verify('cafe\u0301-1', hash)).toBe(true);
    expect(await passwords.verify('cafe-1', hash)).toBe(false);
    expect(await passwords.verify('nobody has this password', null)).toBe(false);
  });
  test('generated ones can be read out and differ', () => {
    const [one, other] = [passwords.generate(), passwords.generate()];
    expect(one).toMatch(/^(\w{4}-){4}\w{4}$/);
    expect(one).not.toBe(other);
  });
});

describe('signing in', () => {
  test('gives a cookie that scripts and other sites cannot use, and says who one is', async () => {
    const created = await school.accounts.create({ username: 'Amy', displayName: 'Amy Tester', role: 'dsl' });
    if (!created.ok) throw new Error();
    const browser = createFakeConsole(school);
    const response = await browser.signIn('  AMY ', created.value.password);
    expect(response.json()).toEqual({
      username: 'amy',
      displayName: 'Amy Tester',
      role: 'dsl',
      permissions: ['evidence_view', 'review', 'decide', 'fleet_view'],
      school: { name: 'Brook Primary', timeZone: 'Europe/London' },
    });
    expect(response.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect((await get(browser, CONSOLE_PATHS.session)).statusCode).toBe(200);
  });

  test('a wrong password and an unknown name get the same answer', async () => {
    await school.person('technician');
    const stranger = createFakeConsole(school);
    const wrong = await stranger.signIn('technician', 'wrong');
    const unknown = await stranger.signIn('nobody', 'wrong');
    expect(wrong.statusCode).toBe(401);
    expect(wrong.json()).toEqual(unknown.json());
    expect(stranger.cookie).toBeNull();
  });

  test('five failures pause an account at that address for a quarter of an hour, and nobody else', async () => {
    const created = await school.accounts.create({ username: 'amy', displayName: 'Amy', role: 'dsl' });
    if (!created.ok) throw new Error();
    const { password } = created.value;
    const thief = createFakeConsole(school);
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await thief.signIn('amy', `guess ${attempt}`)).statusCode).toBe(401);
    const paused = await thief.signIn('amy', password);
    expect(paused.statusCode).toBe(429);
    expect(Number(paused.headers['retry-after'])).toBe(15 * 60);
    const elsewhere = await school.app.inject({
      method: 'POST',
      url: CONSOLE_PATHS.session,
      headers: { [CSRF_HEADER]: '1' },
      remoteAddress: '10.0.0.9',
      payload: { username: 'amy', password },
    });
    expect(elsewhere.statusCode).toBe(200);
    school.timers.jumpWallClock(15 * MINUTE_MS + 1);
    expect((await thief.signIn('amy', password)).statusCode).toBe(200);
  });

  test('attempts made at the same moment do not slip past the limit', async () => {
    await school.person('dsl', 'amy');
    const thief = createFakeConsole(school);
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => thief.signIn('amy', `guess ${index}`)),
    );
    expect(outcomes.filter(({ statusCode }) => statusCode === 401).length).toBeLessThanOrEqual(6);
  });

  test('without the console header nothing changes anything', async () => {
    const payload = { username: 'a', password: 'b' };
    const response = await school.app.inject({ method: 'POST', url: CONSOLE_PATHS.session, payload });
    expect([response.statusCode, codeOf(response)]).toEqual([403, 'csrf_missing']);
    const out = await school.app.inject({ method: 'DELETE', url: CONSOLE_PATHS.session });
    expect(out.statusCode).toBe(403);
  });

  test('signing out ends the session at once', async () => {
    const person = await school.person('technician');
    expect((await person.request({ method: 'DELETE', url: CONSOLE_PATHS.session })).statusCode).toBe(204);
    expect(codeOf(await get(person, CONSOLE_PATHS.queue))).toBe('not_signed_in');
  });
});

describe('the idle lock', () => {
  test('locks after 20 minutes of which only reading in the background was heard', async () => {
    const person = await school.person('technician');
    const agent = await school.agent();
    const id = school.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    const item = `${CONSOLE_PATHS.items}/${id}`;
    for (let minute = 0; minute < 19; minute++) {
      school.timers.jumpWallClock(MINUTE_MS);
      expect((await get(person, CONSOLE_PATHS.queue)).statusCode).toBe(200);
      expect((await get(person, CONSOLE_PATHS.session)).statusCode).toBe(200);
      expect((await get(person, item, { [BACKGROUND_HEADER]: '1' })).statusCode).toBe(200);
      expect((await get(person, CONSOLE_PATHS.devices)).statusCode).toBe(200);
    }
    school.timers.jumpWallClock(MINUTE_MS);
    const locked = await get(person, CONSOLE_PATHS.queue);
    expect([locked.statusCode, codeOf(locked)]).toEqual([401, 'session_locked']);
    expect(codeOf(await person.decide(id, 'pass', 'waiting'))).toBe('session_locked');
  });

  test.each([
    ['opening an item', CONSOLE_PATHS.items, 'GET'],
    ['a sign of life', CONSOLE_PATHS.session, 'PUT'],
  ] as const)('%s keeps the session', async (_what, path, method) => {
    const person = await school.person('technician');
    const agent = await school.agent();
    const id = school.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    const url = method === 'GET' ? `${path}/${id}` : path;
    for (let round = 0; round < 4; round++) {
      school.timers.jumpWallClock(IDLE_LOCK_MS - MINUTE_MS);
      expect((await person.request({ method, url })).statusCode).toBeLessThan(300);
    }
  });

  test('a session ends after a working day, however busy', async () => {
    const person = await school.person('technician');
    for (let quarter = 0; quarter < 48; quarter++) {
      school.timers.jumpWallClock(15 * MINUTE_MS);
      await person.request({ method: 'PUT', url: CONSOLE_PATHS.session });
    }
    school.timers.jumpWallClock(MINUTE_MS);
    expect(codeOf(await get(person, CONSOLE_PATHS.session))).toBe('not_signed_in');
  });
});

describe('permissions', () => {
  test('a contractor sees the fleet and nothing of what children did', async () => {
    const agent = await school.agent();
    const id = school.random.id();
    await agent.send([await agent.seal(fakeCapture(id))]);
    const contractor = await school.person('contractor');
    expect((await get(contractor, CONSOLE_PATHS.devices)).statusCode).toBe(200);
    for (const url of [
      CONSOLE_PATHS.queue,
      `${CONSOLE_PATHS.items}/${id}`,
      `${CONSOLE_PATHS.items}/${id}/screenshot`,
    ]) {
      const response = await get(contractor, url);
      expect([url, response.statusCode, codeOf(response)]).toEqual([url, 403, 'forbidden']);
    }
    expect((await contractor.decide(id, 'pass', 'waiting')).statusCode).toBe(403);
  });

  test('nobody who is not signed in gets anything', async () => {
    const id = school.random.id();
    const paths = [
      CONSOLE_PATHS.queue,
      CONSOLE_PATHS.devices,
      CONSOLE_PATHS.events,
      `${CONSOLE_PATHS.items}/${id}`,
    ];
    for (const url of paths) {
      const response = await school.app.inject({ method: 'GET', url });
      expect([url, response.statusCode]).toEqual([url, 401]);
    }
  });
});
