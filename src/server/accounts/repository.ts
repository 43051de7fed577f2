import type { Role } from '#contract';
import type { DbOrTrx, Tables } from '../store/index.ts';

export type AccountRow = Tables['accounts'];
export interface SessionRow {
  readonly id: string;
  readonly created_at: number;
  readonly active_at: number;
  readonly account_id: string;
  readonly username: string;
  readonly display_name: string;
  readonly role: Role;
}

/** User names differ by more than case and composition; half pairs and zeros are in nobody's. */
export function normaliseUsername(username: string): string {
  return username.toWellFormed().replaceAll('\0', '\ufffd').trim().normalize('NFKC').toLowerCase();
}

/** The rows of accounts, sessions and failed attempts. Each function takes the connection or transaction. */
export const accountRows = {
  byUsername: (db: DbOrTrx, username: string): Promise<AccountRow | undefined> =>
    db.selectFrom('accounts').selectAll().where('username', '=', username).executeTakeFirst(),

  async insert(db: DbOrTrx, account: AccountRow): Promise<'inserted' | 'taken'> {
    const inserted = await db
      .insertInto('accounts')
      .values(account)
      .onConflict((conflict) => conflict.column('username').doNothing())
      .returning('id')
      .executeTakeFirst();
    return inserted === undefined ? 'taken' : 'inserted';
  },

  session: (db: DbOrTrx, id: string): Promise<SessionRow | undefined> =>
    db
      .selectFrom('sessions')
      .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
      .select([
        'sessions.id',
        'sessions.created_at',
        'sessions.active_at',
        'sessions.account_id',
        'accounts.username',
        'accounts.display_name',
        'accounts.role',
      ])
      .where('sessions.id', '=', id)
      .executeTakeFirst(),

  insertSession: (db: DbOrTrx, session: Tables['sessions']) =>
    db.insertInto('sessions').values(session).execute(),

  touchSession: (db: DbOrTrx, id: string, at: number) =>
    db.updateTable('sessions').set({ active_at: at }).where('id', '=', id).execute(),

  deleteSession: (db: DbOrTrx, id: string) => db.deleteFrom('sessions').where('id', '=', id).execute(),

  deleteSessionsBefore: (db: DbOrTrx, createdBefore: number) =>
    db.deleteFrom('sessions').where('created_at', '<', createdBefore).execute(),

  insertFailure: (db: DbOrTrx, failure: Tables['sign_in_failures']) =>
    db.insertInto('sign_in_failures').values(failure).execute(),

  deleteFailure: (db: DbOrTrx, id: string) =>
    db.deleteFrom('sign_in_failures').where('id', '=', id).execute(),

  deleteFailures: (db: DbOrTrx, username: string, address: string) =>
    db
      .deleteFrom('sign_in_failures')
      .where('username', '=', username)
      .where('address', '=', address)
      .execute(),

  deleteFailuresBefore: (db: DbOrTrx, before: number) =>
    db.deleteFrom('sign_in_failures').where('at', '<', before).execute(),

  /** Failures since `since`, newest first, of this account or from this address. */
  failures: (db: DbOrTrx, username: string, address: string, since: number) =>
    db
      .selectFrom('sign_in_failures')
      .select(['id', 'username', 'address', 'at'])
      .where('at', '>=', since)
      .where((where) => where.or([where('username', '=', username), where('address', '=', address)]))
      .orderBy('at', 'desc')
      .limit(200)
      .execute(),
};
