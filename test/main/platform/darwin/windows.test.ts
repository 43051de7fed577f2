import { describe, expect, test } from 'vitest';
import type { ProgramRun } from '../../../../src/main/platform/darwin/helper.ts';
import { createDarwinWindows, type MacPermission } from '../../../../src/main/platform/darwin/index.ts';
import type { Files, SourceHealth, WindowReading } from '../../../../src/main/ports/index.ts';
import { createFakeFiles } from '../../../fakes/files.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

/**
 * What the helper of active-win 9 prints, as its main.swift says. The JSON is one line, its keys in any order;
 * coordinates come as whole or broken numbers.
 */
const SAFARI = `{"title":"Volcanoes – BBC Bitesize","id":8123,"bounds":{"x":0,"y":25,"width":1440,"height":875},"owner":{"name":"Safari","processId":501,"bundleId":"com.apple.Safari","path":"/Applications/Safari.app"},"memoryUsage":2192,"platform":"macos","url":"https://www.bbc.co.uk/bitesize"}\n`;
const FIREFOX = `{"platform":"macos","owner":{"path":"/Applications/Firefox.app","bundleId":"org.mozilla.firefox","processId":777,"name":"Firefox"},"bounds":{"y":38.5,"x":-1200,"width":900.5,"height":700},"memoryUsage":1,"id":91,"title":"Größe = \\"42\\"\\n\\u4f60\\u597d"}\n`;
const LOCK_SCREEN = `{"platform":"macos","owner":{"path":"/System/Library/CoreServices/loginwindow.app","bundleId":"com.apple.loginwindow","processId":99,"name":"loginwindow"},"bounds":{"y":0,"x":0,"width":1440,"height":900},"memoryUsage":1,"id":5,"title":""}\n`;
const WITHOUT_TITLE = FIREFOX.replace(/"title":".*"/, '"title":""');
const NO_ACCESSIBILITY =
  'active-win requires the accessibility permission in “System Settings › Privacy & Security › Accessibility”.\n';
const NO_SCREEN_RECORDING =
  'active-win requires the screen recording permission in “System Settings › Privacy & Security › Screen Recording”.\n';

const printed = (output: string, exitCode = 0): ProgramRun => ({ kind: 'ended', exitCode, output });

function start(
  answer: (args: readonly string[]) => ProgramRun | Promise<ProgramRun>,
  options: { hasPermission?: (permission: MacPermission) => boolean; files?: Files } = {},
) {
  const timers = createFakeTimers();
  const calls: { atMs: number; args: readonly string[] }[] = [];
  const readings: WindowReading[] = [];
  const healths: SourceHealth[] = [];
  let activate = () => {};
  const windows = createDarwinWindows(
    {
      timers,
      log: { warn() {} },
      hasPermission: options.hasPermission ?? null,
      dataFiles: options.files ?? null,
      onProgramActivated(listener) {
        activate = listener;
        return {
          dispose() {
            activate = () => {};
          },
        };
      },
      async run(path, args) {
        expect(path).toBe('/app/active-win/main');
        calls.push({ atMs: timers.monotonic(), args });
        return answer(args);
      },
    },
    { helperPath: '/app/active-win/main' },
  );
  const watch = windows.watch({ onReading: (r) => readings.push(r), onHealth: (h) => healths.push(h) });
  const codes = () => healths.map(({ code }) => code);
  return { timers, calls, readings, codes, watch, activate: () => activate() };
}

