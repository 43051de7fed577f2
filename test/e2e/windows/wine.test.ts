import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MAX_TITLE_LENGTH } from '#contract';
import { SAFETY_POLL } from '../../../src/main/platform/win32/watchProtocol.ts';
import type {
  ForegroundWindow,
  SessionFacts,
  SourceHealth,
  WindowReading,
} from '../../../src/main/ports/index.ts';
import { buildWindowStorm, type Wine, windowsPath } from '../../../tools/wine/index.ts';
import { followLines, type Lines } from './lines.ts';
import { SET_UP_MS, startWineDesk, type WineDesk } from './wineDesk.ts';

/** The real adapters in a Windows Node, reading real windows under Wine. */

interface Line {
  readonly atMs: number;
  readonly reading?: WindowReading;
  readonly health?: SourceHealth;
  readonly facts?: SessionFacts;
  readonly presence?: string;
  readonly stopped?: boolean;
  readonly longestPauseMs?: number;
}

let desk: WineDesk;
let wine: Wine;
let folder: string;
let told: Lines<Line>;

beforeAll(async () => {
  desk = await startWineDesk({
    probe: 'test/e2e/windows/probe.ts',
    watchThread: 'src/main/platform/win32/watchThread.ts',
  });
  if (desk.kind === 'missing') return;
  ({ wine, folder } = desk);
  const program = await buildWindowStorm(folder, 'storm');
  await copyFile(program, join(folder, 'ApplicationFrameHost.exe'));
}, SET_UP_MS);

afterAll(() => desk.dispose());

/** Starts a window program and gives back how to command it; waits for each command's answer. */
async function startStorm(name: string, title: string) {
  const commands = join(folder, `${name}.command`);
  const answers = join(folder, `${name}.answer`);
  const child = wine.startProgram(join(folder, name), [windowsPath(commands), windowsPath(answers), title]);
  onTestFinished(() => child.dispose());
  let number = 0;
  async function command(text: string): Promise<void> {
    number += 1;
    await writeFile(`${commands}.draft`, `${number} ${text}`);
    await rename(`${commands}.draft`, commands);
    await expect
      .poll(() => readFile(answers, 'utf8').catch(() => ''), { timeout: 60_000 })
      .toBe(`${number}\n`);
  }
  // Obeyed once the program is up: its window is then in front.
  await command('front');
  return command;
}

/** Starts the adapters; gives back how to stop them, which tells how long the main loop stood still at most. */
async function startProbe(): Promise<() => Promise<Line>> {
  const name = `probe-${performance.now()}`;
  const [output, stop] = [join(folder, `${name}.jsonl`), join(folder, `${name}.stop`)];
  const thread = pathToFileURL(windowsPath(join(folder, 'app/watchThread.mjs')).replaceAll('\\', '/'), {
    windows: true,
  });
  const child = wine.startNode(join(folder, 'app/probe.mjs'), [
    windowsPath(output),
    windowsPath(stop),
    thread.href,
  ]);
  onTestFinished(() => child.dispose());
  told = followLines<Line>(output);
  await told.until((line) => line.health !== undefined);
  return async () => {
    await writeFile(stop, '');
    const last = await told.until((line) => line.stopped === true);
    expect(await child.ended).toBe(0);
    return last;
  };
}

async function windowSeen(
  fits: (window: ForegroundWindow) => boolean,
): Promise<ForegroundWindow & { atMs: number }> {
  const line = await told.until(({ reading }) => reading?.kind === 'window' && fits(reading.window));
  if (line.reading?.kind !== 'window') throw new Error('no window');
  return { ...line.reading.window, atMs: line.atMs };
}

const titled = (title: string) => windowSeen((window) => window.title === title);

