import type { Timers } from '#kernel';
import { parseEnrolmentToken } from '#seal';
import type { Log, Random, SourceHealth } from '../ports/index.ts';
import type { EnrolFailure, Enrolment, Identity } from './enrolment.ts';

/** A place where a technician may have put a token: a managed setting, a file beside the installer, `--enrol`. */
export interface TokenSource {
  readonly name: string;
  /** The token's text, or null where there is none. */
  read(): Promise<string | null>;
}

export interface UntilEnrolledDeps {
  readonly enrolment: Enrolment;
  /** First to last; the first that has a token this device did not spend yet is used. */
  readonly sources: readonly TokenSource[];
  readonly timers: Pick<Timers, 'after'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

const SOON_MS = 30_000;
const LATER_MS = 600_000;

/**
 * Gives this device's identity: the one it has, or that of a new enrolment, tried until it succeeds. A refused token
 * is tried again seldom, because a technician may put another one in its place. Null once `signal` is aborted.
 *
 * A device that is enrolled already, and finds a token it never spent, enrols anew with it: this is how a revoked
 * device comes back. If that fails it works on as who it was, says so in health, and tries again at its next start.
 */
export async function untilEnrolled(deps: UntilEnrolledDeps, signal: AbortSignal): Promise<Identity | null> {
  const { enrolment, health, log } = deps;
  while (!signal.aborted) {
    const outcome = await attempt();
    // The agent was stopped meanwhile. What was enrolled is kept, and is there at the next start.
    if (signal.aborted) return null;
    if (outcome.kind === 'enrolled') {
      health.report('enrolment', { state: 'ok', code: 'enrolled', message: 'This device is enrolled.' });
      return outcome.identity;
    }
    if (outcome.kind === 'kept') {
      const { code, message } = outcome.failure;
      log.warn({ code }, 'not enrolled anew');
      health.report('enrolment', {
        state: 'degraded',
        code,
        message: `The new enrolment token was not taken; this device stays enrolled as before. ${message}`,
      });
      return outcome.identity;
    }
    const { code, message, passing } = outcome.failure;
    log.warn({ code }, 'not enrolled');
    health.report('enrolment', { state: 'failed', code, message });
    await pause((passing ? SOON_MS : LATER_MS) * (1 + deps.random.fraction() / 2));
  }
  return null;

  type Attempt =
    | { kind: 'enrolled'; identity: Identity }
    | { kind: 'kept'; identity: Identity; failure: EnrolFailure }
    | { kind: 'failed'; failure: EnrolFailure };

  async function attempt(): Promise<Attempt> {
    const loaded = await enrolment.load();
    if (!loaded.ok) return { kind: 'failed', failure: loaded.error };
    const known = loaded.value;
    for (const source of deps.sources) {
      const token = await source.read();
      if (token === null || token.trim() === '' || (await isSpent(token, known))) continue;
      log.info({ source: source.name }, known === null ? 'enrolling' : 'enrolling anew');
      const enrolled = await enrolment.enrol(token);
      if (enrolled.ok) return { kind: 'enrolled', identity: enrolled.value };
      return known === null
        ? { kind: 'failed', failure: enrolled.error }
        : { kind: 'kept', identity: known, failure: enrolled.error };
    }
    if (known !== null) return { kind: 'enrolled', identity: known };
    const message =
      'This device is not enrolled. Give it an enrolment token: a managed setting, a file beside the installer, or --enrol.';
    return { kind: 'failed', failure: { code: 'no_token', message, passing: true } };
  }

  /** A damaged token is not spent: that it is damaged must be told. */
  async function isSpent(tokenText: string, known: Identity | null): Promise<boolean> {
    if (known === null) return false;
    const token = await parseEnrolmentToken(tokenText);
    return token.ok && [known.tokenId, ...known.spentTokenIds].includes(token.value.tokenId);
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = deps.timers.after(delayMs, done);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        void timer.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
