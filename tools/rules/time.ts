/**
 * A time of the command line, in milliseconds since 1970: a number of them, or `2026-03-02T10:15` in `timeZone` (an IANA
 * name), where seconds, or the time of day, may be left out; with `Z` or `+01:00` behind, in that zone. null for anything
 * else. Of an hour that the clock strikes twice, the first.
 */
export function timeOf(text: string, timeZone: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;
  const [, day = '', time = '00:00', zone] = form.exec(text) ?? [];
  const at = Date.parse(`${day}T${time}${zone?.toUpperCase() ?? 'Z'}`);
  if (Number.isNaN(at)) return null;
  if (zone !== undefined) return at;
  // The zone's clock is asked a day on both sides: it changes at most once between.
  const dayMs = 86_400_000;
  const earlier = at - clockAheadMs(at - dayMs, timeZone);
  const later = at - clockAheadMs(at + dayMs, timeZone);
  return earlier + clockAheadMs(earlier, timeZone) === at ? earlier : later;
}

/** How far the clock of a zone is ahead of UTC. */
function clockAheadMs(at: number, timeZone: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const part = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0;
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at / 1_000) * 1_000;
}
