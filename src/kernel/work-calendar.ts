import { formatDay, weekdayOf, yearOf, dayOf, type Day } from './local-time.js';

/** Day types of the State Council's calendar (T6): plain weekends rest, holidays include the days off around them. */
export const DAY_TYPES = ['WORKDAY', 'REST', 'HOLIDAY', 'MAKEUP_WORKDAY'] as const;
export type DayType = (typeof DAY_TYPES)[number];

/** A date that a notice takes out of the ordinary week. */
export interface CalendarRow {
  readonly day: Day;
  readonly dayType: DayType;
  readonly noticeId: string;
  readonly name: string;
}

/** A published notice, and the calendar year that it settles. */
export interface CalendarNotice {
  readonly noticeId: string;
  readonly year: number;
  readonly publishedOn: Day;
  readonly title: string;
}

export interface CalendarDay {
  readonly dayType: DayType;
  /** True where no notice settles the year yet: the answer is the plain week, and may change (T8). */
  readonly provisional: boolean;
  readonly noticeId: string | null;
  readonly name: string | null;
}

const REST_CODES = 0b0110;

/** What day it is for work: rows by date, not by the notice's year (T7), answered by integer look-up. */
export class WorkCalendar {
  readonly notices: readonly CalendarNotice[];
  readonly #rows = new Map<Day, CalendarRow>();
  readonly #settledYears: ReadonlySet<number>;
  readonly #firstDay: Day;
  /** Index of the day type for every day of the settled years; 4 is added where the year has no notice. */
  readonly #codes: Uint8Array;

  private constructor(rows: readonly CalendarRow[], notices: readonly CalendarNotice[]) {
    this.notices = [...notices].sort((a, b) => a.publishedOn - b.publishedOn);
    const order = new Map(this.notices.map((notice, index) => [notice.noticeId, index]));
    for (const row of rows) {
      if (!order.has(row.noticeId)) throw new RangeError(`Calendar row ${formatDay(row.day)} cites the unknown notice ${row.noticeId}.`);
    }
    // A later notice overrides an earlier one, date by date: 2020 had two (T7).
    for (const row of [...rows].sort((a, b) => order.get(a.noticeId)! - order.get(b.noticeId)!)) this.#rows.set(row.day, row);
    this.#settledYears = new Set(this.notices.map(notice => notice.year));
    const days = [...this.#rows.keys()];
    const years = [...this.#settledYears, ...days.map(yearOf)];
    const firstYear = years.length === 0 ? 1970 : Math.min(...years);
    const lastYear = years.length === 0 ? 1969 : Math.max(...years);
    this.#firstDay = dayOf(firstYear, 1, 1);
    this.#codes = Uint8Array.from({ length: dayOf(lastYear + 1, 1, 1) - this.#firstDay }, (_, index) => this.#codeOf(this.#firstDay + index));
  }

  static of(rows: readonly CalendarRow[], notices: readonly CalendarNotice[]): WorkCalendar {
    return new WorkCalendar(rows, notices);
  }

  #codeOf(day: Day): number {
    const row = this.#rows.get(day);
    if (row !== undefined) return DAY_TYPES.indexOf(row.dayType);
    return (weekdayOf(day) >= 6 ? 1 : 0) + (this.#settledYears.has(yearOf(day)) ? 0 : 4);
  }

  #code(day: Day): number {
    return this.#codes[day - this.#firstDay] ?? (weekdayOf(day) >= 6 ? 5 : 4);
  }

  /** The day type alone, for hot loops. */
  typeOf(day: Day): DayType {
    return DAY_TYPES[this.#code(day) & 3]!;
  }

  /** Whether the type of this day may still change with the next notice (T8). */
  isProvisional(day: Day): boolean {
    return this.#code(day) >= 4;
  }

  dayTypeOf(day: Day): CalendarDay {
    const row = this.#rows.get(day);
    return { dayType: this.typeOf(day), provisional: this.isProvisional(day), noticeId: row?.noticeId ?? null, name: row?.name ?? null };
  }

  isWorkday(day: Day): boolean {
    return !this.isRestday(day);
  }

  isRestday(day: Day): boolean {
    return ((REST_CODES >> (this.#code(day) & 3)) & 1) === 1;
  }

  /** Eve of rest: a day of work before a day of rest, whatever the weekday (T9). */
  isEveOfRest(day: Day): boolean {
    return this.isWorkday(day) && this.isRestday(day + 1);
  }

  /** Days whose type differs from another calendar's: what must be re-evaluated when a notice arrives (T7). */
  changedDays(other: WorkCalendar, { fromDay, toDay }: { fromDay: Day; toDay: Day }): readonly Day[] {
    const changed: Day[] = [];
    for (let day = fromDay; day < toDay; day += 1) if (this.typeOf(day) !== other.typeOf(day)) changed.push(day);
    return changed;
  }
}
