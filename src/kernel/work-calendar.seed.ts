import chineseDays from 'chinese-days';
import { dayOf, formatDay, weekdayOf } from './local-time.js';
import { WorkCalendar, type CalendarNotice, type CalendarRow } from './work-calendar.js';

const EXTENSION_2020 = '国办发明电〔2020〕1号';
const FIRST_2020 = '国办发明电〔2019〕16号';

function notice(noticeId: string, year: number, publishedOn: number): CalendarNotice {
  return { noticeId, year, publishedOn, title: `国务院办公厅关于${year}年部分节假日安排的通知` };
}

/** The notices of the State Council's General Office that settle 2020–2026. 2027's is expected in November 2026 (T8). */
const NOTICES: readonly CalendarNotice[] = [
  notice(FIRST_2020, 2020, dayOf(2019, 11, 21)),
  { noticeId: EXTENSION_2020, year: 2020, publishedOn: dayOf(2020, 1, 26), title: '国务院办公厅关于延长2020年春节假期的通知' },
  notice('国办发明电〔2020〕27号', 2021, dayOf(2020, 11, 25)),
  notice('国办发明电〔2021〕11号', 2022, dayOf(2021, 10, 25)),
  notice('国办发明电〔2022〕16号', 2023, dayOf(2022, 12, 8)),
  notice('国办发明电〔2023〕7号', 2024, dayOf(2023, 10, 25)),
  notice('国办发明电〔2024〕12号', 2025, dayOf(2024, 11, 12)),
  notice('国办发明电〔2025〕7号', 2026, dayOf(2025, 11, 4)),
];

/** What the first notice for 2020 said of the days that the second one changed; the package holds only the outcome. */
const BEFORE_EXTENSION: readonly CalendarRow[] = [{ day: dayOf(2020, 2, 1), dayType: 'MAKEUP_WORKDAY', noticeId: FIRST_2020, name: '春节' }];

function noticeOf(day: number, yearly: CalendarNotice): string {
  return day >= dayOf(2020, 1, 31) && day <= dayOf(2020, 2, 2) ? EXTENSION_2020 : yearly.noticeId;
}

function rowsOfYear(yearly: CalendarNotice): CalendarRow[] {
  const rows: CalendarRow[] = [];
  for (let day = dayOf(yearly.year, 1, 1); day < dayOf(yearly.year + 1, 1, 1); day += 1) {
    // Only a bare date is read alike on every server: anything with a time goes through the process's own zone (T12).
    const { work, name } = chineseDays.getDayDetail(formatDay(day));
    const [, chinese] = name.split(',');
    // A plain day is named after its weekday; only a day that a notice names has 'English,中文,n'.
    if (chinese === undefined) continue;
    if (work && weekdayOf(day) < 6) continue;
    rows.push({ day, dayType: work ? 'MAKEUP_WORKDAY' : 'HOLIDAY', noticeId: noticeOf(day, yearly), name: chinese });
  }
  return rows;
}

/** Rows and notices to fill the calendar table with, 2020–2026; a year that the package does not know yields nothing. */
export function workCalendarSeed(): { readonly rows: readonly CalendarRow[]; readonly notices: readonly CalendarNotice[] } {
  const yearly = NOTICES.filter(each => each.noticeId !== EXTENSION_2020);
  const rowsByYear = yearly.map(each => ({ year: each.year, rows: rowsOfYear(each) })).filter(each => each.rows.length > 0);
  const known = new Set(rowsByYear.map(each => each.year));
  return { rows: [...BEFORE_EXTENSION, ...rowsByYear.flatMap(each => each.rows)], notices: NOTICES.filter(each => known.has(each.year)) };
}

let seeded: WorkCalendar | undefined;

/** The calendar of the seed, built once. */
export function seededWorkCalendar(): WorkCalendar {
  if (seeded === undefined) {
    const { rows, notices } = workCalendarSeed();
    seeded = WorkCalendar.of(rows, notices);
  }
  return seeded;
}
