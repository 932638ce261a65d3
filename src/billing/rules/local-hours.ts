import { localTime, weekPattern, type Day, type DayRule, type PatternContext, type Span } from '../../kernel/index.js';

/** One occurrence of a rule's hours. */
export interface LocalHours extends Span {
  /** The date it belongs to, the one it began on (T2). */
  readonly onDate: Day;
}

/** The occurrences of a rule that touch a span, in order. Where one would begin within another, the other goes on first: no instant has two. */
export function hoursOf(rule: DayRule, during: Span, context: PatternContext): readonly LocalHours[] {
  const { zone } = context;
  const dates = { fromDay: zone.dayOf(during.startsAt), toDay: zone.dayOf(during.endsAt) + 1 };
  const found: LocalHours[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const { onDate, startsAt, endsAt } of [...weekPattern.expand([rule], dates, context)].sort((a, b) => a.startsAt - b.startsAt)) {
    const from = Math.max(startsAt, free);
    if (endsAt <= from) continue;
    free = endsAt;
    if (from < during.endsAt && during.startsAt < endsAt) found.push({ onDate, startsAt: from, endsAt });
  }
  return found;
}

/** Which of these hours an instant lies in; null for none. They are in order and apart, so it is found by halving. */
export function hoursAt(hours: readonly LocalHours[], instant: number): LocalHours | null {
  let low = 0;
  let high = hours.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hours[middle]!.endsAt <= instant) low = middle + 1;
    else high = middle;
  }
  const found = hours[low];
  return found !== undefined && found.startsAt <= instant ? found : null;
}

/** The local midnights within a span, its ends excluded. */
export function midnightsWithin({ startsAt, endsAt }: Span, { zone }: PatternContext): readonly number[] {
  const days = Math.max(0, zone.dayOf(endsAt) - zone.dayOf(startsAt));
  return Array.from({ length: days }, (_, index) => zone.instant(zone.dayOf(startsAt) + 1 + index, 0)).filter(at => startsAt < at && at < endsAt);
}

/** Minutes of a day, in milliseconds. */
export const DAY_MS = localTime.MINUTES_A_DAY * 60_000;
