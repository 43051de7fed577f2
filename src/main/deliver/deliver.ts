/**
 * Brings what the outbox holds to the server.
 *
 * Invariants
 * - One request at a time; the next one is chosen when the last has landed, so something critical waits for at most
 *   one batch, however long the queue is. A picture on its way gives way to it at once.
 * - After a failure: exponential backoff with jitter, or the server's own `Retry-After`. Something critical does not
 *   wait for a backoff (but for a `Retry-After` it does), at most one such try a second.
 * - A revoked device sends no more, keeps everything sealed, and asks again once an hour.
 * - `dispose` lets nothing new begin, ends the request on its way, and resolves when its outcome has been dealt with.
 */
import type { Priority } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { Log, Random, ServerLink, SourceHealth } from '../ports/index.ts';
import { createBackoff } from './backoff.ts';
import { createFlights, type FlightOptions, type Landing } from './flights.ts';
import type { OutboxSide } from './types.ts';

export interface DeliverDeps {
  readonly outbox: OutboxSide;
  readonly link: Pick<ServerLink, 'send'>;
  readonly timers: Pick<Timers, 'after' | 'monotonic'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface DeliverOptions extends FlightOptions {
  readonly firstBackoffMs?: number;
  readonly maxBackoffMs?: number;
}

export interface Delivery {
  dispose(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const UNAUTHORIZED_RETRY_MS = 600_000;
const URGENT_SPACING_MS = 1_000;

/** Starts delivering, at once and after each append, until disposed. */
export function startDelivery(deps: DeliverDeps, options: DeliverOptions = {}): Delivery {
  const { outbox, timers, health, log } = deps;
  const flights = createFlights(deps, options);
  const backoff = createBackoff(deps.random, {
    firstMs: options.firstBackoffMs ?? 1_000,
    maxMs: options.maxBackoffMs ?? 300_000,
  });
  let flying: Promise<void> | null = null;
  const stop = new AbortController();
  let giveWay = new AbortController();
  /** The wait before the next try, and whether something critical may cut it short. */
  let wait: { readonly timer: Disposable; readonly firm: boolean } | null = null;
  let again = false;
  /** Something critical came while a request was on its way: if that fails, it does not wait for the backoff. */
  let urgentCame = false;
  let lastTryMs = Number.NEGATIVE_INFINITY;
  const stopped = () => stop.signal.aborted;

  const appends = outbox.onAppend((priority) => {
    if (flying !== null) {
      again = true;
      if (isUrgent(priority)) {
        urgentCame = true;
        giveWay.abort();
      }
    } else if (wait === null) start();
    else if (isUrgent(priority) && !wait.firm) hurry();
  });
  start();

  function isUrgent(priority: Priority): boolean {
    return priority === 'critical' || priority === 'report';
  }

  /** Tries now although the backoff is not over, but not more than once a second. */
  function hurry(): void {
    const sinceMs = timers.monotonic() - lastTryMs;
    if (sinceMs >= URGENT_SPACING_MS) start();
    else waitFor(URGENT_SPACING_MS - sinceMs, true);
  }

  function waitFor(delayMs: number, firm: boolean): void {
    void wait?.timer.dispose();
    wait = { firm, timer: timers.after(delayMs, start) };
  }

  function start(): void {
    void wait?.timer.dispose();
    wait = null;
    if (stopped() || flying !== null) return;
    flying = run().finally(() => {
      flying = null;
      if (again && wait === null) start();
    });
  }

  /** Flies until nothing is left or something says wait. */
  async function run(): Promise<void> {
    while (!stopped()) {
      again = false;
      urgentCame = false;
      lastTryMs = timers.monotonic();
      giveWay = new AbortController();
      const landing = await flights.fly(stop.signal, giveWay.signal);
      if (stopped()) return;
      if (!settle(landing) && !again) return;
      if (wait !== null) return;
    }
  }

  /** Says what the landing means for health and for the next try. True: go on at once. */
  function settle(landing: Landing): boolean {
    switch (landing.kind) {
      case 'gave_way':
        return true;
      case 'landed':
      case 'nothing':
        backoff.reset();
        health.report('deliver', { state: 'ok', code: 'ok', message: 'Records reach the server.' });
        return landing.kind === 'landed';
      case 'later': {
        const delayMs = landing.retryAfterMs ?? backoff.nextMs();
        log.info({ why: landing.why, delayMs: Math.round(delayMs) }, 'delivery waits');
        health.report('deliver', {
          state: 'degraded',
          code: landing.retryAfterMs === null ? 'server_unreachable' : 'server_busy',
          message: 'Records cannot be delivered just now; they are kept and sent when the server answers.',
        });
        waitFor(delayMs, landing.retryAfterMs !== null);
        if (urgentCame && landing.retryAfterMs === null) hurry();
        return false;
      }
      case 'revoked':
        log.warn({}, 'this device was revoked');
        health.report('deliver', {
          state: 'failed',
          code: 'revoked',
          message:
            'The server no longer accepts this device. Records are kept sealed. Enrol it again with a new token.',
        });
        waitFor(HOUR_MS, true);
        return false;
      case 'unauthorized':
        log.warn({}, 'the server does not accept this device');
        health.report('deliver', {
          state: 'failed',
          code: 'unauthorized',
          message: 'The server does not recognise this device. Records are kept sealed. Enrol it again.',
        });
        waitFor(UNAUTHORIZED_RETRY_MS, true);
        return false;
    }
  }

  return {
    async dispose() {
      stop.abort();
      void appends.dispose();
      void wait?.timer.dispose();
      wait = null;
      await flying;
    },
  };
}
