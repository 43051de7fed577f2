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

/** Where an item stands in the order of the queue: compared from left to right, the largest first. */
type Position = Pick<Tables['items'], 'severity' | 'state' | 'received_at' | 'id'>;

const passedRank = (state: ItemState): number => (state === 'passed' ? 1 : 0);

/** The cursor that continues after an item. */
export function positionOf({ severity, state, received_at, id }: Position): Cursor {
  return [severity, passedRank(state), received_at, id];
}

/** Worst first, among equals what was passed on, then newest. */
function comparePositions(a: Position, b: Position): number {
  return (
    b.severity - a.severity ||
    passedRank(b.state) - passedRank(a.state) ||
    b.received_at - a.received_at ||
    (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
  );
}

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

/** The first items of one state, after the cursor. */
function headOf(db: DbOrTrx, state: ItemState, after: Cursor | null, limit: number): Promise<Position[]> {
  const query = db
    .selectFrom('items')
    .select(['id', 'state', 'severity', 'received_at'])
    .where('state', '=', state)
    .orderBy('severity', 'desc')
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (after === null) return query.execute();
  const [severity, passed, receivedAt, id] = after;
  const rank = passedRank(state);
  // Of the cursor's severity: everything of this state, nothing, or what comes after the cursor's item.
  const rest =
    rank < passed
      ? sql<boolean>`true`
      : rank > passed
        ? sql<boolean>`false`
        : sql<boolean>`(received_at, id) < (${receivedAt}, ${id})`;
  return query
    .where('severity', '<=', severity)
    .where((where) => where.or([where('severity', '<', severity), rest]))
    .execute();
}

type Items = SelectQueryBuilder<Tables, 'items', object>;

export const itemRows = {
  byId: (db: DbOrTrx, id: string): Promise<ItemRow | undefined> =>
    wholeItems(db).where('items.id', '=', id).executeTakeFirst(),

  /**
   * A page of the queue. Each state is read in the order of its index and the states are merged, so a page costs
   * the same however long the queue is.
   */
  async page(
    db: DbOrTrx,
    options: { states: readonly ItemState[]; after: Cursor | null; limit: number },
  ): Promise<ItemRow[]> {
    const { states, after, limit } = options;
    const heads = await Promise.all(states.map((state) => headOf(db, state, after, limit)));
    const ids = heads
      .flat()
      .sort(comparePositions)
      .slice(0, limit)
      .map(({ id }) => id);
    if (ids.length === 0) return [];
    const rows = await wholeItems(db).where('items.id', 'in', ids).execute();
    return rows.sort(comparePositions);
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
