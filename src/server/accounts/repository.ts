import type { Role } from '#contract';
import type { DatabaseKind, DbOrTrx, Tables, Trx } from '../store/index.ts';

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

  all: (db: DbOrTrx): Promise<AccountRow[]> =>
    db.selectFrom('accounts').selectAll().orderBy('username').execute(),

  /** Every account, locked until the transaction ends. */
  lockAll(trx: Trx, kind: DatabaseKind): Promise<AccountRow[]> {
    const query = trx.selectFrom('accounts').selectAll().orderBy('id');
    return (kind === 'postgres' ? query.forUpdate() : query).execute();
  },

  setDisabled: (trx: Trx, id: string, at: number | null) =>
    trx.updateTable('accounts').set({ disabled_at: at }).where('id', '=', id).execute(),

  setPassword: (trx: Trx, id: string, hash: string) =>
    trx.updateTable('accounts').set({ password_hash: hash }).where('id', '=', id).execute(),

  /** Whether someone may sign in with this account and password; it stays so until the transaction ends. */
  async lockUsable(trx: Trx, kind: DatabaseKind, id: string, hash: string): Promise<boolean> {
    const query = trx
      .selectFrom('accounts')
      .select('id')
      .where('id', '=', id)
      .where('password_hash', '=', hash)
      .where('disabled_at', 'is', null);
    const row = await (kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
    return row !== undefined;
  },

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
      .where('accounts.disabled_at', 'is', null)
      .executeTakeFirst(),

  insertSession: (db: DbOrTrx, session: Tables['sessions']) =>
    db.insertInto('sessions').values(session).execute(),

  touchSession: (db: DbOrTrx, id: string, at: number) =>
    db.updateTable('sessions').set({ active_at: at }).where('id', '=', id).execute(),

  deleteSession: (db: DbOrTrx, id: string) => db.deleteFrom('sessions').where('id', '=', id).execute(),

  /** Returns their ids. */
  async deleteSessionsOf(trx: Trx, accountId: string): Promise<readonly string[]> {
    const rows = await trx
      .deleteFrom('sessions')
      .where('account_id', '=', accountId)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  },

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

  deleteFailuresOf: (trx: Trx, username: string) =>
    trx.deleteFrom('sign_in_failures').where('username', '=', username).execute(),

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
