import type { Clock } from '#kernel';
import type { Random } from '../platform/random.ts';
import type { DbOrTrx } from '../store/index.ts';

/** What someone did. Codes, counts and ids only; never evidence, names or secrets. */
export interface AuditEntry {
  /** An account's id, `device:` and an id, or `command line`. */
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** The trail of every view and change by staff. */
export interface Audit {
  /** Writes an entry in the caller's transaction: a change without its entry cannot be committed. */
  write(trx: DbOrTrx, entry: AuditEntry): Promise<void>;
}

/** Makes the audit trail. */
export function createAudit(deps: {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'id'>;
}): Audit {
  return {
    async write(trx, { actor, action, subject, detail = {} }) {
      await trx
        .insertInto('audit')
        .values({
          id: deps.random.id(),
          at: deps.clock.now(),
          actor,
          action,
          subject,
          detail: JSON.stringify(detail),
        })
        .execute();
    },
  };
}
