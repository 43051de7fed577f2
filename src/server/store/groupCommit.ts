import { nextTurn } from '../platform/clock.ts';
import type { Db, Trx } from './tables.ts';

/**
 * Many small writes, one durable commit.
 *
 * Invariants:
 * - A job's promise settles only after the transaction it ran in has committed (or failed for good), so an
 *   answer given after it is true after a power cut.
 * - Jobs of one flight share a transaction. If it fails, every job of it is run again in one of its own: a bad
 *   job never fails its neighbours. So a job must do nothing but write to the database it is given.
 * - Jobs of a flight run in the order of their lock keys: flights of one server or of several on one PostgreSQL take
 *   row locks in the same order.
 */
export interface GroupCommit {
  /** Runs `job` inside a shared transaction. `lockKey`: the row it locks first, such as a device's id. */
  run<Value>(lockKey: string, job: (trx: Trx) => Promise<Value>): Promise<Value>;
  /** Resolves when everything handed in so far has settled. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly lockKey: string;
  /** Runs the job; the value is handed out by `settle` once it is committed. */
  attempt(trx: Trx): Promise<() => void>;
  fail(failure: unknown): void;
}

/** Jobs in one transaction at most: bounds how long one commit can make others wait. */
const MAX_JOBS = 64;

export interface GroupCommitOptions {
  /** Transactions under way at once; 1 unless told. More than 1 only where the database has row locks. */
  readonly maxFlights?: number;
}

/** Makes a group commit over `db`. */
export function createGroupCommit({ db }: { db: Db }, options: GroupCommitOptions = {}): GroupCommit {
  const maxFlights = options.maxFlights ?? 1;
  const flights = new Set<Promise<void>>();
  let waiting: Waiting[] = [];
  let flying = 0;

  async function runAlone(job: Waiting): Promise<void> {
    try {
      const settle = await db.transaction().execute((trx) => job.attempt(trx));
      settle();
    } catch (failure) {
      job.fail(failure);
    }
  }

  async function runTogether(jobs: readonly Waiting[]): Promise<void> {
    const [only] = jobs;
    if (jobs.length === 1 && only !== undefined) return runAlone(only);
    let settles: (() => void)[];
    try {
      settles = await db.transaction().execute(async (trx) => {
        const done: (() => void)[] = [];
        for (const job of jobs) done.push(await job.attempt(trx));
        return done;
      });
    } catch {
      for (const job of jobs) await runAlone(job);
      return;
    }
    for (const settle of settles) settle();
  }

  async function fly(): Promise<void> {
    flying += 1;
    while (waiting.length > 0) {
      // Whatever else is ready by now flies along: the busier the server, the more share one commit. Without it a
      // database that answers at once, as SQLite does, would commit every job by itself.
      await nextTurn();
      const jobs = waiting
        .slice(0, MAX_JOBS)
        .sort((a, b) => (a.lockKey < b.lockKey ? -1 : a.lockKey > b.lockKey ? 1 : 0));
      waiting = waiting.slice(MAX_JOBS);
      // Another flight may have taken them.
      if (jobs.length > 0) await runTogether(jobs);
    }
    // Nothing may come between the look and this: a job handed in there would wait for ever.
    flying -= 1;
  }

  function takeOff(): void {
    const flight = fly();
    flights.add(flight);
    void flight.then(() => flights.delete(flight));
  }

  return {
    run(lockKey, job) {
      return new Promise((resolve, reject) => {
        waiting.push({
          lockKey,
          fail: reject,
          async attempt(trx) {
            const value = await job(trx);
            return () => resolve(value);
          },
        });
        if (flying < maxFlights) takeOff();
      });
    },
    async idle() {
      while (flying > 0) await Promise.all(flights);
    },
  };
}
