import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { QueueItem } from '#contract';
import { type Desk, type Reviewer, type RunningAgent, startDesk } from './harness.ts';

/** The agent as a school runs it: real Electron, real windows, a real server. */
test.describe.configure({ mode: 'serial' });

let desk: Desk;
let agent: RunningAgent;
let reviewer: Reviewer;

test.beforeAll(async () => {
  desk = await startDesk();
  reviewer = await desk.reviewer();
  agent = await desk.startAgent();
  await agent.logged('phase');
  await expect.poll(agent.log).toContain('"phase":"running"');
  await expect.poll(agent.log).toContain('a policy is at work');
});

test.afterAll(async () => {
  await desk?.dispose();
});

function titled(items: readonly QueueItem[], title: string) {
  return items.filter((item) => item.kind === 'capture' && item.capture.observation.title === title);
}

test('the tray says what is going on and offers no way to quit', async () => {
  const entries = await agent.tray((tray) => tray.entries());
  expect(entries.filter(({ label }) => label !== '').map(({ label, enabled }) => [label, enabled])).toEqual([
    ['Lapwing Demo School monitors this computer', false],
    ['Report something', true],
    ['About monitoring on this computer', true],
  ]);
});

test('a flagged window reaches the server, once, with a picture of that window', async () => {
  const title = 'how to kill myself - Paint';
  const window = await desk.showWindow(title, '1f6b4f', '6b3f7a');
  await expect.poll(async () => titled(await reviewer.items(), title).length).toBe(1);
  const [item] = titled(await reviewer.items(), title);
  if (item?.kind !== 'capture') throw new Error('no capture');
  expect(item.capture.hits[0]).toMatchObject({ category: 'suicide', field: 'title' });
  expect(item.capture.observation.app.name).toBe('Paint');
  await expect.poll(async () => (await reviewer.item(item.id)).screenshot).toBe('available');

  const picture = await reviewer.screenshot(item.id);
  const pixels = await agent.app.evaluate(({ nativeImage }, jpeg) => {
    const image = nativeImage.createFromBuffer(Buffer.from(jpeg, 'base64'));
    const { width, height } = image.getSize();
    const bitmap = image.toBitmap();
    const at = (x: number, y: number) => [...bitmap.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
    const middle = Math.floor(height / 2);
    return {
      width,
      height,
      left: at(Math.floor(width / 4), middle),
      right: at(Math.floor((width * 3) / 4), middle),
    };
  }, picture?.toString('base64') ?? '');
  expect([pixels.width, pixels.height]).toEqual([400, 300]);
  // Blue, green, red; JPEG may be off by a little.
  expect(distance(pixels.left, [0x4f, 0x6b, 0x1f])).toBeLessThan(12);
  expect(distance(pixels.right, [0x7a, 0x3f, 0x6b])).toBeLessThan(12);
  await window.dispose();
});

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))));
}

test('a window that is gone before its picture is taken is a capture that says so', async () => {
  const title = 'i want to kill myself tonight - Paint';
  await agent.app.evaluate(({ desktopCapturer }) => {
    const real = desktopCapturer.getSources.bind(desktopCapturer);
    // The window is closed while the system looks for it.
    desktopCapturer.getSources = async (options) => {
      desktopCapturer.getSources = real;
      return (await real(options)).filter(({ name }) => !name.includes('tonight'));
    };
  });
  const window = await desk.showWindow(title);
  await expect.poll(async () => titled(await reviewer.items(), title).length).toBe(1);
  const [item] = titled(await reviewer.items(), title);
  await expect
    .poll(async () => {
      const { item: shown } = await reviewer.item(item?.id ?? '');
      return shown.kind === 'capture' && shown.capture.screenshot;
    })
    .toEqual({ state: 'none', reason: 'window_gone' });
  await window.dispose();
});

test('no renderer lives while no window is open', async () => {
  const kinds = await agent.app.evaluate(({ app }) => app.getAppMetrics().map(({ type }) => type));
  expect(kinds).not.toContain('Tab');
  expect(kinds).not.toContain('GPU');
});

test('a second agent in the same session says so and ends', async () => {
  const second = await desk.runAgent([], { name: 'device' });
  expect(second.code).toBe(3);
  expect(second.err).toContain('Lapwing is already running in this session.');
  expect(agent.isRunning()).toBe(true);
});

test('no word of what was seen is in any file the agent wrote', async () => {
  const names = await readdir(agent.dataFolder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(3);
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0));
    for (const word of ['kill myself', 'k\0i\0l\0l\0 \0m\0y', 'Paint']) {
      expect(bytes.includes(word), `${name} holds "${word}"`).toBe(false);
    }
  }
});

test('it stops in order when it is asked to', async () => {
  expect(await agent.stop()).toBe(0);
  await agent.logged('stopped');
});
