import type { Db, Trx } from './tables.ts';

/**
 * Many small writes, one durable commit.
 *
 * Invariants:
 * - A job's promise settles only after the transaction it ran in has committed (or failed for good), so an
 *   answer given after it is true after a power cut.
 * - Jobs of one flight share a transaction. If it fails, every job of it is run again in one of its own: a bad
 *   job never fails its neighbours. So a job must do nothing but write to the database it is given.
 * - Jobs run in the order of their lock keys: two servers on one PostgreSQL take row locks in the same order.
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

/** Makes a group commit over `db`. */
export function createGroupCommit({ db }: { db: Db }): GroupCommit {
  let waiting: Waiting[] = [];
  let flight: Promise<void> | undefined;

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
    while (waiting.length > 0) {
      const jobs = waiting
        .slice(0, MAX_JOBS)
        .sort((a, b) => (a.lockKey < b.lockKey ? -1 : a.lockKey > b.lockKey ? 1 : 0));
      waiting = waiting.slice(MAX_JOBS);
      await runTogether(jobs);
    }
    flight = undefined;
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
        // The flight starts a microtask later, so that jobs handed in together fly together.
        flight ??= Promise.resolve().then(fly);
      });
    },
    async idle() {
      await flight;
    },
  };
}
