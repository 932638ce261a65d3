import { Zone, isRefusal, localTime, type Span } from '../../kernel/index.js';

/** An interval in the time of its place (P4): 2026-02-11 19:00–22:00, and with both dates where it goes over midnight. */
export function spanText({ startsAt, endsAt }: Span, zoneName: string): string {
  const zone = Zone.of(zoneName);
  if (isRefusal(zone)) throw new Error(zone.problems[0].en);
  const dateOf = (instant: number): string => localTime.formatDay(zone.value.dayOf(instant));
  const timeOf = (instant: number): string => localTime.formatTime(zone.value.minuteOf(instant));
  const end = dateOf(endsAt) === dateOf(startsAt) ? timeOf(endsAt) : `${dateOf(endsAt)} ${timeOf(endsAt)}`;
  return `${dateOf(startsAt)} ${timeOf(startsAt)}–${end}`;
}
