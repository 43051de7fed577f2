import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AGENT_PATHS, heartbeatRequestSchema } from '#contract';
import { signPolicy } from '#seal';
import { createFakeVault } from '../../fakes/keyVault.ts';
import { until } from '../../fakes/until.ts';
import { createSchool, policyOf } from './school.ts';
import { PACK, useAgents } from './world.ts';

describe('the agent as a whole', () => {
  const build = useAgents();

  test('enrols, takes its policy, and brings what was flagged to the school, once', async () => {
    const school = await createSchool();
    const { agent, windows, tray, tabs } = build(school);
    expect(agent.phase()).toBe('starting');
    await agent.start();
    expect(agent.phase()).toBe('running');
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    expect(tabs.privateWindows()).toBe('hide');
    windows.show({ title: 'ordinary work' });
    windows.show({ title: 'a wibble here' });
    await until(() => school.envelopes.length === 2);
    const records = await school.records();
    expect(records.map(({ kind }) => kind)).toEqual(['capture', 'screenshot']);
    expect(records[0]).toMatchObject({
      policyVersion: 5,
      observation: { title: 'a wibble here' },
      context: [{ title: 'ordinary work' }],
      hits: [{ packId: 'test', text: 'wibble' }],
    });
    const beat = school.requests.find(({ url }) => url.endsWith(AGENT_PATHS.heartbeat));
    expect(
      heartbeatRequestSchema.safeParse(JSON.parse(new TextDecoder().decode(beat?.body ?? undefined))).success,
    ).toBe(true);
  });

  test('waits to be enrolled for as long as it takes, says so, and stops in the middle of that', async () => {
    const school = await createSchool();
    const { agent, tray, timers } = build(school, { token: null });
    const started = agent.start();
    await until(() => timers.pending() > 0);
    expect(tray.view()?.stateLine).toBe('This computer is not set up yet');
    tray.choose('report');
    expect(agent.phase()).toBe('enrolling');
    await agent.stop();
    await started;
    expect(agent.phase()).toBe('stopping');
    expect(timers.pending()).toBe(0);
  });

  test('outside development keeps no key without a vault', async () => {
    const school = await createSchool();
    const { agent, log } = build(school, { vault: createFakeVault('plain') });
    const started = agent.start();
    await until(() => log.entries.some(({ fields }) => 'code' in fields && fields.code === 'no_key_vault'));
    expect(school.requests).toEqual([]);
    await agent.stop();
    await started;
  });

  test('an enrolled device starts without its server, keeps what it sees, and catches up', async () => {
    const school = await createSchool();
    const vault = createFakeVault();
    const first = build(school, { vault });
    await first.agent.start();
    await until(() => first.tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    await first.agent.stop();
    expect(first.timers.pending()).toBe(0);
    expect(first.windows.watching()).toBe(0);

    school.away = true;
    const second = build(school, { vault, token: null });
    await second.agent.start();
    expect(second.tray.view()?.stateLine).toBe('Larkfield Primary monitors this computer');
    second.windows.show({ title: 'wibble offline' });
    await until(() => second.screen.taken.length === 1);
    school.away = false;
    await until(() => {
      void second.timers.advance(1_000);
      return school.envelopes.length >= 2;
    });
    expect(
      (await school.records()).some(
        (one) => one.kind === 'capture' && one.observation.title === 'wibble offline',
      ),
    ).toBe(true);
  });

  test('a report is sealed and sent from the page', async () => {
    const school = await createSchool();
    const { agent, pages, tray } = build(school);
    await agent.start();
    tray.choose('report');
    await until(() => pages.opened.length === 1);
    const answer = await pages
      .handlers()
      ?.['report.send'](
        { about: 'how_i_feel', text: 'Sad today', urgent: true, contactId: null, attach: false },
        { close: () => undefined },
      );
    expect(answer).toEqual({ state: 'saved' });
    await until(() => school.envelopes.length === 1);
    expect(await school.records()).toMatchObject([{ kind: 'report', text: 'Sad today', urgent: true }]);
    expect(school.envelopes[0]?.priority).toBe('critical');
  });

  test('rules of a new policy that do not compile leave the old ones in force, and the school hears of it', async () => {
    const school = await createSchool();
    const { agent, windows, tray, timers } = build(school);
    await agent.start();
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    const damaged = { ownPacks: [{ name: 'own.yaml', yaml: 'pack: [' }] };
    school.policy = await signPolicy(policyOf({ version: 6, rules: damaged }), school.signing);
    await timers.advance(900_000);
    windows.show({ title: 'wibble still' });
    await until(() => school.envelopes.some(({ kind }) => kind === 'capture'));
    await until(() => {
      void timers.advance(5_000);
      return school.envelopes.some(({ kind }) => kind === 'health');
    });
    const health = (await school.records()).flatMap((one) => (one.kind === 'health' ? one.items : []));
    expect(health.map(({ code }) => code)).toContain('rules_damaged');
  });

  test('works for the audience of the person who signed in, where the policy names it', async () => {
    const school = await createSchool();
    const accounts = [
      { accounts: ['year6*'], audience: 'KS3' },
      { accounts: ['someone', 'AMA.*'], audience: 'staff' },
      { accounts: ['*'], audience: 'guest' },
    ];
    const rules = { dispositions: [{ category: 'drugs', audience: 'staff', disposition: 'acceptable' }] };
    school.policy = await signPolicy(policyOf({ audiences: accounts, rules }), school.signing);
    const { agent, windows, pages, tray, timers } = build(school);
    await agent.start();
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    const notice = await pages.handlers()?.['notice.open'](undefined, { close: () => undefined });
    expect(notice?.audience).toBe('staff');
    windows.show({ title: 'wibble, as staff may' });
    // The device's own audience again: the same words count.
    school.policy = await signPolicy(policyOf({ version: 6, rules }), school.signing);
    await timers.advance(900_000);
    await until(() => {
      windows.show({ title: `wibble ${timers.now()}` });
      void timers.advance(1_000);
      return school.envelopes.some(({ kind }) => kind === 'capture');
    });
    const captures = (await school.records()).flatMap((one) => (one.kind === 'capture' ? [one] : []));
    expect(captures[0]).toMatchObject({ policyVersion: 6 });
  });

  test('sees and delivers while the rules of a new policy are compiled, and stops in the middle of that', async () => {
    const school = await createSchool();
    const { agent, rules, windows, tray, timers } = build(school);
    await agent.start();
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    rules.ruleCompiler.hold();
    const own = { ownPacks: [{ ...PACK, name: 'own.yaml' }] };
    school.policy = await signPolicy(policyOf({ version: 6, rules: own }), school.signing);
    await timers.advance(900_000);
    await until(() => rules.ruleCompiler.running() === 1);
    windows.show({ title: 'a wibble meanwhile' });
    await until(() => school.envelopes.some(({ kind }) => kind === 'capture'));
    expect((await school.records())[0]).toMatchObject({ kind: 'capture', policyVersion: 5 });
    await agent.stop();
    expect(rules.ruleCompiler.running()).toBe(0);
  });

  test('stops within its deadline even if a part does not', async () => {
    const school = await createSchool();
    const { agent, folder, timers, windows, log } = build(school);
    const stuck = Promise.withResolvers<void>();
    windows.watch = () => ({ dispose: () => stuck.promise });
    await agent.start();
    let stopped = false;
    const stopping = agent.stop().then(() => {
      stopped = true;
    });
    await timers.advance(3_999);
    expect(stopped).toBe(false);
    await timers.advance(1);
    await stopping;
    expect(log.entries.some(({ message }) => message === 'stopped without waiting for every part')).toBe(
      true,
    );
    stuck.resolve();
    // SQLite takes its journal away when the outbox is closed, which is the last thing to happen.
    await until(() => timers.pending() === 0 && !existsSync(join(folder, 'outbox.db-wal')));
  });
});
