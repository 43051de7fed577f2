import { Socket } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { takeUndisposed } from './kernel.ts';

/**
 * Fails a test file that leaves something open: a listening server, a socket, a child process, a file
 * watcher, a timer, or a stack of disposables. Whatever starts can stop, and tests stop what they start.
 *
 * Node tells what keeps its event loop alive; what was there before the file's first test is not counted.
 */

const WATCHED: Readonly<Record<string, string>> = {
  TCPServerWrap: 'a listening server',
  TCPSocketWrap: 'a TCP connection',
  UDPWrap: 'a UDP socket',
  PipeWrap: 'a pipe',
  ProcessWrap: 'a child process',
  FSEventWrap: 'a file watcher',
  StatWatcher: 'a file watcher',
  Timeout: 'a timer',
};

/** How many turns of the event loop a closed handle may take to go away. */
const GRACE_TURNS = 50;

function open(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    if (name in WATCHED) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function left(before: ReadonlyMap<string, number>): string[] {
  return [...open()]
    .filter(([name, count]) => count > (before.get(name) ?? 0))
    .map(([name, count]) => `${WATCHED[name]} (${count - (before.get(name) ?? 0)} x ${name})`);
}

/** What keeps the event loop alive, as objects: Node lists them by an old function only. */
function handles(): readonly unknown[] {
  return (process as unknown as { _getActiveHandles(): readonly unknown[] })._getActiveHandles();
}

/** Sockets that this side has ended are gone once the other side has noticed, however slow the machine is. */
async function endedSocketsClosed(): Promise<void> {
  for (const handle of handles()) {
    if (!(handle instanceof Socket) || known.has(handle) || !handle.writableEnded || handle.closed) continue;
    await new Promise((resolve) => handle.once('close', resolve));
  }
}

let known = new WeakSet<object>();
let before = new Map<string, number>();

beforeAll(() => {
  // Node opens these when they are first used; they are not the tests' own.
  void [process.stdin, process.stdout, process.stderr];
  before = open();
  known = new WeakSet(handles().filter((handle) => handle instanceof Socket));
});

afterAll(async () => {
  await endedSocketsClosed();
  for (let turn = 0; turn < GRACE_TURNS && left(before).length > 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const leaks = [...left(before), ...takeUndisposed().map((place) => `disposables made ${place}`)];
  if (leaks.length > 0) throw new Error(`the tests of this file left open: ${leaks.join(', ')}`);
});
