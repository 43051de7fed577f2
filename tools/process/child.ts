import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Disposable } from '#kernel';

/** A program that was started and can be stopped. */
export interface Child extends Disposable {
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  dispose(): Promise<void>;
}

/**
 * Starts a program. Disposing asks it to end (SIGTERM) and after `deadlineMs` makes it end (SIGKILL).
 *
 * @param deadlineMs how long it may take to stop
 */
export function startChild(
  program: string,
  args: readonly string[],
  options: SpawnOptions & { readonly deadlineMs?: number } = {},
): Child {
  const { deadlineMs = 5000, ...spawnOptions } = options;
  // A process group of its own: Ctrl-C in the terminal reaches the tool alone, which then stops its children
  // in order. Otherwise the display would die before the programs that show windows on it.
  const child = spawn(program, args, { stdio: 'ignore', detached: true, ...spawnOptions });
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
  // Whoever awaits `ended` sees the failure to start; nobody has to.
  ended.catch(() => undefined);
  return {
    process: child,
    ended,
    async dispose() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await ended.catch(() => undefined);
      clearTimeout(killer);
    },
  };
}

/**
 * Waits for the first line on a stream (or a line that matches).
 *
 * @throws when the program ends before it, or says nothing of the kind for `deadlineMs`
 */
export async function firstLine(
  child: Child,
  stream: NodeJS.ReadableStream | null | undefined,
  pattern: RegExp = /\S/,
  deadlineMs = 120_000,
): Promise<string> {
  if (stream === null || stream === undefined) throw new Error('the stream is not a pipe');
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (chunk: Buffer | string) => {
      text += chunk.toString();
      for (const line of text.split('\n').slice(0, -1)) {
        if (!pattern.test(line)) continue;
        finish(() => resolve(line));
        return;
      }
    };
    const fail = (why: string) =>
      finish(() =>
        reject(new Error(`${child.process.spawnfile} ${why} before it was ready: ${text.slice(-2000)}`)),
      );
    const timer = setTimeout(() => fail(`took more than ${deadlineMs} ms`), deadlineMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stream.off('data', onData);
      // A pipe nobody reads would block the program once it is full.
      stream.resume();
      settle();
    };
    stream.on('data', onData);
    child.ended.then(
      (code) => fail(`ended (${code})`),
      (failure: Error) => finish(() => reject(failure)),
    );
  });
}
