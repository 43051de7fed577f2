import { type Disposable, err, ok, type Result } from '#kernel';

/** Something that asks to be let in: the more urgent, the smaller its rank (0 is critical). */
export interface Ticket {
  readonly rank: number;
  readonly bytes: number;
}

/**
 * The door of the ingest: so much work at once, so much waiting, the rest is told to come back.
 *
 * Invariants: the most urgent waits least; when the room is full it is the least urgent that is sent away, be
 * it the newcomer or one already waiting; the bytes held by those waiting are bounded.
 */
export interface Admission {
  /** Resolves when there is room: dispose the value when the work is done. */
  enter(ticket: Ticket): Promise<Result<Disposable, 'overloaded'>>;
  /** Sends everybody who waits away, and everybody who comes. */
  close(): void;
}

export interface AdmissionOptions {
  readonly maxRunning: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

interface Waiter extends Ticket {
  readonly answer: (outcome: Result<Disposable, 'overloaded'>) => void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  /** Most urgent first; among equals the longest waiting. */
  const waiters: Waiter[] = [];
  let running = 0;
  let waitingBytes = 0;
  let closed = false;

  function pass(): Disposable {
    running++;
    let left = false;
    return {
      dispose() {
        if (left) return;
        left = true;
        running--;
        const next = waiters.shift();
        if (next === undefined) return;
        waitingBytes -= next.bytes;
        next.answer(ok(pass()));
      },
    };
  }

  function sendLastAway(): void {
    const last = waiters.pop();
    if (last === undefined) return;
    waitingBytes -= last.bytes;
    last.answer(err('overloaded'));
  }

  return {
    enter({ rank, bytes }) {
      if (closed) return Promise.resolve(err('overloaded'));
      if (running < options.maxRunning) return Promise.resolve(ok(pass()));
      return new Promise((answer) => {
        const waiter: Waiter = { rank, bytes, answer };
        const before = waiters.findIndex((other) => other.rank > rank);
        if (before === -1) waiters.push(waiter);
        else waiters.splice(before, 0, waiter);
        waitingBytes += bytes;
        while (waiters.length > options.maxWaiting || waitingBytes > options.maxWaitingBytes) sendLastAway();
      });
    },
    close() {
      closed = true;
      while (waiters.length > 0) sendLastAway();
    },
  };
}
