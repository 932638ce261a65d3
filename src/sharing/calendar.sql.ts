import type { Sql, TransactionSql } from '../platform/index.js';
import type { StoredTerms } from './rules/terms-codec.js';

export interface NoticeRow {
  readonly noticeId: string;
  readonly year: number;
  /** ISO date. */
  readonly publishedOn: string;
  readonly title: string;
}

export interface CalendarDayRow {
  readonly noticeId: string;
  /** ISO date. */
  readonly day: string;
  readonly dayType: string;
  readonly name: string;
}

/** The whole calendar: a few notices and some forty rows a year. */
export async function readCalendar(sql: Sql): Promise<{ readonly notices: readonly NoticeRow[]; readonly days: readonly CalendarDayRow[] }> {
  const [row] = await sql.query<{ notices: readonly NoticeRow[]; days: readonly CalendarDayRow[] }>(
    `select
       (select coalesce(jsonb_agg(jsonb_build_object('noticeId', n.notice_id, 'year', n.year, 'publishedOn', n.published_on, 'title', n.title) order by n.published_on, n.notice_id), '[]')
        from work_calendar_notice n) as notices,
       (select coalesce(jsonb_agg(jsonb_build_object('noticeId', d.notice_id, 'day', d.day, 'dayType', d.day_type, 'name', d.name) order by d.notice_id, d.day), '[]')
        from work_calendar_day d) as days`,
  );
  return row!;
}

/** Adds notices and their days; what is there already stays, because a notice that was published is never rewritten. */
export async function addCalendar(sql: Sql, notices: readonly NoticeRow[], days: readonly CalendarDayRow[], now: number): Promise<void> {
  await sql.query(
    `insert into work_calendar_notice (notice_id, year, published_on, title, recorded_at)
     select n."noticeId", n.year, n."publishedOn"::date, n.title, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n ("noticeId" text, year int, "publishedOn" text, title text)
     on conflict do nothing`,
    [JSON.stringify(notices), now],
  );
  await sql.query(
    `insert into work_calendar_day (notice_id, day, day_type, name)
     select d."noticeId", d.day::date, d."dayType", d.name
     from jsonb_to_recordset($1::jsonb) as d ("noticeId" text, day text, "dayType" text, name text)
     on conflict do nothing`,
    [JSON.stringify(days)],
  );
}

// The numbers of the platform's advisory locks begin with 7142.
const CALENDAR_LOCK = 7142040;

/**
 * Holds the calendar still until the commit: whoever judges windows by it shares the lock, whoever records a notice has
 * it alone. Answers the notices by their names and the transactions that recorded them, which tells one calendar from the
 * next: none is ever rewritten, and one that was rolled back and recorded again is another, be it within the same millisecond.
 */
export async function holdCalendar(sql: TransactionSql, { alone }: { readonly alone: boolean }): Promise<{ readonly count: number; readonly text: string }> {
  sql.write(`select ${alone ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared'}($1)`, [CALENDAR_LOCK]);
  const [row] = await sql.query<{ count: number; text: string }>(
    `select count(*)::int as count, concat((select count(*) from work_calendar_day), ' ', string_agg(concat(notice_id, ' ', xmin), ' ' order by notice_id)) as text from work_calendar_notice`,
  );
  return row!;
}

/** The cities whose windows the calendar decides over. */
export async function listCities(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ city: string }>('select city from city_setting order by city');
  return rows.map(row => row.city);
}

export interface NoticedWindow {
  readonly id: string;
  readonly facilityId: string;
  readonly terms: StoredTerms;
}

/** A page of the published windows, in the order of sharing_window_id. */
export function listPublishedAfter(sql: Sql, after: string, limit: number): Promise<NoticedWindow[]> {
  return sql.query<NoticedWindow>(
    `select w.id, w.facility_id as "facilityId", w.terms
     from sharing_window w
     where w.status = 'PUBLISHED' and w.id > $1
     order by w.id
     limit $2`,
    [after, limit],
  );
}
