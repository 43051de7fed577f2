import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_TITLE_LENGTH } from '#contract';
import { createLinuxWindows } from '../../../src/main/platform/linux/index.ts';
import { createFakeTimers } from '../../fakes/timers.ts';
import { startXDesktop, type Watched, type XDesktop, type XProgram } from './xDesktop.ts';

/** The real adapter on a real X server, watching a program of ours. */

let desktop: XDesktop;
let program: XProgram;
let watched: Watched;

beforeEach(async () => {
  desktop = await startXDesktop();
});

afterEach(async () => {
  await watched?.dispose();
  await desktop.dispose();
});

describe.runIf(process.platform === 'linux')('with a window manager', () => {
  beforeEach(async () => {
    await desktop.startWindowManager();
    program = await desktop.startProgram();
    watched = desktop.watch();
    await watched.health('x11_events');
  });

  test.each([
    'a = b == "c"',
    `'single' "double" \\back\\slash \`tick\``,
    'first line\nsecond line\r\n\tthird',
    'Größe, naïve, Łódź',
    'Привет, мир — Ελληνικά',
    '你好，世界 こんにちは 안녕',
    'مرحبا بالعالم \u202eabc',
    '😀👩‍👩‍👧 family',
    '<script>alert(1)</script> &amp; %s $(id)',
    '  spaces kept  ',
  ])('the title %j comes out exact', async (title) => {
    await program.command({ do: 'open', title });
    expect((await watched.window(title)).title).toBe(title);
  });

  test('each new title of the window in front is told', async () => {
    await program.command({ do: 'open', title: 'one' });
    for (const text of ['one', 'two = 2', 'три', 'one']) {
      await program.command({ do: 'title', text });
      await watched.window(text);
    }
  });

  test('old programs that set WM_NAME only: Latin-1 and compound text', async () => {
    await program.command({ do: 'open' });
    await program.command({ do: 'latin', text: 'caf\u00e9 = \u00fcber' });
    await watched.window('café = über');
    const utf8 = Buffer.from('Ω', 'utf8').toString('latin1');
    await program.command({ do: 'compound', text: `a \x1b%G${utf8}\x1b%@ b` });
    await watched.window('a Ω b');
  });

  test('a title of 100 kB is cut to what an observation may hold, without splitting a character', async () => {
    await program.command({ do: 'open', title: '😀'.repeat(25_000) });
    await watched.window('😀'.repeat(MAX_TITLE_LENGTH / 2));
    await program.command({ do: 'title', text: `x${'😀'.repeat(25_000)}` });
    await watched.window(`x${'😀'.repeat(MAX_TITLE_LENGTH / 2 - 1)}`);
  });

  test('program, process and place are told; the process as the server knows it, not as the program claims', async () => {
    await program.command({
      do: 'open',
      title: 'here',
      className: 'TestProgram',
      x: 120,
      y: 90,
      width: 320,
      height: 210,
    });
    await program.command({ do: 'claimPid', pid: 1 });
    const seen = await watched.window('here');
    expect(seen).toMatchObject({ appName: 'TestProgram', processId: program.processId, url: null });
    expect(seen.appPath).toMatch(/\/node$/);
    expect(seen.bounds).toMatchObject({ width: 320, height: 210 });
    await program.command({ do: 'move', x: 400, y: 300, width: 250, height: 150 });
    await watched.reading(
      ({ kind, ...rest }) => kind === 'window' && JSON.stringify(rest).includes('"width":250,"height":150'),
    );
  });

  test('switching, closing and an empty desktop', async () => {
    await program.command({ do: 'open', name: 'a', title: 'window a' });
    await watched.window('window a');
    await program.command({ do: 'open', name: 'b', title: 'window b' });
    await watched.window('window b');
    await program.command({ do: 'front', name: 'a' });
    await watched.window('window a');
    await program.command({ do: 'close', name: 'a' });
    await watched.window('window b');
    await program.command({ do: 'close', name: 'b' });
    await watched.reading(({ kind }) => kind === 'nothing');
  });

  test('a program that ends with its window in front', async () => {
    await program.command({ do: 'open', title: 'soon gone' });
    await watched.window('soon gone');
    await program.dispose();
    await watched.reading(({ kind }) => kind === 'nothing');
  });

  test('titles of windows that are not in front are not told', async () => {
    await program.command({ do: 'open', name: 'behind', title: 'behind' });
    await program.command({ do: 'open', name: 'before', title: 'before' });
    await watched.window('before');
    const told = watched.readings.length;
    await program.command({ do: 'title', name: 'behind', text: 'secretly renamed' });
    await program.command({ do: 'title', name: 'before', text: 'renamed too' });
    await watched.window('renamed too');
    expect(JSON.stringify(watched.readings.slice(told))).not.toContain('secretly');
  });
});

describe.runIf(process.platform === 'linux')('when parts of the desktop are missing', () => {
  test('without a window manager the program that fills the screen is seen, and health says how', async () => {
    program = await desktop.startProgram();
    watched = desktop.watch();
    await watched.health('x11_no_window_manager');
    await watched.reading(({ kind }) => kind === 'nothing');
    await program.command({ do: 'open', title: 'the kiosk', kiosk: true, width: 1024, height: 768 });
    await watched.window('the kiosk');
    await program.command({ do: 'title', text: 'another page' });
    await watched.window('another page');
  });

  test('a window manager that comes, dies and comes back is noticed', async () => {
    watched = desktop.watch();
    await watched.health('x11_no_window_manager');
    const manager = await desktop.startWindowManager();
    await watched.health('x11_events');
    manager.process.kill('SIGKILL');
    await watched.health('x11_no_window_manager');
    await desktop.startWindowManager();
    await watched.health('x11_events');
  });

  test('an X server that goes away is told and found again', async () => {
    watched = desktop.watch();
    await watched.health('x11_no_window_manager');
    await desktop.crash();
    await watched.health('x11_unreachable');
    await watched.reading((reading) => reading.kind === 'unknown' && reading.why === 'unreadable');
    await desktop.restart();
    await watched.health('x11_no_window_manager');
    program = await desktop.startProgram();
    await program.command({ do: 'open', title: 'back again' });
    await watched.window('back again');
  });

  test('a session without a display says so and does nothing', () => {
    const timers = createFakeTimers();
    const codes: string[] = [];
    const log = { info() {}, warn() {} };
    createLinuxWindows({ timers, log }, { display: undefined, wayland: false }).watch({
      onReading: () => expect.unreachable(),
      onHealth: ({ code, state }) => codes.push(`${state} ${code}`),
    });
    expect(codes).toEqual(['failed x11_no_display']);
    expect(timers.pending()).toBe(0);
  });
});
