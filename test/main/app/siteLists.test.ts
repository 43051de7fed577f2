import { describe, expect, test } from 'vitest';
import { compileSources } from '#match';
import { createFakeVault } from '../../fakes/keyVault.ts';
import { aSiteList } from '../../fakes/rules.ts';
import { until } from '../../fakes/until.ts';
import { createSchool } from './school.ts';
import { PACK, useAgents } from './world.ts';

describe('the site lists of a machine', () => {
  const build = useAgents();

  test('site lists that are put on the machine later count without a restart', async () => {
    const school = await createSchool();
    const { agent, rules, windows, tray, timers } = build(school);
    await agent.start();
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    const head =
      '# lapwing-list: police\n# category: illegal_terrorism\n# severity: critical\n# version: 1\n';
    const captured = async () =>
      (await school.records()).flatMap((one) => (one.kind === 'capture' ? [one.observation.title] : []));
    let visits = 0;
    /** Goes to the site again and again, until a visit counts or does not count any more. */
    async function visit(title: string): Promise<void> {
      visits += 1;
      windows.show({ appName: 'Safari', title: `${title} ${visits}`, url: `https://site.example/${visits}` });
      await timers.advance(5_000);
    }
    await visit('before');
    rules.change([aSiteList('police.list', `${head}site.example\n`)]);
    await until(() => {
      void visit('listed');
      return school.envelopes.some(({ kind }) => kind === 'capture');
    });
    expect((await captured())[0]).toMatch(/^listed/);
    expect(rules.watching()).toBe(1);
    await agent.stop();
    expect(rules.watching()).toBe(0);
  });

  test('with site lists it begins with the bundled rules, without pictures, and then looks anew at what is in front', async () => {
    const school = await createSchool();
    const sources = { bundledPacks: [PACK], bundledLists: [], ownPacks: [], machineLists: [] };
    const compiled = await compileSources(sources, { skipWrong: false });
    if (!compiled.ok) throw new Error('the pack of the test is wrong');
    const head = '# lapwing-list: police\n# category: illegal_terrorism\n# severity: critical\n';
    const lists = [aSiteList('police.list', `${head}site.example\n`)];
    const vault = createFakeVault();
    const first = build(school, { vault });
    await first.agent.start();
    await until(() => first.tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    await first.agent.stop();
    const { agent, rules, windows, screen } = build(school, { vault, lists, built: compiled.value.bytes });
    const release = rules.ruleCompiler.hold();
    await agent.start();
    windows.show({ title: 'a wibble at once' });
    await until(() => school.envelopes.some(({ kind }) => kind === 'capture'));
    windows.show({ appName: 'Safari', title: 'a page', url: 'https://site.example/' });
    release();
    await until(() => school.envelopes.filter(({ kind }) => kind === 'capture').length === 2);
    const records = await school.records();
    expect(records.flatMap((one) => (one.kind === 'capture' ? [one] : []))).toMatchObject([
      { observation: { title: 'a wibble at once' }, screenshot: { reason: 'lists_not_ready' } },
      { observation: { title: 'a page' }, screenshot: { reason: 'locked_category' } },
    ]);
    expect(screen.taken).toEqual([]);
  });

  test('site lists whose compiling breaks off are compiled again later', async () => {
    const school = await createSchool();
    const { agent, rules, windows, tray, timers, log } = build(school);
    await agent.start();
    await until(() => tray.view()?.stateLine === 'Larkfield Primary monitors this computer');
    rules.ruleCompiler.failing = 'exit code 1';
    const head = '# lapwing-list: police\n# category: illegal_terrorism\n# severity: critical\n';
    rules.change([aSiteList('police.list', `${head}site.example\n`)]);
    await until(() => log.entries.some(({ message }) => message === 'the rules could not be compiled'));
    rules.ruleCompiler.failing = null;
    await timers.advance(300_000);
    await until(() => {
      windows.show({ appName: 'Safari', title: `${timers.now()}`, url: 'https://site.example/' });
      void timers.advance(1_000);
      return school.envelopes.some(({ kind }) => kind === 'capture');
    });
  });
});
