import { expect, test } from '@playwright/test';
import { observationSchema } from '#contract';
import { type Desk, startDesk } from './harness.ts';

/** Desktops that lack what others have, and machines without a school yet. */

test.describe('without window manager, session bus and tray', () => {
  let desk: Desk;
  test.beforeAll(async () => {
    desk = await startDesk({ bare: true });
  });
  test.afterAll(async () => {
    await desk?.dispose();
  });

  test('windows are seen and flagged all the same', async () => {
    const reviewer = await desk.reviewer();
    const agent = await desk.startAgent();
    await expect.poll(agent.log).toContain('a policy is at work');
    await desk.showWindow('how to kill myself - Bare');
    const titles = async () =>
      (await reviewer.items()).map((item) => item.kind === 'capture' && item.capture.observation.title);
    await expect.poll(titles).toContain('how to kill myself - Bare');
    expect(agent.isRunning()).toBe(true);
    expect(await agent.stop()).toBe(0);
  });
});

test.describe('a machine', () => {
  let desk: Desk;
  test.beforeAll(async () => {
    desk = await startDesk();
  });
  test.afterAll(async () => {
    await desk?.dispose();
  });

  test('without a school waits, says so in its tray, and stops when asked', async () => {
    const agent = await desk.startAgent({ name: 'unknown', token: null });
    await expect.poll(agent.log).toContain('"code":"no_token"');
    const entries = await agent.tray((tray) => tray.entries());
    expect(entries.map(({ label }) => label).filter((label) => label !== '')).toEqual([
      'This computer is not set up yet',
      'About monitoring on this computer',
    ]);
    expect(await agent.stop()).toBe(0);
  });

  test('with a token that is no token says so', async () => {
    const agent = await desk.startAgent({ name: 'wrong', token: 'nonsense' });
    await expect.poll(agent.log).toMatch(/"message":"not enrolled","code":"token_\w+"/);
    await agent.stop();
  });

  test('shows a technician the live stream, without matching or storing', async () => {
    await desk.showWindow('wörk = "good"\tnow');
    const { code, out, err } = await desk.runAgent(['--watch'], { name: 'watched', until: '"wörk' });
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => observationSchema.parse(JSON.parse(line)));
    expect(lines.map(({ title }) => title)).toContain('wörk = "good"\tnow');
    expect(err).toContain('"code":"x11_events"');
  });
});