describe('the window in front on macOS', () => {
  test('a supported browser with its address', async () => {
    const { timers, readings, codes, watch } = start(() => printed(SAFARI));
    await timers.advance(5_000);
    expect(readings).toEqual([
      {
        kind: 'window',
        window: {
          windowId: 8123,
          title: 'Volcanoes – BBC Bitesize',
          appName: 'Safari',
          appPath: '/Applications/Safari.app',
          processId: 501,
          bounds: { x: 0, y: 25, width: 1440, height: 875 },
          url: 'https://www.bbc.co.uk/bitesize',
        },
      },
    ]);
    expect(codes()).toEqual(['mac_ok']);
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('a browser that tells no address, with an exact title', async () => {
    const { timers, readings, watch } = start(() => printed(FIREFOX));
    await timers.advance(0);
    expect(readings).toMatchObject([
      { window: { title: 'Größe = "42"\n你好', url: null, bounds: { x: -1200, width: 900.5 } } },
    ]);
    await watch.dispose();
  });

  test('the helper is called each second, each five while nothing changes, and never twice in a second', async () => {
    const { timers, calls, activate, watch } = start(() => printed(SAFARI));
    await timers.advance(59_999);
    expect(calls).toHaveLength(60);
    await timers.advance(60_000);
    expect(calls.length).toBeLessThanOrEqual(60 + 13);
    for (let step = 0; step < 100; step += 1) {
      activate();
      await timers.advance(30);
    }
    const gaps = calls.slice(1).map(({ atMs }, index) => atMs - (calls[index]?.atMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    await watch.dispose();
    const before = calls.length;
    activate();
    await timers.advance(60_000);
    expect(calls).toHaveLength(before);
  });

  test('a helper that is still running is not started again', async () => {
    const { timers, calls, watch } = start(() => new Promise(() => undefined));
    await timers.advance(30_000);
    expect(calls).toHaveLength(1);
    await watch.dispose();
  });

  test.each<[string, ProgramRun, string, WindowReading]>([
    ['no window on the screen', printed('null\n'), 'mac_ok', { kind: 'nothing' }],
    ['the lock screen', printed(LOCK_SCREEN), 'mac_ok', { kind: 'unknown', why: 'secure_desktop' }],
    ['nothing printed', printed(''), 'mac_helper_garbled', { kind: 'unknown', why: 'unreadable' }],
    [
      'something else printed',
      printed('No windows found\n'),
      'mac_helper_garbled',
      { kind: 'unknown', why: 'unreadable' },
    ],
    [
      'half an answer',
      printed(SAFARI.slice(0, 60)),
      'mac_helper_garbled',
      { kind: 'unknown', why: 'unreadable' },
    ],
    [
      'JSON of another shape',
      printed('{"title":5}'),
      'mac_helper_garbled',
      { kind: 'unknown', why: 'unreadable' },
    ],
    [
      'a helper that is missing',
      { kind: 'missing' },
      'mac_helper_missing',
      { kind: 'unknown', why: 'unreadable' },
    ],
    ['a helper that hangs', { kind: 'timed_out' }, 'mac_helper_slow', { kind: 'unknown', why: 'hung' }],
    [
      'a helper that traps',
      { kind: 'crashed', signal: 'SIGTRAP' },
      'mac_helper_crashed',
      { kind: 'unknown', why: 'unreadable' },
    ],
    [
      'another failure',
      printed('dyld: Library not loaded', 134),
      'mac_helper_crashed',
      { kind: 'unknown', why: 'unreadable' },
    ],
  ])('%s is told and does not end the watch', async (_what, run, code, reading) => {
    let answers = 0;
    const { timers, readings, codes, watch } = start(() => {
      answers += 1;
      return answers === 1 ? run : printed(SAFARI);
    });
    await timers.advance(0);
    expect(codes()).toEqual([code]);
    expect(readings).toEqual([reading]);
    await timers.advance(2_000);
    expect(codes().at(-1)).toBe('mac_ok');
    expect(readings.at(-1)).toMatchObject({ kind: 'window' });
    await watch.dispose();
  });

  test('permissions are asked for once; without them what can be seen is, and health says what cannot', async () => {
    const given = new Set<MacPermission>();
    const answer = (args: readonly string[]): ProgramRun => {
      if (!given.has('accessibility') && !args.includes('--no-accessibility-permission'))
        return printed(NO_ACCESSIBILITY, 1);
      const blind = args.includes('--no-screen-recording-permission');
      if (!given.has('screen_recording') && !blind) return printed(NO_SCREEN_RECORDING, 1);
      return printed(blind ? WITHOUT_TITLE : FIREFOX);
    };
    const { timers, calls, readings, codes, watch } = start(answer, { hasPermission: (p) => given.has(p) });
    await timers.advance(10_000);
    expect(codes()).toEqual(['mac_no_accessibility', 'mac_no_permissions']);
    expect(readings).toMatchObject([{ window: { title: '', appName: 'Firefox' } }]);
    // The calls that make macOS show its prompts: one for each permission.
    expect(calls.filter(({ args }) => args.length < 2)).toHaveLength(2);

    given.add('screen_recording');
    await timers.advance(5_000);
    expect(codes().at(-1)).toBe('mac_no_accessibility');
    expect(readings.at(-1)).toMatchObject({ window: { title: 'Größe = "42"\n你好' } });

    given.add('accessibility');
    await timers.advance(5_000);
    expect(codes().at(-1)).toBe('mac_ok');
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('nobody is asked again at the next start; a permission given since is used', async () => {
    const given = new Set<MacPermission>();
    const answer = (args: readonly string[]): ProgramRun => {
      if (!given.has('accessibility') && !args.includes('--no-accessibility-permission'))
        return printed(NO_ACCESSIBILITY, 1);
      return printed(FIREFOX);
    };
    const options = { hasPermission: (p: MacPermission) => given.has(p), files: createFakeFiles() };
    const flagsOfFirstCall = async () => {
      const { timers, calls, codes, watch } = start(answer, options);
      await timers.advance(3_000);
      await watch.dispose();
      return [calls[0]?.args, codes().at(-1)];
    };
    expect(await flagsOfFirstCall()).toEqual([[], 'mac_no_accessibility']);
    expect(await flagsOfFirstCall()).toEqual([['--no-accessibility-permission'], 'mac_no_accessibility']);
    given.add('accessibility');
    expect(await flagsOfFirstCall()).toEqual([[], 'mac_ok']);
  });

  test.each(['{', '["everything"]'])('a damaged memory (%s) is no reason to see nothing', async (kept) => {
    const files = createFakeFiles();
    files.drop('mac-permissions-asked.json', kept);
    files.fill(true);
    const { timers, codes, watch } = start(
      (args) => (args.length === 0 ? printed(NO_ACCESSIBILITY, 1) : printed(FIREFOX)),
      { files },
    );
    await timers.advance(3_000);
    expect(codes()).toEqual(['mac_no_accessibility']);
    await watch.dispose();
  });

  test('a helper that insists on a permission is no endless loop', async () => {
    const { timers, calls, codes, watch } = start(() => printed(NO_SCREEN_RECORDING, 1));
    await timers.advance(10_000);
    expect(calls.length).toBeLessThanOrEqual(11);
    expect(codes().at(-1)).toBe('mac_helper_crashed');
    await watch.dispose();
  });
});
