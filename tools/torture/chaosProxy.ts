import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Disposable } from '#kernel';
import type { Dice } from './dice.ts';

/** What was done to requests on their way. */
export interface ProxyCounts {
  passed: number;
  /** Cut before the server got it. */
  lost: number;
  /** Done by the server, its answer cut. */
  unanswered: number;
  truncated: number;
  stalled: number;
  duplicated: number;
  /** A copy that came seconds later, behind newer requests. */
  reordered: number;
}

export interface ChaosProxy extends Disposable {
  readonly url: string;
  readonly counts: ProxyCounts;
  /** Where the server is now, or null while there is none. */
  setTarget(url: string | null): void;
  /** At first everything passes; `true` lets chaos begin. */
  setChaos(chaotic: boolean): void;
  dispose(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** In a hundred requests so many meet each fate; the rest pass. */
const FATES = { lost: 8, unanswered: 10, truncated: 6, stalled: 6, duplicated: 8, reordered: 6 } as const;
type Fate = keyof typeof FATES | 'passed';

/** A proxy on loopback that treats what passes through it as the worst networks do. */
export async function startChaosProxy(dice: Dice): Promise<ChaosProxy> {
  const counts: ProxyCounts = {
    passed: 0,
    lost: 0,
    unanswered: 0,
    truncated: 0,
    stalled: 0,
    duplicated: 0,
    reordered: 0,
  };
  const timers = new Set<NodeJS.Timeout>();
  let target: string | null = null;
  let chaotic = false;

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    if (incoming.headers.accept === 'text/event-stream') stream(incoming, outgoing);
    else void handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 1_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function later(delayMs: number, task: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, delayMs);
    timers.add(timer);
  }

  function fateOf(): Fate {
    let rest = dice.fraction() * 100;
    if (!chaotic) return 'passed';
    for (const [fate, share] of Object.entries(FATES) as [Fate, number][]) {
      rest -= share;
      if (rest < 0) return fate;
    }
    return 'passed';
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const fate = fateOf();
    counts[fate] += 1;
    if (fate === 'lost') return void outgoing.destroy();
    if (fate === 'stalled') {
      return later(dice.between(500, 5_000), () => {
        forward(incoming, body).then(
          (answer) => reply(outgoing, answer),
          () => outgoing.destroy(),
        );
      });
    }
    const answer = await forward(incoming, body);
    if (fate === 'duplicated') await forward(incoming, body).catch(() => undefined);
    if (fate === 'reordered')
      later(dice.between(500, 4_000), () => void forward(incoming, body).catch(() => undefined));
    if (fate === 'unanswered') outgoing.destroy();
    else if (fate === 'truncated') cutShort(outgoing, answer);
    else reply(outgoing, answer);
  }

  function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (target === null) return reject(new Error('no server'));
      const { method, url = '/' } = incoming;
      const headers = { ...incoming.headers, connection: 'close', 'content-length': String(body.length) };
      const sent = request(new URL(url, target), { method, headers }, (answer) => {
        read(answer).then(
          (received) =>
            resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: received }),
          reject,
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** An event stream is passed on as it comes, and cut at some moment. */
  function stream(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (target === null) return void outgoing.destroy();
    const sent = request(new URL(incoming.url ?? '/', target), { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
      answer.on('close', () => outgoing.destroy());
    });
    sent.on('error', () => outgoing.destroy());
    outgoing.on('close', () => sent.destroy());
    sent.end();
    if (chaotic) later(dice.between(2_000, 30_000), () => outgoing.destroy());
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    setTarget(url) {
      target = url;
    },
    setChaos(now) {
      chaotic = now;
    },
    async dispose() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function headersOf({ headers }: Answer): Record<string, string | string[]> {
  const { connection: _c, 'transfer-encoding': _t, 'content-length': _l, ...rest } = headers;
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  );
}

function reply(outgoing: ServerResponse, answer: Answer): void {
  if (outgoing.destroyed) return;
  const length =
    answer.status === 204 || answer.status === 304 ? {} : { 'content-length': String(answer.body.length) };
  outgoing.writeHead(answer.status, { ...headersOf(answer), ...length });
  outgoing.end(answer.body);
}

/** Promises all of the answer and gives half of it. */
function cutShort(outgoing: ServerResponse, answer: Answer): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(answer.status, {
    ...headersOf(answer),
    'content-length': String(answer.body.length + 1),
  });
  outgoing.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => outgoing.destroy());
}
