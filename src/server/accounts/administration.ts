/**
 * What a technician does with the accounts of others.
 *
 * Invariants
 * - Disabling an account and giving it another password end its sessions in the same transaction; a sign-in that is
 *   under way then fails too, because it checks the account again as it makes the session.
 * - No account is ever deleted: the audit trail and items' histories name it.
 * - The last account that can decide is only disabled when that is asked for in so many words.
 */
import type { Role } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Audit } from '../audit/index.ts';
import type { Store } from '../store/index.ts';
import type { Passwords } from './passwords.ts';
import { accountRows, normaliseUsername } from './repository.ts';

/** An account as a technician sees it. */
export interface ListedAccount {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  readonly disabledAt: number | null;
}

export type AdministrationFailure = 'unknown' | 'unchanged' | 'last_dsl';

export interface AccountAdministration {
  list(): Promise<readonly ListedAccount[]>;
  /** Answers how many sessions it ended. `leaveNoDsl`: also the last DSL who can sign in. */
  disable(
    username: string,
    options: { readonly leaveNoDsl: boolean },
  ): Promise<Result<{ readonly sessionsEnded: number }, AdministrationFailure>>;
  enable(username: string): Promise<Result<null, AdministrationFailure>>;
  /** Gives the account a new random password, which is given back this once and kept nowhere. */
  resetPassword(
    username: string,
  ): Promise<
    Result<
      { readonly password: string; readonly sessionsEnded: number; readonly disabled: boolean },
      AdministrationFailure
    >
  >;
}

export interface AdministrationDeps {
  readonly store: Pick<Store, 'db' | 'kind' | 'bus'>;
  readonly audit: Audit;
  readonly passwords: Pick<Passwords, 'generate' | 'hash'>;
  readonly clock: Pick<Clock, 'now'>;
}

const ACTOR = 'command line';

export function createAccountAdministration(deps: AdministrationDeps): AccountAdministration {
  const { audit, passwords, clock } = deps;
  const { db, kind, bus } = deps.store;

  /** After the commit: open streams end at once. */
  function tell(sessions: readonly string[]): void {
    for (const id of sessions) bus.publish({ kind: 'session_ended', id });
  }

  return {
    async list() {
      const rows = await accountRows.all(db);
      return rows.map((row) => ({
        username: row.username,
        displayName: row.display_name,
        role: row.role,
        createdAt: row.created_at,
        disabledAt: row.disabled_at,
      }));
    },

    async disable(username, { leaveNoDsl }) {
      const outcome = await db.transaction().execute(async (trx) => {
        // All of them are locked, so that two commands cannot each leave the other's DSL as the last.
        const accounts = await accountRows.lockAll(trx, kind);
        const account = accounts.find((one) => one.username === normaliseUsername(username));
        if (account === undefined) return err('unknown' as const);
        if (account.disabled_at !== null) return err('unchanged' as const);
        const others = accounts.filter(
          (one) => one.role === 'dsl' && one.disabled_at === null && one.id !== account.id,
        );
        if (account.role === 'dsl' && others.length === 0 && !leaveNoDsl) return err('last_dsl' as const);
        await accountRows.setDisabled(trx, account.id, clock.now());
        const ended = await accountRows.deleteSessionsOf(trx, account.id);
        const detail = { sessionsEnded: ended.length };
        await audit.write(trx, { actor: ACTOR, action: 'account_disabled', subject: account.id, detail });
        return ok(ended);
      });
      if (!outcome.ok) return outcome;
      tell(outcome.value);
      return ok({ sessionsEnded: outcome.value.length });
    },

    enable: (username) =>
      db.transaction().execute(async (trx) => {
        const account = await accountRows.byUsername(trx, normaliseUsername(username));
        if (account === undefined) return err('unknown' as const);
        if (account.disabled_at === null) return err('unchanged' as const);
        await accountRows.setDisabled(trx, account.id, null);
        await audit.write(trx, { actor: ACTOR, action: 'account_enabled', subject: account.id });
        return ok(null);
      }),

    async resetPassword(username) {
      const password = passwords.generate();
      const hash = await passwords.hash(password);
      const outcome = await db.transaction().execute(async (trx) => {
        const account = await accountRows.byUsername(trx, normaliseUsername(username));
        if (account === undefined) return err('unknown' as const);
        await accountRows.setPassword(trx, account.id, hash);
        // Whoever forgot the old one has tried it too often, perhaps.
        await accountRows.deleteFailuresOf(trx, account.username);
        const ended = await accountRows.deleteSessionsOf(trx, account.id);
        const detail = { sessionsEnded: ended.length };
        await audit.write(trx, {
          actor: ACTOR,
          action: 'account_password_reset',
          subject: account.id,
          detail,
        });
        return ok({ ended, disabled: account.disabled_at !== null });
      });
      if (!outcome.ok) return outcome;
      const { ended, disabled } = outcome.value;
      tell(ended);
      return ok({ password, sessionsEnded: ended.length, disabled });
    },
  };
}
