import { Zone, isRefusal, localTime, type Span } from '../../kernel/index.js';

/** An instant in the time of its place (P4): 2026-02-11 15:30. */
export function instantText(at: number, zoneName: string): string {
  const { dateOf, timeOf } = wordsOf(zoneName);
  return `${dateOf(at)} ${timeOf(at)}`;
}

/** An interval in the time of its place (P4): 2026-02-11 19:00–22:00, and with both dates where it goes over midnight. */
export function spanText({ startsAt, endsAt }: Span, zoneName: string): string {
  const { dateOf, timeOf } = wordsOf(zoneName);
  const end = dateOf(endsAt) === dateOf(startsAt) ? timeOf(endsAt) : `${dateOf(endsAt)} ${timeOf(endsAt)}`;
  return `${dateOf(startsAt)} ${timeOf(startsAt)}–${end}`;
}

function wordsOf(zoneName: string): Readonly<Record<'dateOf' | 'timeOf', (instant: number) => string>> {
  const zone = Zone.of(zoneName);
  if (isRefusal(zone)) throw new Error(zone.problems[0].en);
  return { dateOf: instant => localTime.formatDay(zone.value.dayOf(instant)), timeOf: instant => localTime.formatTime(zone.value.minuteOf(instant)) };
}
