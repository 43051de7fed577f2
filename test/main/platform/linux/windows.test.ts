import { describe, expect, test } from 'vitest';
import { createLinuxSession, createLinuxWindows } from '../../../../src/main/platform/linux/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';
import { createFakeX } from './fakeX.ts';

const log = { info() {}, warn() {} };
const files = {
  link: () => Promise.reject(new Error('none')),
  text: () => Promise.reject(new Error('none')),
};

function start(options: { wayland?: boolean } = {}) {
  const timers = createFakeTimers();
  const x = createFakeX();
  const seen: string[] = [];
  const windows = createLinuxWindows(
    { timers, log, files, connect: x.connect },
    { display: ':0', wayland: options.wayland ?? false },
  );
  const open = () =>
    windows.watch({
      onReading: (reading) => seen.push(reading.kind === 'window' ? reading.window.title : reading.kind),
      onHealth: ({ state, code }) => seen.push(`${state} ${code}`),
    });
  return { timers, x, seen, open };
}

describe('watching X11 in virtual time', () => {
  test('an event is answered at once; without one the safety poll finds the change within five seconds', async () => {
    const { timers, x, seen, open } = start();
    x.windows.set(10, { title: 'one', className: 'A' });
    x.active = 10;
    const watch = open();
    await timers.advance(200);
    x.windows.set(10, { title: 'two', className: 'A' });
    x.tellTitle(10);
    await timers.advance(0);
    expect(seen).toEqual(['ok x11_events', 'one', 'two']);
    x.windows.set(10, { title: 'silently three', className: 'A' });
    await timers.advance(5_000);
    expect(seen.at(-1)).toBe('silently three');
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('a window that vanishes while it is read is skipped; one that stays named but gone is nothing', async () => {
    const { timers, x, seen, open } = start();
    x.windows.set(10, { title: 'here', className: 'A' });
    x.active = 10;
    const watch = open();
    await timers.advance(200);
    x.windows.set(11, { title: 'gone', className: 'A' });
    x.vanishing.add(11);
    x.active = 11;
    x.tellActive();
    await timers.advance(0);
    expect(seen.at(-1)).toBe('here');
    await timers.advance(1_000);
    expect(seen.at(-1)).toBe('nothing');
    x.active = 10;
    x.tellActive();
    await timers.advance(200);
    expect(seen.at(-1)).toBe('here');
    await watch.dispose();
  });

  test('key presses, which change another property of the window, cost nothing', async () => {
    const { timers, x, open } = start();
    x.windows.set(10, { title: 'typing', className: 'A' });
    x.active = 10;
    const watch = open();
    await timers.advance(500);
    const before = x.questions;
    for (let key = 0; key < 1_000; key += 1) x.tellKeyPress(10);
    await timers.advance(1_000);
    expect(x.questions).toBe(before);
    await watch.dispose();
  });

  test('a server that cannot be reached is tried again, ever more slowly', async () => {
    const { timers, x, seen, open } = start();
    x.refuse = true;
    const watch = open();
    await timers.advance(120_000);
    expect(seen).toEqual(['failed x11_unreachable', 'unknown']);
    x.refuse = false;
    await timers.advance(30_000);
    expect(seen.at(-2)).toBe('ok x11_events');
    x.end();
    await timers.advance(0);
    expect(seen.slice(-2)).toEqual(['failed x11_unreachable', 'unknown']);
    await timers.advance(1_000);
    expect(seen.at(-2)).toBe('ok x11_events');
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('a Wayland session says that not everything is seen', async () => {
    const { timers, seen, open } = start({ wayland: true });
    const watch = open();
    await timers.advance(0);
    expect(seen[0]).toBe('degraded wayland_session');
    await watch.dispose();
  });

  test('stopped while it connects, it leaves nothing', async () => {
    const { timers, seen, open } = start();
    await open().dispose();
    await timers.advance(60_000);
    expect(seen).toEqual([]);
    expect(timers.pending()).toBe(0);
  });

  test('four hours of a school day: changes are told, nothing grows, an idle desktop is hardly asked', async () => {
    const { timers, x, seen, open } = start();
    x.windows.set(10, { title: 'start', className: 'A' });
    x.active = 10;
    const watch = open();
    await timers.advance(0);
    let changes = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      for (let second = 0; second < 60; second += 5) {
        changes += 1;
        x.windows.set(10 + (changes % 7), { title: `page ${changes}`, className: 'A' });
        x.active = 10 + (changes % 7);
        x.tellActive();
        await timers.advance(5_000);
      }
    }
    expect(seen.filter((line) => line.startsWith('page'))).toHaveLength(changes);
    expect([...x.selected.values()].filter((mask) => mask !== 0).length).toBeLessThanOrEqual(3);
    const before = x.questions;
    await timers.advance(7_200_000);
    // One look in five seconds, of eight questions at most.
    expect(x.questions - before).toBeLessThanOrEqual(1_441 * 8);
    expect(timers.pending()).toBeLessThanOrEqual(3);
    await watch.dispose();
    expect(timers.pending()).toBe(0);
    expect([...x.selected.values()].filter((mask) => mask !== 0).length).toBeLessThanOrEqual(3);
  });
});

describe('presence on Linux', () => {
  function presence(x = createFakeX()) {
    const timers = createFakeTimers();
    const told: string[] = [];
    const session = createLinuxSession(
      { timers, log, connect: x.connect },
      { display: ':0', idleAfterMs: 600_000 },
    );
    const watch = session.watchPresence((state) => told.push(state));
    return { timers, told, watch, x };
  }

  test('idle after ten minutes without input, and while the screen saver covers the screen', async () => {
    const { timers, told, watch, x } = presence();
    x.idle = { idleMs: 60_000, covered: false };
    await timers.advance(5_000);
    x.idle = { idleMs: 100, covered: false };
    await timers.advance(5_000);
    x.idle = { idleMs: 600_000, covered: false };
    await timers.advance(5_000);
    x.idle = { idleMs: 5, covered: false };
    await timers.advance(5_000);
    x.idle = { idleMs: 5, covered: true };
    await timers.advance(5_000);
    expect(told).toEqual(['active', 'idle', 'active', 'idle']);
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('a screen that nobody ever touches, as a kiosk, stays watched', async () => {
    const { timers, told, watch, x } = presence();
    for (let minute = 0; minute < 60; minute += 1) {
      x.idle = { idleMs: minute * 60_000, covered: false };
      await timers.advance(60_000);
    }
    expect(told).toEqual(['active']);
    await watch.dispose();
  });

  test('without an X server it is active', async () => {
    const x = createFakeX();
    x.refuse = true;
    const { timers, told, watch } = presence(x);
    await timers.advance(20_000);
    expect(told).toEqual(['active']);
    await watch.dispose();
  });
});

describe('session facts on Linux', () => {
  const session = (contents: Record<string, string>, folders: Record<string, string[]> = {}) =>
    createLinuxSession(
      {
        timers: createFakeTimers(),
        log,
        files: {
          text: async (path) => contents[path] ?? null,
          list: async (path) => folders[path] ?? [],
        },
      },
      { display: undefined, idleAfterMs: 1 },
    ).facts();

  test('an account of the machine, and one of a directory', async () => {
    const { user } = await session({});
    expect(
      await session({ '/etc/passwd': `${user}:x:1:1:Amira & Test,Room 5,,:/h:/bin/sh\n` }),
    ).toMatchObject({
      accountType: 'local',
      displayName: `Amira ${user} Test`,
    });
    expect(await session({ '/etc/passwd': 'someone:x:1:1:Else:/h:/bin/sh\n' })).toMatchObject({
      accountType: 'domain',
      displayName: null,
    });
  });

  test('the machine goes by its mainboard, else its network card, else its installation', async () => {
    const board = { '/sys/class/dmi/id/product_uuid': '4C4C4544-0000-2010-8020-80C04F303232\n' };
    const card = { '/sys/class/net/eth0/address': '02:42:ac:11:00:02\n' };
    const folders = { '/sys/class/net': ['lo', 'eth0'], '/sys/class/net/eth0/device': ['vendor'] };
    const installation = { '/etc/machine-id': 'abc\n' };
    const ids = await Promise.all([
      session({ ...board, ...card, ...installation }, folders),
      session({ ...board, ...installation }),
      session(
        {
          '/sys/class/dmi/id/product_uuid': '00000000-0000-0000-0000-000000000000',
          ...card,
          ...installation,
        },
        folders,
      ),
      session({ ...card }, folders),
      session(installation),
    ]);
    const [all, onlyBoard, noBoard, onlyCard, onlyInstallation] = ids.map(({ hardwareId }) => hardwareId);
    expect(onlyBoard).toBe(all);
    expect(onlyCard).toBe(noBoard);
    expect(new Set([all, noBoard, onlyInstallation]).size).toBe(3);
  });
});
