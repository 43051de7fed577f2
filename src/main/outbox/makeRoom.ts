import { type Dropped, priorityRank } from '#contract';
import type { Change, OutboxStore, Victim } from './store.ts';

/** What is given up, in this order: of each class the pictures first, of each kind the oldest first. */
const CLASSES: readonly (readonly [Victim['what'], number])[] = [
  ['blob', priorityRank('low')],
  ['record', priorityRank('health')],
  ['record', priorityRank('low')],
  ['blob', priorityRank('medium')],
  ['record', priorityRank('medium')],
  ['blob', priorityRank('high')],
  ['record', priorityRank('high')],
  ['blob', priorityRank('report')],
  ['blob', priorityRank('critical')],
];

/** Room is made down to this part of the limit, so that it is made seldom. */
const TARGET = 0.95;
/** Bounds one round: the contract's longest list of ranges. */
const MAX_VICTIMS = 1_000;

export interface Room {
  readonly change: Change;
  readonly admission: Pick<Dropped, 'reason' | 'sequences' | 'screenshots'>;
  readonly victims: number;
}

/** Chooses what to give up so that the store fits its limit again; null where it fits or nothing may be given up. */
export function makeRoom(store: Pick<OutboxStore, 'totals' | 'victims'>, maxBytes: number): Room | null {
  const { bytes } = store.totals();
  if (bytes <= maxBytes) return null;
  const toFreeBytes = bytes - maxBytes * TARGET;
  const chosen: Victim[] = [];
  let freedBytes = 0;
  for (const [what, rank] of CLASSES) {
    if (freedBytes >= toFreeBytes || chosen.length >= MAX_VICTIMS) break;
    for (const victim of store.victims(what, rank, MAX_VICTIMS - chosen.length)) {
      if (freedBytes >= toFreeBytes) break;
      chosen.push(victim);
      freedBytes += victim.bytes;
    }
  }
  if (chosen.length === 0) return null;
  const records = chosen.filter((victim) => victim.what === 'record').map((victim) => victim.sequence);
  const screenshots = new Set(chosen.flatMap((victim) => victim.screenshotOf ?? []));
  return {
    change: {
      remove: records,
      removeBlobs: chosen.flatMap((victim) => victim.sha256 ?? []),
    },
    admission: { reason: 'storage_full', sequences: ranges(records), screenshots: [...screenshots] },
    victims: chosen.length,
  };
}

/** Numbers as inclusive ranges. */
function ranges(numbers: readonly number[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const last = found.at(-1);
    if (last !== undefined && last.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found;
}
