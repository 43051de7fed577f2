import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { putOwnPacks } from '../../../tools/school/server.ts';
import { type Desk, type Reviewer, startDesk } from './harness.ts';

/** A school's own packs in the real agent: compiled beside its loop, by the thread as it is built. */
let desk: Desk;
let reviewer: Reviewer;

test.beforeAll(async () => {
  desk = await startDesk();
  reviewer = await desk.reviewer();
});
test.afterAll(async () => {
  await desk?.dispose();
});

const OWN = {
  name: 'own.yaml',
  yaml: `pack: own
category: drugs
language: en
version: 1
description: A word that only this school knows.
sources: [made up]
rules:
  - id: flurb
    severity: high
    phrases: [flurb]
`,
};

async function captured(title: string): Promise<readonly string[]> {
  const items = await reviewer.items();
  return items.flatMap((item) =>
    item.kind === 'capture' && item.capture.observation.title === title
      ? item.capture.hits.map(({ packId }) => packId)
      : [],
  );
}

test("a policy with packs of the school's own takes effect in the running agent, and after a restart", async () => {
  const agent = await desk.startAgent();
  await expect.poll(agent.log).toContain('a policy is at work');
  const before = await desk.showWindow('flurb before - Paint');
  await desk.showWindow('how to kill myself before - Paint');
  await expect.poll(() => captured('how to kill myself before - Paint')).not.toEqual([]);
  expect(await captured('flurb before - Paint')).toEqual([]);
  await before.dispose();

  const policy = await putOwnPacks(desk.folder, [OWN]);
  // By the folder for sites without a line to the server: it is heard of at once.
  const inbox = join(agent.dataFolder, 'policy-inbox');
  await mkdir(inbox, { recursive: true });
  await writeFile(join(agent.dataFolder, 'own.part'), policy);
  await rename(join(agent.dataFolder, 'own.part'), join(inbox, 'own.jws'));
  await expect.poll(agent.log).toMatch(/"message":"a policy is at work","version":2/);
  await desk.showWindow('flurb at work - Paint');
  await expect.poll(() => captured('flurb at work - Paint')).toEqual(['own']);
  // What ships with the agent counts beside it.
  await desk.showWindow('how to kill myself after - Paint');
  await expect.poll(() => captured('how to kill myself after - Paint')).not.toEqual([]);

  expect(await agent.stop()).toBe(0);
  const again = await desk.startAgent({ token: null });
  await expect.poll(async () => (await again.log()).split('"phase":"running"').length).toBe(3);
  await expect.poll(again.log).toContain('rules that were compiled again are in force');
  await desk.showWindow('flurb again - Paint');
  await expect.poll(() => captured('flurb again - Paint')).toEqual(['own']);
  expect(await again.log()).not.toContain('could not be compiled');
  expect(await again.stop()).toBe(0);
});
