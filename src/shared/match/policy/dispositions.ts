import {
  type Audience,
  type Category,
  type Disposition,
  type DispositionRule,
  LOCKED_CATEGORIES,
} from '#contract';
import type { MatchContext } from '../types.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What a category means for the person at that moment, and why. */
export interface Judgement {
  readonly disposition: Disposition;
  readonly reason: string;
}

/** Says what hits of a category mean. */
export interface Dispositions {
  judge(category: Category, context: MatchContext): Judgement;
}

/**
 * Makes the school's grid of category x audience. What the grid does not say is unacceptable; the locked categories
 * are unacceptable and illegal whatever it says. An `acceptable_at_certain_times` outside its times, and an
 * `acceptable_for_nominated_users` for others, come out as `unacceptable`. `timeZone` is an IANA name.
 */
export function createDispositions(rules: readonly DispositionRule[], timeZone: string): Dispositions {
  const grid = new Map<Category, Map<Audience, DispositionRule>>();
  for (const rule of rules) {
    const row = grid.get(rule.category) ?? new Map<Audience, DispositionRule>();
    grid.set(rule.category, row.set(rule.audience, rule));
  }
  let clock: Intl.DateTimeFormat | undefined;

  /** The school's wall clock: day of the week and minutes since midnight. */
  function schoolTime(at: number): { day: string; minutes: number; words: string } {
    clock ??= new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const parts = new Map(clock.formatToParts(at).map((part) => [part.type, part.value]));
    const time = `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`;
    const day = (parts.get('weekday') ?? '').slice(0, 3).toLowerCase();
    return { day, minutes: minutesOf(time), words: `${day} ${time}` };
  }

  function atCertainTimes(rule: DispositionRule, context: MatchContext): Judgement {
    const now = schoolTime(context.at);
    for (const time of rule.times ?? []) {
      if (!isWithin(time, now)) continue;
      const reason = `acceptable for ${rule.audience} from ${time.from} to ${time.to}, and it was ${now.words}`;
      return { disposition: 'acceptable_at_certain_times', reason };
    }
    const reason = `acceptable for ${rule.audience} at certain times only, and it was ${now.words}`;
    return { disposition: 'unacceptable', reason };
  }

  function forNominatedUsers(rule: DispositionRule, context: MatchContext): Judgement {
    const user = context.user?.toLowerCase();
    if (user !== undefined && rule.users?.some((one) => one.toLowerCase() === user) === true) {
      return { disposition: 'acceptable_for_nominated_users', reason: 'the signed-in user is nominated' };
    }
    return { disposition: 'unacceptable', reason: 'acceptable for nominated users only' };
  }

  return {
    judge(category, context) {
      if (LOCKED_CATEGORIES.has(category)) {
        return {
          disposition: 'unacceptable_and_illegal',
          reason: `${category} is locked: no policy changes it`,
        };
      }
      const rule = grid.get(category)?.get(context.audience);
      if (rule === undefined) {
        const reason = `the policy says nothing else about ${category} for ${context.audience}`;
        return { disposition: 'unacceptable', reason };
      }
      if (rule.disposition === 'acceptable_at_certain_times') return atCertainTimes(rule, context);
      if (rule.disposition === 'acceptable_for_nominated_users') return forNominatedUsers(rule, context);
      return { disposition: rule.disposition, reason: `the policy for ${category} and ${rule.audience}` };
    },
  };
}

/** Whether a time of the week is on. One that ends before it begins goes over midnight and is of the day it begins on. */
function isWithin(
  time: NonNullable<DispositionRule['times']>[number],
  now: { readonly day: string; readonly minutes: number },
): boolean {
  const from = minutesOf(time.from);
  const to = minutesOf(time.to);
  const isDay = (day: string | undefined): boolean => time.days.some((one) => one === day);
  if (from < to) return isDay(now.day) && now.minutes >= from && now.minutes < to;
  const before = DAYS[(DAYS.indexOf(now.day) + 6) % 7];
  return now.minutes >= from ? isDay(now.day) : now.minutes < to && isDay(before);
}

/** Whether hits of this disposition are nobody's concern. */
export function isAcceptable(disposition: Disposition): boolean {
  return disposition !== 'unacceptable' && disposition !== 'unacceptable_and_illegal';
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
