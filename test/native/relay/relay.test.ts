import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXTENSION_ID_CHROMIUM, MAX_NATIVE_FRAME_BYTES } from '#contract';
import { encodeFrame } from '../../../src/main/platform/relay/frames.ts';
import { buildRelay } from '../../../tools/relay/build.ts';
import { exitOf, listenAsAgent, makeRuntimeFolder, readFrames, startRelay } from './harness.ts';

const origin = `chrome-extension://${EXTENSION_ID_CHROMIUM}/`;
const hello = { kind: 'hello', version: 1, origin, browserPid: process.pid };

let buildFolder: string;
let program: string;
let runtime: Awaited<ReturnType<typeof makeRuntimeFolder>>;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  buildFolder = await mkdtemp(join(tmpdir(), 'lapwing-relay-build-'));
  // Address and undefined-behaviour checks on: a bad write ends the process and fails the test.
  program = await buildRelay('sanitized', buildFolder);
});
afterAll(() => rm(buildFolder, { recursive: true, force: true }));

beforeEach(async () => {
  runtime = await makeRuntimeFolder();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await runtime.remove();
});

async function agent() {
  const listening = await listenAsAgent(runtime.socketPath);
  stops.push(listening.close);
  return listening;
}

function relay(options: { origin?: string; userId?: number } = {}) {
  const process = startRelay(program, runtime.folder, { origin, ...options });
  const ended = exitOf(process);
  stops.push(() => {
    process.kill('SIGKILL');
    return ended;
  });
  return { process, ended, fromAgent: readFrames(process.stdout) };
}

describe('the relay', () => {
  test('introduces the browser, then carries frames both ways', async () => {
    const listening = await agent();
    const { process, ended, fromAgent } = relay();
    const { socket, frames } = await listening.connections.next();
    expect(await frames.next()).toEqual(hello);

    process.stdin.write(encodeFrame({ text: 'Ünïcode "quoted" 日本' }));
    expect(await frames.next()).toEqual({ text: 'Ünïcode "quoted" 日本' });
    socket.write(encodeFrame({ kind: 'settings', privateWindows: 'show' }));
    expect(await fromAgent.next()).toEqual({ kind: 'settings', privateWindows: 'show' });

    process.stdin.end();
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
  });

  test('gives an agent that starts later the newest frame only', async () => {
    const { process } = relay();
    const last = 2_000;
    const frame = (page: number) => encodeFrame({ page, filling: 'x'.repeat(1_000) });
    const pages = Array.from({ length: last }, (_, index) => frame(index + 1));
    await new Promise((resolve) => process.stdin.write(Buffer.concat(pages), resolve));
    // Between two programs lie a few hundred kilobytes at most: all pages but those have been read by now.
    const listening = await agent();
    const { frames } = await listening.connections.next();
    expect(await frames.next()).toEqual(hello);
    const page = async () => ((await frames.next()) as { page: number }).page;
    let seen = await page();
    expect(seen).toBeGreaterThan(last - 1_000);
    while (seen < last) {
      const next = await page();
      expect(next).toBe(seen + 1);
      seen = next;
    }
  });

  test('survives the agent and finds the next one', async () => {
    const first = await listenAsAgent(runtime.socketPath);
    const { process } = relay();
    const before = await first.connections.next();
    await before.frames.next();
    process.stdin.write(encodeFrame({ page: 'kept' }));
    await before.frames.next();
    await first.close();

    const second = await agent();
    const after = await second.connections.next();
    expect(await after.frames.next()).toEqual(hello);
    expect(await after.frames.next()).toEqual({ page: 'kept' });
  });

  test('reports a frame that is too long and carries on', async () => {
    const listening = await agent();
    const { process } = relay();
    const { frames } = await listening.connections.next();
    await frames.next();
    const header = Buffer.alloc(4);
    header.writeUInt32LE(MAX_NATIVE_FRAME_BYTES + 1);
    process.stdin.write(Buffer.concat([header, Buffer.alloc(MAX_NATIVE_FRAME_BYTES + 1, 0x20)]));
    process.stdin.write(encodeFrame('after'));
    expect(await frames.next()).toEqual({ kind: 'oversized', bytes: MAX_NATIVE_FRAME_BYTES + 1 });
    expect(await frames.next()).toBe('after');
  });

  test('refuses to start for an origin that would need escaping', async () => {
    const { ended } = relay({ origin: 'chrome-extension://"},{"' });
    expect(await ended).toMatchObject({ code: 2 });
  });

  test.runIf(process.getuid?.() === 0)('says nothing to an agent of another user', async () => {
    const listening = await agent();
    await runtime.open();
    // The relay runs as "nobody", the socket belongs to us.
    const stranger = startRelay(await buildForOthers(), runtime.folder, { origin, userId: 65_534 });
    stops.push(async () => stranger.kill('SIGKILL'));
    stranger.stdin.write(encodeFrame({ page: 'private' }));
    const { socket, frames } = await listening.connections.next();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(frames.rest()).toEqual([]);
  });

  test('neither crashes nor invents a frame, whatever bytes come', async () => {
    const listening = await agent();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 8 }), async (chunks) => {
        const { process, ended } = relay();
        const { frames } = await listening.connections.next();
        await frames.next();
        for (const chunk of chunks) process.stdin.write(framesOf(chunk));
        process.stdin.end();
        expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
      }),
      { numRuns: 40 },
    );
  });
});

/** Raw bytes half of the time, otherwise a header that lies about what follows. */
function framesOf(bytes: Uint8Array): Buffer {
  if (bytes.length % 2 === 0) return Buffer.from(bytes);
  const header = Buffer.alloc(4);
  header.writeUInt32LE((bytes[0] ?? 0) * 1_021);
  return Buffer.concat([header, bytes]);
}

/** A build that another user may execute. */
async function buildForOthers(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-relay-open-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const built = await buildRelay('native', folder);
  await chmod(folder, 0o755);
  await chmod(built, 0o755);
  return built;
}
