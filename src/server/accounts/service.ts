import { createHash } from 'node:crypto';
import { IDLE_LOCK_MS, type Permission, type Role } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Audit } from '../audit/index.ts';
import type { Random } from '../platform/random.ts';
import type { Store, Tables } from '../store/index.ts';
import type { Passwords } from './passwords.ts';
import { permissionsOf } from './permissions.ts';
import { accountRows, normaliseUsername } from './repository.ts';

/** The person behind a request. */
export interface Person {
  readonly accountId: string;
  readonly sessionId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

export type SignInFailure =
  | { readonly kind: 'sign_in_failed' }
  | { readonly kind: 'too_many_attempts'; readonly retryAfterMs: number };

export interface Accounts {
  /** Makes an account with a random password, which is given back this once and kept nowhere. */
  create(account: {
    username: string;
    displayName: string;
    role: Role;
  }): Promise<Result<{ password: string }, 'taken'>>;
  /** Gives the session's secret for the cookie. `address` is where the attempt came from. */
  signIn(attempt: {
    username: string;
    password: string;
    address: string;
    /** A session of the same browser, which ends now. */
    previousSecret: string | null;
  }): Promise<Result<{ secret: string; person: Person }, SignInFailure>>;
  /** Who a cookie's secret belongs to. Looking does not keep the session alive; `touch` does. */
  personOf(secret: string): Promise<Result<Person, 'not_signed_in' | 'session_locked'>>;
  /** Whether a session seen earlier is still open. */
  isOpen(sessionId: string): Promise<boolean>;
  /** Notes that the person did something just now. */
  touch(person: Person): Promise<void>;
  signOut(secret: string): Promise<void>;
}

export interface AccountsDeps {
  readonly store: Pick<Store, 'db' | 'kind' | 'bus'>;
  readonly audit: Audit;
  readonly passwords: Passwords;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

/** Failures count for so long; five of one account from one place, or many from one place or of one account, pause it. */
const WINDOW_MS = 15 * 60 * 1000;
const MAX_SAME_ACCOUNT_AND_ADDRESS = 5;
const MAX_SAME_ADDRESS = 30;
const MAX_SAME_ACCOUNT = 50;
/** A session ends after a working day, however busy. */
const MAX_SESSION_MS = 12 * 60 * 60 * 1000;
/** A busy person's session is written at most so often. */
const TOUCH_INTERVAL_MS = 5_000;

const sessionIdOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

export function createAccounts(deps: AccountsDeps): Accounts {
  const { audit, passwords, clock, random } = deps;
  const { db, kind, bus } = deps.store;

  /** Milliseconds until this attempt would be allowed; 0 if it is now. */
  async function pauseMs({ id, username, address }: Tables['sign_in_failures']): Promise<number> {
    const now = clock.now();
    const recent = await accountRows.failures(db, username, address, now - WINDOW_MS);
    const failures = recent.filter((failure) => failure.id !== id);
    const waitFor = (matching: typeof failures, limit: number) => {
      const oldestThatCounts = matching[limit - 1];
      return oldestThatCounts === undefined ? 0 : oldestThatCounts.at + WINDOW_MS - now;
    };
    const ofAccount = failures.filter((failure) => failure.username === username);
    const fromAddress = failures.filter((failure) => failure.address === address);
    const both = ofAccount.filter((failure) => failure.address === address);
    return Math.max(
      0,
      waitFor(both, MAX_SAME_ACCOUNT_AND_ADDRESS),
      waitFor(fromAddress, MAX_SAME_ADDRESS),
      waitFor(ofAccount, MAX_SAME_ACCOUNT),
    );
  }

  async function find(sessionId: string) {
    const session = await accountRows.session(db, sessionId);
    const now = clock.now();
    if (session === undefined || now - session.created_at > MAX_SESSION_MS)
      return err('not_signed_in' as const);
    if (now - session.active_at >= IDLE_LOCK_MS) return err('session_locked' as const);
    return ok(session);
  }

  async function endSession(sessionId: string): Promise<void> {
    await accountRows.deleteSession(db, sessionId);
    bus.publish({ kind: 'session_ended', id: sessionId });
  }

  return {
    async create({ username, displayName, role }) {
      const password = passwords.generate();
      const id = random.id();
      const account = {
        id,
        username: normaliseUsername(username),
        display_name: displayName,
        role,
        password_hash: await passwords.hash(password),
        created_at: clock.now(),
        disabled_at: null,
      };
      const outcome = await db.transaction().execute(async (trx) => {
        const inserted = await accountRows.insert(trx, account);
        if (inserted === 'inserted') {
          await audit.write(trx, {
            actor: 'command line',
            action: 'account_created',
            subject: id,
            detail: { role },
          });
        }
        return inserted;
      });
      return outcome === 'taken' ? err('taken') : ok({ password });
    },

    async signIn({ username: typed, password, address, previousSecret }) {
      const username = normaliseUsername(typed);
      // The attempt counts before anything is checked, so that many at once cannot slip through together.
      const attempt = { id: random.id(), username, address, at: clock.now() };
      await accountRows.insertFailure(db, attempt);
      const retryAfterMs = await pauseMs(attempt);
      if (retryAfterMs > 0) {
        await accountRows.deleteFailure(db, attempt.id);
        return err({ kind: 'too_many_attempts', retryAfterMs });
      }
      const account = await accountRows.byUsername(db, username);
      const right = await passwords.verify(password, account?.password_hash ?? null);
      const fail = async () => {
        await accountRows.deleteFailuresBefore(db, clock.now() - WINDOW_MS);
        await audit.write(db, { actor: account?.id ?? 'unknown', action: 'sign_in_failed', subject: null });
        return err({ kind: 'sign_in_failed' as const });
      };
      if (!right || account === undefined) return fail();
      const secret = Buffer.from(random.bytes(32)).toString('base64url');
      const sessionId = sessionIdOf(secret);
      const now = clock.now();
      const opened = await db.transaction().execute(async (trx) => {
        // Checked again: it may have been disabled, or given another password, while this one was verified.
        if (!(await accountRows.lockUsable(trx, kind, account.id, account.password_hash))) return false;
        await accountRows.deleteFailures(trx, username, address);
        await accountRows.deleteSessionsBefore(trx, now - MAX_SESSION_MS);
        await accountRows.insertSession(trx, {
          id: sessionId,
          account_id: account.id,
          created_at: now,
          active_at: now,
        });
        await audit.write(trx, { actor: account.id, action: 'signed_in', subject: null });
        return true;
      });
      if (!opened) return fail();
      if (previousSecret !== null) await endSession(sessionIdOf(previousSecret));
      const { id: accountId, display_name: displayName, role } = account;
      const permissions = permissionsOf(role);
      return ok({ secret, person: { accountId, sessionId, username, displayName, role, permissions } });
    },

    async personOf(secret) {
      const found = await find(sessionIdOf(secret));
      if (!found.ok) return found;
      const { id: sessionId, account_id: accountId, username, display_name: displayName, role } = found.value;
      return ok({ accountId, sessionId, username, displayName, role, permissions: permissionsOf(role) });
    },

    async isOpen(sessionId) {
      return (await find(sessionId)).ok;
    },

    async touch({ sessionId }) {
      const session = await accountRows.session(db, sessionId);
      const now = clock.now();
      if (session === undefined || now - session.active_at < TOUCH_INTERVAL_MS) return;
      await accountRows.touchSession(db, sessionId, now);
    },

    async signOut(secret) {
      const sessionId = sessionIdOf(secret);
      const session = await accountRows.session(db, sessionId);
      if (session === undefined) return;
      await endSession(sessionId);
      await audit.write(db, { actor: session.account_id, action: 'signed_out', subject: null });
    },
  };
}
