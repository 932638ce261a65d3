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

/** Which of these hours an instant lies in, for who asks in the order of time: the answer holds until the next edge, and is looked for only past it. */
export class HoursWalk {
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #found: LocalHours | null = null;

  constructor(private readonly hours: readonly LocalHours[]) {}

  at(instant: number): LocalHours | null {
    if (instant < this.#from || instant >= this.#until) this.#turn(instant);
    return this.#found;
  }

  /** Until when the last answer holds. */
  get until(): number {
    return this.#until;
  }

  #turn(instant: number): void {
    const next = firstEndingAfter(this.hours, instant);
    const found = this.hours[next];
    this.#found = found !== undefined && found.startsAt <= instant ? found : null;
    this.#from = this.#found?.startsAt ?? this.hours[next - 1]?.endsAt ?? Number.NEGATIVE_INFINITY;
    this.#until = this.#found?.endsAt ?? found?.startsAt ?? Number.POSITIVE_INFINITY;
  }
}

/** Hours are in order and apart, so it is found by halving. */
function firstEndingAfter(hours: readonly LocalHours[], instant: number): number {
  let low = 0;
  let high = hours.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hours[middle]!.endsAt <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The local midnights within a span, its ends excluded. */
export function midnightsWithin({ startsAt, endsAt }: Span, { zone }: PatternContext): readonly number[] {
  const first = zone.dayOf(startsAt);
  return Array.from({ length: Math.max(0, zone.dayOf(endsAt) - first) }, (_, index) => zone.instant(first + 1 + index, 0)).filter(at => startsAt < at && at < endsAt);
}

/** Minutes of a day, in milliseconds. */
export const DAY_MS = localTime.MINUTES_A_DAY * 60_000;
