import type { z } from 'zod';
import type { decisionRequestSchema, ItemState, Permission } from '#contract';

export type Decision = z.infer<typeof decisionRequestSchema>['decision'];

interface Situation {
  readonly state: ItemState;
  readonly permissions: readonly Permission[];
  /** Whether this person made the last decision on the item. */
  readonly own: boolean;
}

/**
 * What each decision leads to.
 *
 * First review (`review`): a waiting item is no concern or goes to the DSL; one's own "no concern" can be taken
 * back. Deciding (`decide`, the DSL): anything open is no concern or has its action recorded; anything closed
 * can be opened again, and is then the DSL's.
 */
export function nextState(decision: Decision, { state, permissions, own }: Situation): ItemState | null {
  const decides = permissions.includes('decide');
  const reviews = permissions.includes('review');
  const open = state === 'waiting' || state === 'passed';
  switch (decision) {
    case 'no_concern':
      return (decides && open) || (reviews && state === 'waiting') ? 'no_concern' : null;
    case 'pass':
      return reviews && !decides && state === 'waiting' ? 'passed' : null;
    case 'record_action':
      return decides && open ? 'action_recorded' : null;
    case 'reopen':
      if (open) return null;
      if (decides) return 'passed';
      return reviews && state === 'no_concern' && own ? 'waiting' : null;
  }
}

const DECISIONS: readonly Decision[] = ['no_concern', 'pass', 'record_action', 'reopen'];

/** Every decision this person can make now. */
export function allowedDecisions(situation: Situation): Decision[] {
  return DECISIONS.filter((decision) => nextState(decision, situation) !== null);
}

/** What this person should look at now: a reviewer what waits, the DSL also what was passed on. */
export function openStates(permissions: readonly Permission[]): readonly ItemState[] {
  return permissions.includes('decide') ? ['passed', 'waiting'] : ['waiting'];
}
