import type { z } from 'zod';
import type {
  decisionRequestSchema,
  ItemResponse,
  Permission,
  QueueItem,
  QueueResponse,
  queueQuerySchema,
} from '#contract';
import { severityOfRank } from '#contract';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Opener } from '#seal';
import type { Audit } from '../audit/index.ts';
import type { Random } from '../platform/random.ts';
import type { DbOrTrx, Store, Tables } from '../store/index.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { noteContext } from './notes.ts';
import { type PresentDeps, presentItem, screenshotState } from './present.ts';
import { type ItemRow, itemRows, positionOf } from './repository.ts';
import { allowedDecisions, type Decision, nextState, openStates } from './transitions.ts';

/** Who looks or decides. */
export interface Reviewer {
  readonly accountId: string;
  readonly sessionId: string;
  readonly permissions: readonly Permission[];
}

export interface Review {
  queue(
    reviewer: Reviewer,
    query: z.infer<typeof queueQuerySchema>,
  ): Promise<Result<QueueResponse, 'bad_cursor'>>;
  /** `deliberate`: a person opened it; a reload in the background is written down only if it shows it first. */
  item(reviewer: Reviewer, id: string, deliberate: boolean): Promise<ItemResponse | null>;
  screenshot(
    reviewer: Reviewer,
    id: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string } | null>;
  decide(
    reviewer: Reviewer,
    id: string,
    request: z.infer<typeof decisionRequestSchema>,
  ): Promise<Result<null, 'not_found' | 'state_changed' | 'not_allowed' | 'note_missing'>>;
}

export interface ReviewDeps extends PresentDeps {
  readonly store: Pick<Store, 'db' | 'blobs' | 'bus'>;
  readonly opener: () => Opener;
  readonly notes: () => {
    sealText(text: string, context: string): string;
    openText(sealed: string, context: string): string | null;
  };
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'id'>;
  /** A device heard of within this time counts as watching. */
  readonly watchingWithinMs: number;
  /** Told of an item whose record does not open: a fault of keys or disk. */
  readonly onUnreadable: (id: string, reason: string) => void;
}

const ACTIONS: Readonly<Record<Decision, Tables['item_history']['action']>> = {
  no_concern: 'no_concern',
  pass: 'passed',
  record_action: 'action_recorded',
  reopen: 'reopened',
};
const DECIDING: ReadonlySet<string> = new Set(Object.values(ACTIONS));
/** Sessions whose list of shown items is remembered. */
const MAX_SESSIONS = 500;

