import { type SelectQueryBuilder, sql } from 'kysely';
import type { ItemState } from '#contract';
import type { DbOrTrx, Tables, Trx } from '../store/index.ts';
import type { Cursor } from './cursor.ts';

/** An item with its record, its device, its count and what became of its picture. */
export type ItemRow = Tables['items'] &
  Pick<Tables['records'], 'envelope'> & {
    readonly machine: string;
    readonly occurrences: number | null;
    readonly last_at: number | null;
    readonly picture_state: Tables['pictures']['state'] | null;
    readonly picture_reason: string | null;
    readonly sha256: string | null;
    readonly sealed_bytes: number | null;
    readonly media_type: Tables['pictures']['media_type'];
    readonly width: number | null;
    readonly height: number | null;
    readonly stored_at: number | null;
  };

/** What was passed on comes before what waits, among items of one severity. */
const PASSED_RANK = sql<number>`case when items.state = 'passed' then 1 else 0 end`;

function wholeItems(db: DbOrTrx) {
  return db
    .selectFrom('items')
    .innerJoin('records', 'records.id', 'items.id')
    .innerJoin('devices', 'devices.id', 'items.device_id')
    .leftJoin('repeats', (join) =>
      join.onRef('repeats.capture_id', '=', 'items.id').onRef('repeats.device_id', '=', 'items.device_id'),
    )
    .leftJoin('pictures', (join) =>
      join.onRef('pictures.record_id', '=', 'items.id').onRef('pictures.device_id', '=', 'items.device_id'),
    )
    .selectAll('items')
    .select([
      'records.envelope',
      'devices.machine',
      'repeats.occurrences',
      'repeats.last_at',
      'pictures.state as picture_state',
      'pictures.reason as picture_reason',
      'pictures.sha256',
      'pictures.sealed_bytes',
      'pictures.media_type',
      'pictures.width',
      'pictures.height',
      'pictures.stored_at',
    ]);
}

type Items = SelectQueryBuilder<Tables, 'items', object>;

export const itemRows = {
  byId: (db: DbOrTrx, id: string): Promise<ItemRow | undefined> =>
    wholeItems(db).where('items.id', '=', id).executeTakeFirst(),

  /** A page of the queue: worst first, among equals what was passed on, then newest. */
  page(
    db: DbOrTrx,
    options: { states: readonly ItemState[]; after: Cursor | null; limit: number },
  ): Promise<ItemRow[]> {
    const { states, after, limit } = options;
    let query = wholeItems(db)
      .where('items.state', 'in', states)
      .orderBy('items.severity', 'desc')
      .orderBy(PASSED_RANK, 'desc')
      .orderBy('items.received_at', 'desc')
      .orderBy('items.id', 'desc')
      .limit(limit);
    if (after !== null) {
      const [severity, passed, receivedAt, id] = after;
      query = query.where(
        sql<boolean>`(items.severity, ${PASSED_RANK}, items.received_at, items.id) < (${severity}, ${passed}, ${receivedAt}, ${id})`,
      );
    }
    return query.execute();
  },

  async counts(db: DbOrTrx, states: readonly ItemState[]): Promise<{ open: number; critical: number }> {
    const count = (query: Items) =>
      query.select((row) => row.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
    const items = db.selectFrom('items').where('state', 'in', states);
    const open = await count(items);
    const critical = await count(items.where('severity', '=', 4));
    return { open: Number(open.count), critical: Number(critical.count) };
  },

  async lastItemAt(db: DbOrTrx): Promise<number | null> {
    const row = await db
      .selectFrom('items')
      .select((item) => item.fn.max('received_at').as('at'))
      .executeTakeFirst();
    return row?.at ?? null;
  },

  async deviceCounts(db: DbOrTrx, seenSince: number): Promise<{ total: number; watching: number }> {
    const devices = db
      .selectFrom('devices')
      .where('revoked_at', 'is', null)
      .where('superseded_by', 'is', null)
      .select((row) => row.fn.countAll<number>().as('count'));
    const total = await devices.executeTakeFirstOrThrow();
    const watching = await devices.where('last_seen_at', '>=', seenSince).executeTakeFirstOrThrow();
    return { total: Number(total.count), watching: Number(watching.count) };
  },

  /** Moves an item on if it is still in `from`. */
  async move(trx: Trx, id: string, from: ItemState, to: ItemState): Promise<boolean> {
    const row = await trx
      .updateTable('items')
      .set({ state: to })
      .where('id', '=', id)
      .where('state', '=', from)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },

  history: (db: DbOrTrx, itemId: string) =>
    db
      .selectFrom('item_history')
      .innerJoin('accounts', 'accounts.id', 'item_history.account_id')
      .select([
        'item_history.id',
        'item_history.at',
        'item_history.account_id',
        'item_history.action',
        'item_history.note',
        'accounts.display_name',
      ])
      .where('item_id', '=', itemId)
      .orderBy('item_history.at')
      .orderBy('item_history.id')
      .execute(),

  insertHistory: (trx: DbOrTrx, entry: Tables['item_history']) =>
    trx.insertInto('item_history').values(entry).execute(),
};
