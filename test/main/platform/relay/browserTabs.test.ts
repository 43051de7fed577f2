import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXTENSION_ID_CHROMIUM } from '#contract';
import type { Disposable } from '#kernel';
import { encodeFrame } from '../../../../src/main/platform/relay/frames.ts';
import { createRelayBrowserTabs } from '../../../../src/main/platform/relay/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

const HELLO = {
  kind: 'hello',
  version: 1,
  origin: `chrome-extension://${EXTENSION_ID_CHROMIUM}/`,
  browserPid: 41,
};
const FRONT = { kind: 'front', version: 1, browser: 'edge', at: 1, tab: null };

let folder: string;
const started: Disposable[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lapwing-tabs-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const each of started.splice(0)) await each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function start() {
  const timers = createFakeTimers();
  const health: string[] = [];
  const address = { kind: 'socket', folder, path: join(folder, 'relay.sock') } as const;
  const tabs = createRelayBrowserTabs(
    { timers, log: { info() {}, warn() {} } },
    { address, settings: { kind: 'settings', privateWindows: 'hide' } },
  );
  const watching = tabs.watch({
    onTab: () => undefined,
    onHealth: (browser, { code }) => health.push(`${browser}:${code}`),
  });
  started.push(watching);
  const told = (codes: readonly string[]) => expect.poll(() => health).toEqual(codes);
  return { timers, health, watching, told };
}

async function relay(...messages: unknown[]): Promise<Socket> {
  const socket = connect(join(folder, 'relay.sock'));
  sockets.push(socket);
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  for (const message of messages) socket.write(encodeFrame(message));
  return socket;
}

describe.runIf(process.platform !== 'win32')("the extensions' socket", () => {
  test('a second Lapwing leaves it to the first, also when it ends, and takes it once it is free', async () => {
    const agent = start();
    await agent.told(['relay:relay_listening']);
    const watch = start();
    await watch.told(['relay:relay_taken']);
    await watch.timers.advance(5_000);
    const third = start();
    await third.told(['relay:relay_taken']);
    await third.watching.dispose();
    await relay(HELLO, FRONT);
    await agent.told(['relay:relay_listening', 'edge:extension_connected']);

    await agent.watching.dispose();
    const nextLook = () => watch.timers.advance(5_000).then(() => watch.health);
    await expect.poll(nextLook).toEqual(['relay:relay_taken', 'relay:relay_listening']);
    await relay(HELLO, FRONT);
    await watch.told(['relay:relay_taken', 'relay:relay_listening', 'edge:extension_connected']);
  });

  test('one that ends does not take away the socket of one that came after', async () => {
    const before = start();
    await before.told(['relay:relay_listening']);
    rmSync(join(folder, 'relay.sock'));
    const after = start();
    await after.told(['relay:relay_listening']);
    await before.watching.dispose();
    await relay(HELLO, FRONT);
    await after.told(['relay:relay_listening', 'edge:extension_connected']);
  });

  test('what a killed agent left is replaced', async () => {
    writeFileSync(join(folder, 'relay.sock'), '');
    await start().told(['relay:relay_listening']);
  });
});

describe.runIf(process.platform !== 'win32')('the health of an extension', () => {
  test('a message that is too long is forgotten at the next good one', async () => {
    const agent = start();
    await agent.told(['relay:relay_listening']);
    await relay(HELLO, FRONT, { kind: 'oversized', bytes: 99_999 }, FRONT);
    await agent.told([
      'relay:relay_listening',
      'edge:extension_connected',
      'edge:extension_oversized',
      'edge:extension_connected',
    ]);
  });

  test('a stranger is forgotten once a browser speaks well', async () => {
    const agent = start();
    await agent.told(['relay:relay_listening']);
    await relay({ ...HELLO, origin: '' });
    await agent.told(['relay:relay_listening', 'unknown:extension_unknown']);
    await relay(HELLO, FRONT);
    await expect.poll(() => agent.health.at(-1)).toBe('unknown:extension_connected');
  });

  test('one of two profiles that closes is no browser that lost its extension', async () => {
    const agent = start();
    await agent.told(['relay:relay_listening']);
    const one = await relay(HELLO, FRONT);
    const two = await relay(HELLO, FRONT, { ...FRONT, browser: 'chrome' }, FRONT);
    await expect.poll(() => agent.health).toContain('chrome:extension_connected');
    one.destroy();
    await new Promise((resolve) => one.once('close', resolve));
    two.destroy();
    await expect.poll(() => agent.health.at(-1)).toBe('edge:extension_disconnected');
    expect(agent.health.filter((told) => told.endsWith('disconnected'))).toHaveLength(1);
  });
});
