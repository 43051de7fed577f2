const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Times as people at the school read them. */
export interface Times {
  /** "Tuesday 3 November 2026 at 14:02:31", for hover and screen readers. */
  exact(at: number): string;
  /** "14:02" today, "yesterday 14:02", "Mon 14:02" within a week, then "3 Nov, 14:02" and with the year when it is another. */
  short(at: number, now: number): string;
  /** "just now", "4 min ago", "2 h ago" up to half a day, then as {@link Times.short}. */
  relative(at: number, now: number): string;
  /** "14:02:31", for what came just before. */
  clock(at: number): string;
}

/** Makes times in one IANA zone, the school's. A zone the browser does not know reads as UTC and says so. */
export function createTimes(timeZone: string, locale = 'en-GB'): Times {
  const zone = isKnown(timeZone) ? timeZone : 'UTC';
  const suffix = zone === timeZone ? '' : ' UTC';
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const exact = format({ dateStyle: 'full', timeStyle: 'medium' });
  const hours = format({ hour: '2-digit', minute: '2-digit' });
  const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const weekday = format({ weekday: 'short' });
  const dayMonth = format({ day: 'numeric', month: 'short' });
  const dayMonthYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const dayParts = format({ year: 'numeric', month: '2-digit', day: '2-digit' });

  /** Days since 1970 of the calendar date in the school's zone, so that "yesterday" is right across clock changes. */
  function calendarDay(at: number): number {
    const part = (type: string) =>
      Number(dayParts.formatToParts(at).find((each) => each.type === type)?.value);
    return Date.UTC(part('year'), part('month') - 1, part('day')) / DAY;
  }

  function short(at: number, now: number): string {
    const days = calendarDay(now) - calendarDay(at);
    const time = hours.format(at) + suffix;
    if (days === 0) return time;
    if (days === 1) return `yesterday ${time}`;
    if (days > 1 && days < 7) return `${weekday.format(at)} ${time}`;
    const sameYear = dayMonthYear.format(at).slice(-4) === dayMonthYear.format(now).slice(-4);
    return `${(sameYear ? dayMonth : dayMonthYear).format(at)}, ${time}`;
  }

  return {
    exact: (at) => exact.format(at) + suffix,
    clock: (at) => seconds.format(at) + suffix,
    short,
    relative(at, now) {
      const age = now - at;
      if (age < -MINUTE) return short(at, now);
      if (age < MINUTE) return 'just now';
      if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
      if (age < 12 * HOUR && calendarDay(at) === calendarDay(now)) return `${Math.floor(age / HOUR)} h ago`;
      return short(at, now);
    },
  };
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).format(0) !== '';
  } catch {
    return false;
  }
}

/** A duration in the largest unit that says enough: "3 min", "5 h", "12 days". */
export function duration(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} days`;
}
