import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '#kernel';
import { createFrameDecoder } from '../../../src/main/platform/relay/frames.ts';

/** A queue that a test awaits: `next` resolves with the next value, whether it came already or is to come. */
export function createInbox<Value>() {
  const values: Value[] = [];
  const waiting: ((value: Value) => void)[] = [];
  return {
    put(value: Value) {
      const resolve = waiting.shift();
      if (resolve) resolve(value);
      else values.push(value);
    },
    next(): Promise<Value> {
      const value = values.shift();
      return value === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(value);
    },
    rest: (): readonly Value[] => values,
  };
}

/** Parses frames of a stream into an inbox; one that is not JSON, as a fuzzed one, arrives as null. */
export function readFrames(stream: NodeJS.ReadableStream) {
  const inbox = createInbox<unknown>();
  const decoder = createFrameDecoder();
  stream.on('data', (bytes: Buffer) => {
    for (const event of decoder.push(bytes)) {
      inbox.put(event.kind === 'frame' ? parseJson(event.bytes.toString('utf8')) : event);
    }
  });
  return inbox;
}

/** A runtime folder in which relays of the test, and no others, find the agent. */
export async function makeRuntimeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-relay-'));
  const socketPath = join(folder, 'lapwing', 'relay.sock');
  await mkdir(join(folder, 'lapwing'));
  return {
    folder,
    socketPath,
    /** Lets other users of the machine reach the socket, to see that the relay itself refuses them. */
    async open() {
      await chmod(folder, 0o755);
      await chmod(join(folder, 'lapwing'), 0o755);
      await chmod(socketPath, 0o777);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Stands in for the agent: takes connections at the socket. */
export async function listenAsAgent(socketPath: string) {
  const connections = createInbox<{ socket: Socket; frames: ReturnType<typeof readFrames> }>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    connections.put({ socket, frames: readFrames(socket) });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts a relay as a browser does. */
export function startRelay(
  program: string,
  runtimeFolder: string,
  options: { origin: string; userId?: number },
): ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream } {
  const relay = spawn(program, [options.origin], {
    env: { XDG_RUNTIME_DIR: runtimeFolder },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.userId === undefined ? {} : { uid: options.userId }),
  });
  relay.stdin.on('error', () => undefined);
  return relay;
}

/** How a process ended. */
export function exitOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; errors: string }> {
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, errors })));
}
