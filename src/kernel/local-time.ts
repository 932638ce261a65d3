import { done, problem, refuse, type Outcome } from './outcome.js';

/** A local date as whole days since 1970-01-01: dates are compared, added and looked up on the hottest path. */
export type Day = number;

/** Minutes since local midnight; 1440 is '24:00', allowed as an end (T4). */
export type MinuteOfDay = number;

export const MINUTES_A_DAY = 1440;
const MS_A_MINUTE = 60_000;
const MS_A_DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Reads 'YYYY-MM-DD' strictly: 2026-02-30 is refused, not rolled over. */
export function parseDay(text: string, field?: string): Outcome<Day> {
  const match = DATE.exec(text);
  const day = match === null ? Number.NaN : dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
  if (!Number.isNaN(day) && formatDay(day) === text) return done(day);
  return refuse(problem('DATE_INVALID', { zh: `日期“${text}”无效，应为 YYYY-MM-DD 且确有此日`, en: `'${text}' is no date; write an existing day as YYYY-MM-DD`, field }));
}

export function formatDay(day: Day): string {
  return new Date(day * MS_A_DAY).toISOString().slice(0, 10);
}

/** The day of a civil date that is known to exist, such as a constant. */
export function dayOf(year: number, month: number, date: number): Day {
  return Date.UTC(year, month - 1, date) / MS_A_DAY;
}

export function yearOf(day: Day): number {
  return new Date(day * MS_A_DAY).getUTCFullYear();
}

/** Monday = 1 … Sunday = 7, as ISO 8601 and GB/T 7408 count (T12). */
export function weekdayOf(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Reads 'HH:MM' strictly; '24:00' only where `asEnd` says that the value is an end (T4). */
export function parseTime(text: string, { asEnd = false, field }: { asEnd?: boolean; field?: string } = {}): Outcome<MinuteOfDay> {
  if (asEnd && text === '24:00') return done(MINUTES_A_DAY);
  const match = TIME.exec(text);
  if (match !== null) return done(Number(match[1]) * 60 + Number(match[2]));
  const upTo = asEnd ? '24:00' : '23:59';
  return refuse(problem('TIME_INVALID', { zh: `时间“${text}”无效，应为 00:00 至 ${upTo}`, en: `'${text}' is no local time; write HH:MM from 00:00 to ${upTo}`, field }));
}

/** Writes a minute of day as 'HH:MM'; 1440 is written '24:00'. */
export function formatTime(minute: MinuteOfDay): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

// The table of a zone's offsets reaches from 1970 to 2100; outside it every question goes to Temporal.
const TABLE_START = 0;
const TABLE_END = Date.UTC(2100, 0, 1);

/**
 * A time zone by its IANA id, answering in integers (T12). The offsets are read once from Temporal into a table, because
 * a Temporal object for every minute of every window is a hundred times too slow; Asia/Shanghai needs only the last row.
 */
export class Zone {
  readonly id: string;
  readonly #changesAt: number[] = [];
  readonly #offsets: number[] = [];
  readonly #settledAt: number;
  readonly #settledOffset: number;

  private constructor(id: string) {
    this.id = id;
    let at = Temporal.Instant.fromEpochMilliseconds(TABLE_START).toZonedDateTimeISO(id);
    this.#changesAt.push(Number.NEGATIVE_INFINITY);
    this.#offsets.push(at.offsetNanoseconds / 1e6);
    let changesForever = false;
    for (;;) {
      const next = at.getTimeZoneTransition('next');
      if (next === null) break;
      changesForever = next.epochMilliseconds >= TABLE_END;
      if (changesForever) break;
      this.#changesAt.push(next.epochMilliseconds);
      this.#offsets.push(next.offsetNanoseconds / 1e6);
      at = next;
    }
    this.#settledAt = changesForever ? Number.POSITIVE_INFINITY : this.#changesAt[this.#changesAt.length - 1]!;
    this.#settledOffset = this.#offsets[this.#offsets.length - 1]!;
  }

  static readonly #known = new Map<string, Zone>();

  /** The zone of an IANA id; an unknown id is refused, the server's own zone is never a default (T12). */
  static of(id: string, field?: string): Outcome<Zone> {
    const known = Zone.#known.get(id);
    if (known !== undefined) return done(known);
    // A bare offset such as '+08:00' parses in Temporal but is no place with a law of its own.
    const named = /^[A-Za-z]/.test(id) ? namedZone(id) : null;
    if (named === null) {
      return refuse(problem('TIME_ZONE_UNKNOWN', { zh: `时区“${id}”不存在，例如应为 Asia/Shanghai`, en: `'${id}' is no IANA time zone; write for instance Asia/Shanghai`, field }));
    }
    const zone = new Zone(named);
    Zone.#known.set(named, zone);
    return done(zone);
  }

  /** Minutes-exact offset from UTC in milliseconds at an instant. */
  offsetAt(instant: number): number {
    if (instant >= this.#settledAt) return this.#settledOffset;
    if (instant < TABLE_START || instant >= TABLE_END) {
      return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(this.id).offsetNanoseconds / 1e6;
    }
    let low = 0;
    let high = this.#changesAt.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#changesAt[middle]! <= instant) low = middle;
      else high = middle - 1;
    }
    return this.#offsets[low]!;
  }

  /** The local date of an instant. */
  dayOf(instant: number): Day {
    return Math.floor((instant + this.offsetAt(instant)) / MS_A_DAY);
  }

  /** The local minute of day of an instant, whole minutes, rounded down. */
  minuteOf(instant: number): MinuteOfDay {
    const local = instant + this.offsetAt(instant);
    return Math.floor((local - Math.floor(local / MS_A_DAY) * MS_A_DAY) / MS_A_MINUTE);
  }

  /**
   * The instant of a local minute; beyond 0…1440 it rolls into the neighbouring days. A local time that a clock change
   * skips moves forward by the gap, one that happens twice means the first (the 'compatible' rule of RFC 5545 and Temporal).
   */
  instant(day: Day, minute: number): number {
    const local = day * MS_A_DAY + minute * MS_A_MINUTE;
    if (local - MS_A_DAY >= this.#settledAt) return local - this.#settledOffset;
    const before = this.offsetAt(local - MS_A_DAY);
    const after = this.offsetAt(local + MS_A_DAY);
    if (before === after || this.offsetAt(local - before) === before) return local - before;
    return this.offsetAt(local - after) === after ? local - after : local - before;
  }
}

function namedZone(id: string): string | null {
  try {
    return new Temporal.ZonedDateTime(0n, id).timeZoneId;
  } catch (error) {
    // By name, since a RangeError of another realm is no instance of ours.
    if ((error as { name?: unknown }).name === 'RangeError') return null;
    throw error;
  }
}

/** The zone of every Chinese facility unless it declares another. */
export function shanghai(): Zone {
  const zone = Zone.of('Asia/Shanghai');
  if (!zone.ok) throw new Error('This runtime has no Asia/Shanghai in its time zone data.');
  return zone.value;
}