export function createReview(deps: ReviewDeps): Review {
  const { store, notes, audit, clock, random } = deps;
  const { db, blobs, bus } = store;
  /** Which items each session has been shown in a list, so that the audit names each of them once. */
  const shown = new Map<string, Set<string>>();

  async function noteListed(reviewer: Reviewer, items: readonly Pick<QueueItem, 'id'>[]): Promise<void> {
    let known = shown.get(reviewer.sessionId);
    if (known === undefined) {
      if (shown.size >= MAX_SESSIONS) shown.delete(shown.keys().next().value ?? '');
      known = new Set();
      shown.set(reviewer.sessionId, known);
    }
    const fresh = items.map(({ id }) => id).filter((id) => !known.has(id));
    if (fresh.length === 0) return;
    const { accountId: actor } = reviewer;
    await audit.write(db, { actor, action: 'items_listed', subject: null, detail: { items: fresh } });
    for (const id of fresh) known.add(id);
  }

  async function present(row: ItemRow) {
    const item = await presentItem(deps, row);
    if (item.ok) return item.value;
    deps.onUnreadable(row.id, item.error);
    return null;
  }

  /** An entry in the item's history and in the audit trail, in the caller's transaction. */
  async function write(
    trx: DbOrTrx,
    reviewer: Reviewer,
    itemId: string,
    action: Tables['item_history']['action'],
    note: string | null,
  ): Promise<void> {
    const id = random.id();
    const sealed = note === null ? null : notes().sealText(note, noteContext(itemId, id));
    const { accountId } = reviewer;
    await itemRows.insertHistory(trx, {
      id,
      item_id: itemId,
      at: clock.now(),
      account_id: accountId,
      action,
      note: sealed,
    });
    await audit.write(trx, { actor: accountId, action: `item_${action}`, subject: itemId });
  }

  async function lastDecisionIsOwn(trx: DbOrTrx, reviewer: Reviewer, itemId: string): Promise<boolean> {
    const history = await itemRows.history(trx, itemId);
    const last = history.findLast(({ action }) => DECIDING.has(action));
    return last?.account_id === reviewer.accountId;
  }

  return {
    async queue(reviewer, { show, limit, after }) {
      const cursor = after === undefined ? null : readCursor(after);
      if (after !== undefined && cursor === null) return err('bad_cursor');
      const open = openStates(reviewer.permissions);
      const all = ['waiting', 'passed', 'no_concern', 'action_recorded'] as const;
      const states =
        show === 'open' ? open : show === 'all' ? all : all.filter((state) => !open.includes(state));
      const rows = await itemRows.page(db, { states, after: cursor, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const items = (await Promise.all(page.map(present))).filter((item) => item !== null);
      await noteListed(reviewer, items);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return ok({
        items,
        unreadable: page.length - items.length,
        nextCursor: last === undefined ? null : writeCursor(positionOf(last)),
        counts: await itemRows.counts(db, open),
        lastItemAt: await itemRows.lastItemAt(db),
        devices: await itemRows.deviceCounts(db, clock.now() - deps.watchingWithinMs),
      });
    },

    async item(reviewer, id, deliberate) {
      const row = await itemRows.byId(db, id);
      const item = row === undefined ? null : await present(row);
      if (row === undefined || item === null) return null;
      const entries = await db.transaction().execute(async (trx) => {
        const before = await itemRows.history(trx, id);
        const seen = before.some(
          ({ account_id, action }) => account_id === reviewer.accountId && action === 'viewed',
        );
        if (!deliberate && seen) return before;
        await write(trx, reviewer, id, 'viewed', null);
        return itemRows.history(trx, id);
      });
      const lastDecision = entries.findLast(({ action }) => DECIDING.has(action));
      const own = lastDecision?.account_id === reviewer.accountId;
      return {
        item,
        history: [
          { at: row.received_at, by: row.machine, action: 'received' as const, note: null },
          ...entries.map((entry) => ({
            at: entry.at,
            by: entry.display_name,
            action: entry.action,
            note: entry.note === null ? null : notes().openText(entry.note, noteContext(id, entry.id)),
          })),
        ],
        screenshot: screenshotState(row),
        allowed: allowedDecisions({ state: row.state, permissions: reviewer.permissions, own }),
      };
    },

    async screenshot(reviewer, id) {
      const row = await itemRows.byId(db, id);
      if (row === undefined || row.sha256 === null || row.media_type === null || row.stored_at === null)
        return null;
      const sealed = await blobs.get(row.sha256);
      const opened = sealed === null ? null : await deps.opener().openBlob(id, sealed);
      if (opened === null || !opened.ok) {
        deps.onUnreadable(id, opened === null ? 'blob_missing' : opened.error.kind);
        return null;
      }
      await db.transaction().execute((trx) => write(trx, reviewer, id, 'screenshot_viewed', null));
      return { bytes: opened.value, mediaType: row.media_type };
    },

    async decide(reviewer, id, { decision, note, from }) {
      if (decision === 'record_action' && note === '') return err('note_missing');
      const outcome = await db.transaction().execute(async (trx) => {
        const row = await itemRows.byId(trx, id);
        if (row === undefined) return err('not_found' as const);
        if (row.state !== from) return err('state_changed' as const);
        const own = await lastDecisionIsOwn(trx, reviewer, id);
        const to = nextState(decision, { state: from, permissions: reviewer.permissions, own });
        if (to === null) return err('not_allowed' as const);
        if (!(await itemRows.move(trx, id, from, to))) return err('state_changed' as const);
        await write(trx, reviewer, id, ACTIONS[decision], note === '' ? null : note);
        return ok({ state: to, severity: row.severity });
      });
      if (!outcome.ok) return outcome;
      const { state, severity } = outcome.value;
      bus.publish({ kind: 'item', id, severity: severityOfRank(severity), state });
      return ok(null);
    },
  };
}
