import { createDice, type Dice } from './dice.ts';

/** One thing that is done to the school on purpose. Times are milliseconds from the start. */
export type Blow = { readonly atMs: number } & (
  | { readonly kind: 'kill-agent'; readonly agent: number; readonly restartAfterMs: number }
  | { readonly kind: 'kill-server'; readonly restartAfterMs: number }
  | {
      readonly kind: 'full-disk';
      readonly agent: number;
      readonly lastsMs: number;
      /** What the agent gives up is taken by others at once. */
      readonly greedy: boolean;
      /** The agent is killed while its disk is full, and starts again on a full disk; on a greedy one twice. */
      readonly killAfterMs: number | null;
    }
  | { readonly kind: 'jump-clock'; readonly agent: number; readonly byMs: number }
  | { readonly kind: 'jump-server-clock'; readonly byMs: number }
  | { readonly kind: 'new-policy' }
);

export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly agents: number;
}

/** One run of the torture. */
export interface TortureOptions extends ScheduleOptions {
  /** Keeps the folder with data and logs. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

const HOUR_MS = 3_600_000;
/** So long at the start nothing is killed: the first records are on their way. */
const CALM_START_MS = 1_000;

/**
 * Everything that will be done, decided by the seed alone: the same seed, duration and number of agents give the
 * same blows at the same instants. A process is killed once every few seconds, whatever else goes on.
 */
export function planBlows({ seed, durationMs, agents }: ScheduleOptions): readonly Blow[] {
  const dice = createDice(seed);
  const blows: Blow[] = [];
  const seconds = durationMs / 1_000;
  const some = (everySeconds: number) => Math.max(1, Math.round(seconds / everySeconds));
  const anyTime = () => dice.between(CALM_START_MS, Math.max(CALM_START_MS, durationMs - 1_000));
  const anyAgent = () => dice.between(0, agents - 1);

  for (let count = 0; count < some(40 / agents); count++) {
    const restartAfterMs = dice.between(50, 2_000);
    blows.push({ atMs: anyTime(), kind: 'kill-agent', agent: anyAgent(), restartAfterMs });
  }
  for (let count = 0; count < some(15); count++) {
    blows.push({ atMs: anyTime(), kind: 'kill-server', restartAfterMs: dice.between(50, 3_000) });
  }
  // Of each four: one lasts, one is greedy, and of each of these one is survived and one is not.
  for (let count = 0; count < Math.max(4, some(100 / agents)); count++) {
    const lastsMs = dice.between(2_000, 8_000);
    const killAfterMs = count % 2 === 0 ? dice.between(500, lastsMs - 500) : null;
    blows.push({
      atMs: anyTime(),
      kind: 'full-disk',
      agent: anyAgent(),
      lastsMs,
      greedy: count % 4 < 2,
      killAfterMs,
    });
  }
  for (let count = 0; count < some(80 / agents); count++) {
    blows.push({ atMs: anyTime(), kind: 'jump-clock', agent: anyAgent(), byMs: jump(dice) });
  }
  for (let count = 0; count < some(30); count++) {
    blows.push({ atMs: anyTime(), kind: 'jump-server-clock', byMs: jump(dice) });
  }
  blows.push({ atMs: Math.round(durationMs / 2), kind: 'new-policy' });
  return blows.toSorted((one, other) => one.atMs - other.atMs);
}

/** Minutes, hours, or a battery that forgot the year. */
function jump(dice: Dice): number {
  const size = dice.pick([60_000, HOUR_MS, 24 * HOUR_MS, 365 * 24 * HOUR_MS]);
  return dice.between(1, 3) * size * dice.pick([-1, 1]);
}