describe.runIf(process.platform === 'linux')('the Windows adapters under Wine', () => {
  test('titles, owned and tool windows, bounds, a storm, a hung program and Notepad are read as they were set', async (context) => {
    if (desk.kind === 'missing') context.skip(desk.reason);
    const storm = await startStorm('storm.exe', 'Started = "here"');
    const stop = await startProbe();

    const first = await titled('Started = "here"');
    expect(first).toMatchObject({
      appName: 'Window Storm',
      appPath: windowsPath(join(folder, 'storm.exe')),
      bounds: { x: 80, y: 60, width: 400, height: 300 },
      url: null,
    });
    expect(first.processId).toBeGreaterThan(0);
    expect((await told.until((line) => line.health !== undefined)).health).toMatchObject({ state: 'ok' });

    for (const title of [
      'Größe = "ΑΒΓ"',
      'Привет, мир',
      '你好，世界 😀',
      'line\nbreak\tand \u202ebidi',
      '<b>&amp;',
    ]) {
      await storm(`title ${title}`);
      await titled(title);
    }
    await storm(`title ${'x'.repeat(100_000)}`);
    expect((await windowSeen((window) => window.title.startsWith('xxx'))).title).toBe(
      'x'.repeat(MAX_TITLE_LENGTH),
    );

    await storm('owned An owned dialog');
    expect((await titled('An owned dialog')).processId).toBe(first.processId);
    await storm('close');
    await storm('tool A tool window');
    await titled('A tool window');
    await storm('close');
    await storm('title The owner');
    await storm('untitled');
    expect(
      (await windowSeen((w) => w.title === 'The owner' && w.windowId !== first.windowId)).processId,
    ).toBe(first.processId);
    await storm('close');

    await storm('move 140 120 500 260');
    await windowSeen(
      ({ bounds }) => bounds?.x === 140 && bounds.y === 120 && bounds.width === 500 && bounds.height === 260,
    );

    await told.skip();
    await storm('storm 3000');
    await titled('storm over');
    const lines = await told.all();
    const stormMs = (lines.at(-1)?.atMs ?? 0) - (lines[0]?.atMs ?? 0);
    // However long this machine takes for it: a storm of 3000 titles is a few readings.
    expect(lines.length).toBeLessThan(100 + stormMs / SAFETY_POLL.paceMs);

    // Nobody tells of this title but the poll, which must read it while the program answers nothing.
    await storm('quietly hung');
    await storm('hang 300000');
    await windowSeen((window) => window.title === 'hung');
    const notepad = wine.startProgram('notepad', []);
    onTestFinished(() => notepad.dispose());
    const seen = await windowSeen((window) => window.title.endsWith('Notepad'));
    expect(seen.appPath).toBe('C:\\windows\\system32\\notepad.exe');

    const last = await stop();
    expect(last.longestPauseMs, 'the main loop never waited for the hung program').toBeLessThan(30_000);
  });

  test('a title change is told by its event, not by the poll', async (context) => {
    if (desk.kind === 'missing') context.skip(desk.reason);
    const storm = await startStorm('storm.exe', 'Before');
    const stop = await startProbe();
    const atMs: number[] = [(await titled('Before')).atMs];
    for (let number = 1; number <= 20; number += 1) {
      await storm(`title Change ${number}`);
      atMs.push((await titled(`Change ${number}`)).atMs);
    }
    // From one reading by the poll to the next it is two seconds, on any machine; through events it is a moment.
    const gapsMs = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0));
    expect(gapsMs.filter((gapMs) => gapMs < SAFETY_POLL.activeMs)).not.toEqual([]);
    await storm('quietly without an event');
    await titled('without an event');
    await stop();
  });

  test('a store app is named instead of the frame that hosts it', async (context) => {
    if (desk.kind === 'missing') context.skip(desk.reason);
    const frame = await startStorm('ApplicationFrameHost.exe', 'Store app');
    const app = await startStorm('storm.exe', 'The app itself');
    const stop = await startProbe();
    await app('child Store app');
    await frame('front');
    const seen = await windowSeen((window) => window.title === 'Store app');
    expect(seen.appPath).toBe(windowsPath(join(folder, 'storm.exe')));
    await stop();
  });

  test('the session is described', async (context) => {
    if (desk.kind === 'missing') context.skip(desk.reason);
    const stop = await startProbe();
    const { facts } = await told.until((line) => line.facts !== undefined);
    expect(facts).toMatchObject({
      accountType: 'local',
      hardwareId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(facts?.user).not.toBe('');
    expect(facts?.timeZone).toContain('/');
    expect(await told.until((line) => line.presence !== undefined)).toBeDefined();
    await stop();
  });
});
