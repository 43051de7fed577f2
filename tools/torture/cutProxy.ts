import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { Disposable } from '#kernel';
import type { Dice } from './dice.ts';

/** What was done to connections on their way. */
export interface CutCounts {
  connections: number;
  /** Ended in the middle of a record of TLS. */
  cut: number;
  /** Silent for seconds, then going on. */
  frozen: number;
}

export interface CutProxy extends Disposable {
  readonly url: string;
  readonly counts: CutCounts;
  setTarget(url: string | null): void;
  setChaos(chaotic: boolean): void;
  dispose(): Promise<void>;
}

/** In a hundred connections so many meet each fate. */
const CUT = 40;
const FROZEN = 20;
/** A fate comes after so many bytes, counted in both directions: from within the handshake to some batches later. */
const MOST_BYTES = 60_000;

/**
 * A line on loopback that passes TLS through untouched, from the agent to the server itself, and breaks connections
 * at any byte. What it cannot read it cannot double or reorder; the other proxy does that.
 */
export async function startCutProxy(dice: Dice): Promise<CutProxy> {
  const counts: CutCounts = { connections: 0, cut: 0, frozen: 0 };
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let target: string | null = null;
  let chaotic = false;

  const server = createServer(join);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function join(near: Socket): void {
    if (target === null) return void near.destroy();
    counts.connections += 1;
    const far = connect(Number(new URL(target).port), '127.0.0.1');
    const roll = dice.fraction() * 100;
    let left = dice.between(1, MOST_BYTES);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes: Buffer) => pass(bytes, to));
    }

    function pass(bytes: Buffer, to: Socket): void {
      const before = left;
      left -= bytes.length;
      const due = chaotic && before > 0 && left <= 0;
      if (due && roll < CUT) {
        counts.cut += 1;
        to.write(bytes.subarray(0, before), () => to.destroy());
        return;
      }
      to.write(bytes);
      if (due && roll < CUT + FROZEN) freeze();
    }

    function freeze(): void {
      counts.frozen += 1;
      near.pause();
      far.pause();
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          near.resume();
          far.resume();
        },
        dice.between(500, 6_000),
      );
      timers.add(timer);
    }
  }

  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    setTarget(url) {
      target = url;
    },
    setChaos(now) {
      chaotic = now;
    },
    async dispose() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
