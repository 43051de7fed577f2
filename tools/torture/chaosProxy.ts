import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, request as requestSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AGENT_PATHS } from '#contract';
import type { Disposable } from '#kernel';
import { claimedDeviceId } from '#seal';
import type { Certificates } from './certificates.ts';
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
  /** A second copy that came seconds later, behind newer requests. */
  echoed: number;
  /** Held back until a newer request of the same device had been answered. */
  reordered: number;
  /** Held back as well, but nothing newer came in time. */
  late: number;
}

export const NOTHING_DONE: Readonly<ProxyCounts> = {
  passed: 0,
  lost: 0,
  unanswered: 0,
  truncated: 0,
  stalled: 0,
  duplicated: 0,
  echoed: 0,
  reordered: 0,
  late: 0,
};

/** One address of the proxy. */
export interface Front {
  readonly url: string;
  /** From now on no policy comes through here, as at a site that is cut off. */
  cutPolicies(): void;
}

export interface ChaosProxy extends Disposable {
  readonly counts: ProxyCounts;
  /** Requests that wait for a newer one just now. */
  heldBack(): number;
  /** Listens on another port, by TLS or without. */
  open(secure: boolean): Promise<Front>;
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
const FATES = {
  lost: 8,
  unanswered: 10,
  truncated: 6,
  stalled: 6,
  duplicated: 8,
  echoed: 4,
  reordered: 6,
} as const;
type Fate = keyof typeof FATES | 'passed';

/** A request that is held back waits so long for a newer one. */
const OVERTAKEN_WITHIN_MS = 8_000;

/** A proxy on loopback that treats the requests that pass through it as the worst networks do. */
export function createChaosProxy(dice: Dice, certificates: Certificates): ChaosProxy {
  const counts: ProxyCounts = { ...NOTHING_DONE };
  const timers = new Set<NodeJS.Timeout>();
  const servers: ReturnType<typeof createServer>[] = [];
  /** Requests that are held back, by device: called when a newer one has been answered. */
  const heldBack = new Map<string, Set<() => void>>();
  let target: string | null = null;
  let chaotic = false;

  function later(delayMs: number, task: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, delayMs);
    timers.add(timer);
    return timer;
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
    if (fate === 'reordered') return holdBack(incoming, body, outgoing);
    counts[fate] += 1;
    if (fate === 'lost') return void outgoing.destroy();
    if (fate === 'stalled') {
      later(dice.between(500, 5_000), () => {
        forward(incoming, body).then(
          (answer) => reply(outgoing, answer),
          () => outgoing.destroy(),
        );
      });
      return;
    }
    const answer = await forward(incoming, body);
    for (const overtaken of heldBack.get(deviceOf(incoming)) ?? []) overtaken();
    if (fate === 'duplicated') await forward(incoming, body).catch(() => undefined);
    if (fate === 'echoed')
      later(dice.between(500, 4_000), () => void forward(incoming, body).catch(() => undefined));
    if (fate === 'unanswered') outgoing.destroy();
    else if (fate === 'truncated') cutShort(outgoing, answer);
    else reply(outgoing, answer);
  }

  /**
   * Lets newer requests of the same device go first. Half of the time its line is cut meanwhile, so that the device
   * sends the same again as something newer and the old one arrives behind it.
   */
  async function holdBack(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<void> {
    const device = deviceOf(incoming);
    const waiting = heldBack.get(device) ?? new Set();
    heldBack.set(device, waiting);
    if (dice.fraction() < 0.5) outgoing.destroy();
    const overtaken = await new Promise<boolean>((resolve) => {
      const newer = () => done(true);
      const deadline = later(OVERTAKEN_WITHIN_MS, () => done(false));
      waiting.add(newer);
      function done(byNewer: boolean): void {
        waiting.delete(newer);
        clearTimeout(deadline);
        resolve(byNewer);
      }
    });
    counts[overtaken ? 'reordered' : 'late'] += 1;
    reply(outgoing, await forward(incoming, body));
  }

  function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { ...incoming.headers, connection: 'close', 'content-length': String(body.length) };
      const sent = send(incoming, headers, (answer) => {
        read(answer).then(
          (received) =>
            resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: received }),
          reject,
        );
      });
      if (sent === null) return reject(new Error('no server'));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  function send(
    { method = 'GET', url = '/' }: IncomingMessage,
    headers: IncomingMessage['headers'],
    onAnswer: (answer: IncomingMessage) => void,
  ) {
    if (target === null) return null;
    const address = new URL(url, target);
    if (address.protocol === 'http:') return request(address, { method, headers }, onAnswer);
    return requestSecure(address, { method, headers, ca: certificates.caPem }, onAnswer);
  }

  /** An event stream is passed on as it comes, and cut at some moment. */
  function stream(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const sent = send(incoming, incoming.headers, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
      answer.on('close', () => outgoing.destroy());
    });
    if (sent === null) return void outgoing.destroy();
    sent.on('error', () => outgoing.destroy());
    outgoing.on('close', () => sent.destroy());
    sent.end();
    if (chaotic) later(dice.between(2_000, 30_000), () => outgoing.destroy());
  }

  return {
    counts,
    heldBack: () => [...heldBack.values()].reduce((sum, waiting) => sum + waiting.size, 0),
    async open(secure) {
      let policiesCut = false;
      const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
        outgoing.on('error', () => undefined);
        if (policiesCut && bringsPolicies(incoming)) outgoing.destroy();
        else if (incoming.headers.accept === 'text/event-stream') stream(incoming, outgoing);
        else void handle(incoming, outgoing).catch(() => outgoing.destroy());
      };
      const { certPem: cert, keyPem: key } = certificates;
      const server = secure ? createSecureServer({ cert, key }, serve) : createServer(serve);
      server.keepAliveTimeout = 1_000;
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return {
        url: `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
        cutPolicies() {
          policiesCut = true;
          server.closeAllConnections();
        },
      };
    },
    setTarget(url) {
      target = url;
    },
    setChaos(now) {
      chaotic = now;
    },
    async dispose() {
      for (const timer of timers) clearTimeout(timer);
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      }
    },
  };
}

function bringsPolicies({ url = '' }: IncomingMessage): boolean {
  return url.startsWith(AGENT_PATHS.policy) || url.startsWith(AGENT_PATHS.events);
}

/** The device that a request says it is from; an enrolment is from none yet. */
function deviceOf({ headers }: IncomingMessage): string {
  return claimedDeviceId(headers.authorization?.replace(/^Bearer /, '') ?? '') ?? '';
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
