import type { Heartbeat } from '#contract';
import type { DatabaseKind, DbOrTrx, Tables, Trx } from '../store/index.ts';

export type DeviceRow = Tables['devices'];
export type TokenRow = Tables['enrolment_tokens'];

/** A text as both databases keep it: PostgreSQL has no zero character, and neither keeps half a pair. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** The rows of devices and enrolment tokens. */
export const deviceRows = {
  byId: (db: DbOrTrx, id: string): Promise<DeviceRow | undefined> =>
    db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst(),

  byPublicKey: (db: DbOrTrx, publicKey: string): Promise<DeviceRow | undefined> =>
    db.selectFrom('devices').selectAll().where('public_key', '=', publicKey).executeTakeFirst(),

  all: (db: DbOrTrx): Promise<DeviceRow[]> =>
    db.selectFrom('devices').selectAll().orderBy('machine').orderBy('id').execute(),

  insert: (trx: Trx, device: DeviceRow) => trx.insertInto('devices').values(device).execute(),

  /** Marks every other valid enrolment of this hardware as superseded. Returns their ids. */
  async supersede(trx: Trx, hardwareId: string, by: string): Promise<readonly string[]> {
    const rows = await trx
      .updateTable('devices')
      .set({ superseded_by: by })
      .where('hardware_id', '=', hardwareId)
      .where('id', '!=', by)
      .where('superseded_by', 'is', null)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  },

  /** Returns whether the device was there and not yet revoked. */
  async revoke(trx: DbOrTrx, id: string, at: number, reason: string | null): Promise<boolean> {
    const row = await trx
      .updateTable('devices')
      .set({ revoked_at: at, revoked_reason: reason })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },

  saveHeartbeat: (trx: Trx, id: string, at: number, heartbeat: Heartbeat) =>
    trx
      .updateTable('devices')
      .set({
        last_seen_at: at,
        agent_version: storable(heartbeat.agentVersion),
        policy_received: heartbeat.policyReceived,
        policy_applied: heartbeat.policyApplied,
        health: JSON.stringify(heartbeat.health),
        queue: JSON.stringify(heartbeat.queue),
      })
      .where('id', '=', id)
      .execute(),

  insertToken: (db: DbOrTrx, token: TokenRow) => db.insertInto('enrolment_tokens').values(token).execute(),

  tokens: (db: DbOrTrx): Promise<TokenRow[]> =>
    db.selectFrom('enrolment_tokens').selectAll().orderBy('created_at').orderBy('id').execute(),

  /** Returns whether the token was there and not yet withdrawn. */
  async withdrawToken(trx: DbOrTrx, id: string, at: number): Promise<boolean> {
    const row = await trx
      .updateTable('enrolment_tokens')
      .set({ withdrawn_at: at })
      .where('id', '=', id)
      .where('withdrawn_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },

  /** The token, locked until the transaction ends, so that two enrolments cannot share its last use. */
  lockToken(trx: Trx, kind: DatabaseKind, id: string): Promise<TokenRow | undefined> {
    const query = trx.selectFrom('enrolment_tokens').selectAll().where('id', '=', id);
    return (kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
  },

  countUse: (trx: Trx, id: string) =>
    trx
      .updateTable('enrolment_tokens')
      .set((row) => ({ used: row('used', '+', 1) }))
      .where('id', '=', id)
      .execute(),
};
