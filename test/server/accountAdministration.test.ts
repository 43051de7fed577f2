import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONSOLE_PATHS } from '#contract';
import { createAccounts, createPasswords } from '../../src/server/accounts/index.ts';
import { createFakeConsole, type FakeConsole } from '../fakes/server/console.ts';
import { onEveryDatabase } from '../fakes/server/databases.ts';
import { listen, openStream } from '../fakes/server/eventStream.ts';
import { createFakeSchool, type FakeSchool } from '../fakes/server/school.ts';

onEveryDatabase('the administration of accounts', (open) => {
  let school: FakeSchool;
  let url: string;
  beforeEach(async () => {
    school = await createFakeSchool(await open());
    url = await listen(school.app);
  });
  afterEach(() => school.dispose());

  const statusOf = async (browser: FakeConsole) =>
    (await browser.request({ method: 'GET', url: CONSOLE_PATHS.session })).statusCode;
  const stream = (browser: FakeConsole) =>
    openStream(`${url}${CONSOLE_PATHS.events}`, { cookie: browser.cookie ?? '' });
  async function account(username: string, role: 'technician' | 'dsl' | 'contractor') {
    const made = await school.accounts.create({ username, displayName: username, role });
    if (!made.ok) throw new Error(made.error);
    return made.value.password;
  }
  async function signedIn(username: string, password: string): Promise<FakeConsole> {
    const browser = createFakeConsole(school);
    expect((await browser.signIn(username, password)).statusCode).toBe(200);
    return browser;
  }
  const disable = (username: string, leaveNoDsl = false) =>
    school.administration.disable(username, { leaveNoDsl });
  const trail = async () => {
    const rows = await school.store.db
      .selectFrom('audit')
      .innerJoin('accounts', 'accounts.id', 'audit.subject')
      .select(['audit.action', 'audit.actor', 'accounts.username'])
      .where('audit.action', 'like', 'account%')
      .orderBy('audit.id')
      .execute();
    return rows.map(({ action, actor, username }) => `${actor}: ${action} ${username}`);
  };

  test('a disabled account signs nobody in, its sessions and streams end at once, others go on', async () => {
    const password = await account('tess', 'technician');
    const [one, two] = [await signedIn('tess', password), await signedIn('tess', password)];
    const other = await school.person('dsl');
    const [stopped, goes] = [await stream(one), await stream(other)];
    expect(await disable(' TESS ')).toEqual({ ok: true, value: { sessionsEnded: 2 } });
    expect(await stopped.next()).toBeNull();
    expect([await statusOf(one), await statusOf(two), await statusOf(other)]).toEqual([401, 401, 200]);
    const again = await createFakeConsole(school).signIn('tess', password);
    const unknown = await createFakeConsole(school).signIn('nobody', password);
    // Nobody learns from the answer that there is such an account.
    expect([again.statusCode, again.json()]).toEqual([401, unknown.json()]);

    expect(await school.administration.enable('tess')).toMatchObject({ ok: true });
    await signedIn('tess', password);
    expect(await statusOf(one)).toBe(401);
    goes.close();
    expect(await trail()).toEqual([
      'command line: account_created tess',
      'command line: account_created dsl',
      'command line: account_disabled tess',
      'command line: account_enabled tess',
    ]);
  });

  test('another password ends the sessions and the pause after wrong ones, and the old one is no more', async () => {
    const old = await account('dana', 'dsl');
    const browser = await signedIn('dana', old);
    const live = await stream(browser);
    for (let time = 0; time < 6; time++) await createFakeConsole(school).signIn('dana', 'forgotten');
    const reset = await school.administration.resetPassword('dana');
    if (!reset.ok) throw new Error(reset.error);
    expect(reset.value).toMatchObject({ sessionsEnded: 1, disabled: false });
    expect(await live.next()).toBeNull();
    expect(await statusOf(browser)).toBe(401);
    expect((await createFakeConsole(school).signIn('dana', old)).statusCode).toBe(401);
    await signedIn('dana', reset.value.password);
    expect((await trail()).at(-1)).toBe('command line: account_password_reset dana');
    const rows = await school.store.db.selectFrom('audit').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(reset.value.password);
  });

  test('the last DSL who can sign in is disabled only when that is asked for', async () => {
    await account('dana', 'dsl');
    await account('tess', 'technician');
    await account('dora', 'dsl');
    expect(await disable('dora')).toMatchObject({ ok: true });
    expect(await disable('dana')).toEqual({ ok: false, error: 'last_dsl' });
    expect(await disable('tess')).toMatchObject({ ok: true });
    expect(await disable('dana', true)).toMatchObject({ ok: true });
  });

  test('two at once cannot each leave the other as the last', async () => {
    await account('dana', 'dsl');
    await account('dora', 'dsl');
    const outcomes = await Promise.all([disable('dana'), disable('dora')]);
    expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  test('an account that is not there, or is so already, is said to be', async () => {
    await account('tess', 'technician');
    expect(await disable('nobody')).toEqual({ ok: false, error: 'unknown' });
    expect(await school.administration.resetPassword('nobody')).toEqual({ ok: false, error: 'unknown' });
    expect(await school.administration.enable('tess')).toEqual({ ok: false, error: 'unchanged' });
    await disable('tess');
    expect(await disable('tess')).toEqual({ ok: false, error: 'unchanged' });
    expect(await school.administration.resetPassword('tess')).toMatchObject({ value: { disabled: true } });
  });

  describe('a sign-in under way', () => {
    test.each([
      ['disabled', () => disable('tess')],
      ['given another password', () => school.administration.resetPassword('tess')],
    ])('fails where the account is %s meanwhile', async (_what, change) => {
      const password = await account('tess', 'technician');
      const { store, audit, timers, random } = school;
      const passwords = createPasswords({ random }, { memoryKib: 64, passes: 1 });
      const slow = createAccounts({
        store,
        audit,
        random,
        clock: timers,
        passwords: {
          ...passwords,
          async verify(given, hash) {
            const right = await passwords.verify(given, hash);
            expect(await change()).toMatchObject({ ok: true });
            return right;
          },
        },
      });
      const attempt = { username: 'tess', password, address: '127.0.0.1', previousSecret: null };
      expect(await slow.signIn(attempt)).toEqual({ ok: false, error: { kind: 'sign_in_failed' } });
      expect(await store.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    });
  });

  test('a command beside a server on the same database ends open streams there', async () => {
    const browser = await school.person('technician');
    const live = await stream(browser);
    await school.store.db.deleteFrom('sessions').execute();
    school.store.bus.publish({ kind: 'changed' });
    expect(await live.next()).toBeNull();
  });
});
