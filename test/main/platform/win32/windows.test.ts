import { describe, expect, test } from 'vitest';
import { createWindowsWindows } from '../../../../src/main/platform/win32/index.ts';
import type { ThreadMessage } from '../../../../src/main/platform/win32/watchProtocol.ts';
import type { WatchThread } from '../../../../src/main/platform/win32/windows.ts';
import type { WindowReading } from '../../../../src/main/ports/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

const reading = (title: string): WindowReading => ({
  kind: 'window',
  window: { windowId: 1, title, appName: 'Editor', appPath: null, processId: 5, bounds: null, url: null },
});

function fakeThread() {
  let tell: (message: ThreadMessage) => void = () => undefined;
  let end: (reason: string) => void = () => undefined;
  const stops: (number | null)[] = [];
  const thread: WatchThread = {
    onMessage: (listener) => {
      tell = listener;
    },
    onEnd: (listener) => {
      end = listener;
    },
    stop: (threadId) => void stops.push(threadId),
  };
  return {
    thread,
    stops,
    tell: (message: ThreadMessage) => tell(message),
    end: (reason: string) => end(reason),
  };
}

function start(threads: (() => WatchThread)[], openReader: () => () => WindowReading) {
  const timers = createFakeTimers();
  const seen: string[] = [];
  const startThread = () => {
    const next = threads.shift();
    if (next === undefined) throw new Error('no more threads');
    return next();
  };
  const watch = createWindowsWindows(
    { timers, log: { warn() {} }, startThread, openReader },
    { threadUrl: new URL('file:///unused') },
  ).watch({
    onReading: (told) => seen.push(told.kind === 'window' ? told.window.title : told.kind),
    onHealth: ({ state, code }) => seen.push(`${state} ${code}`),
  });
  return { timers, seen, watch };
}

describe('watching windows on Windows', () => {
  test('the thread tells; disposing stops it and nothing is told after', async () => {
    const one = fakeThread();
    const { seen, watch, timers } = start([() => one.thread], () => () => reading('unused'));
    one.tell({ kind: 'ready', threadId: 77 });
    one.tell({ kind: 'reading', reading: reading('a') });
    one.tell({ kind: 'reading', reading: reading('a') });
    one.tell({ kind: 'reading', reading: reading('b') });
    await watch.dispose();
    one.tell({ kind: 'reading', reading: reading('c') });
    one.end('exit code 0');
    expect(seen).toEqual(['ok windows_events', 'a', 'b']);
    expect(one.stops).toEqual([77]);
    expect(timers.pending()).toBe(0);
  });

  test('a thread that was not ready yet is stopped once it is', async () => {
    const one = fakeThread();
    const { watch } = start([() => one.thread], () => () => reading('unused'));
    await watch.dispose();
    one.tell({ kind: 'ready', threadId: 5 });
    expect(one.stops).toEqual([null, 5]);
  });

  test('when the thread ends the main loop polls, slower while nothing changes, until a new thread is up', async () => {
    const [one, two] = [fakeThread(), fakeThread()];
    let reads = 0;
    const { timers, seen, watch } = start([() => one.thread, () => two.thread], () => () => {
      reads += 1;
      return reading(`poll ${Math.ceil(reads / 2)}`);
    });
    one.tell({ kind: 'ready', threadId: 1 });
    one.end('out of memory');
    await timers.advance(5_000);
    expect(reads).toBe(6);
    await timers.advance(25_000);
    two.tell({ kind: 'ready', threadId: 2 });
    two.tell({ kind: 'reading', reading: reading('events again') });
    const readsBefore = reads;
    await timers.advance(60_000);
    expect(reads).toBe(readsBefore);
    expect(seen.filter((line) => line.includes('windows_'))).toEqual([
      'ok windows_events',
      'degraded windows_polling',
      'ok windows_events',
    ]);
    expect(seen.at(-1)).toBe('events again');
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('without the native library the watch fails in words and keeps trying', async () => {
    const threads = [
      () => {
        throw new Error('koffi is missing');
      },
      () => {
        throw new Error('koffi is missing');
      },
    ];
    const { timers, seen, watch } = start(threads, () => {
      throw new Error('koffi is missing');
    });
    expect(seen).toEqual(['failed windows_calls_missing', 'unknown']);
    await timers.advance(30_000);
    expect(threads).toHaveLength(0);
    expect(seen).toHaveLength(2);
    await watch.dispose();
    expect(timers.pending()).toBe(0);
  });
});
