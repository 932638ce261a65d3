import { expect, test } from '@jest/globals';
import { localTime, seededWorkCalendar, WorkCalendar, workCalendarSeed } from '../../src/kernel/index.js';
import { valueOf } from './value-of.js';

const day = (text: string) => valueOf(localTime.parseDay(text));
const calendar = seededWorkCalendar();

function daysOf(year: number): number[] {
  const first = localTime.dayOf(year, 1, 1);
  return Array.from({ length: localTime.dayOf(year + 1, 1, 1) - first }, (_, index) => first + index);
}

test('T6: make-up workdays of 2025 and 2026 are exactly the published ones', () => {
  const makeups = (year: number) => daysOf(year).filter(each => calendar.typeOf(each) === 'MAKEUP_WORKDAY').map(each => localTime.formatDay(each).slice(5));

  expect(makeups(2025)).toEqual(['01-26', '02-08', '04-27', '09-28', '10-11']);
  expect(makeups(2026)).toEqual(['01-04', '02-14', '02-28', '05-09', '09-20', '10-10']);
});

test.each([[2022, 7, 18], [2023, 7, 18], [2024, 8, 19], [2025, 5, 18], [2026, 6, 19]])('T6: a day-of-week engine errs in %i on %i make-up workdays and %i weekday holidays', (year, makeups, holidays) => {
  const days = daysOf(year);

  expect(days.filter(each => calendar.isWorkday(each) && localTime.weekdayOf(each) >= 6)).toHaveLength(makeups);
  expect(days.filter(each => calendar.isRestday(each) && localTime.weekdayOf(each) < 6)).toHaveLength(holidays);
});

test('T7: the second notice of 2020 overrides the first for 2020-02-01, which was to be worked', () => {
  const { rows, notices } = workCalendarSeed();
  const firstOnly = WorkCalendar.of(rows.filter(row => row.noticeId !== '国办发明电〔2020〕1号'), notices);

  expect(firstOnly.typeOf(day('2020-02-01'))).toBe('MAKEUP_WORKDAY');
  expect(calendar.dayTypeOf(day('2020-02-01'))).toEqual({ dayType: 'HOLIDAY', provisional: false, noticeId: '国办发明电〔2020〕1号', name: '春节' });
  expect(WorkCalendar.of([...rows].reverse(), [...notices].reverse()).typeOf(day('2020-02-01'))).toBe('HOLIDAY');
  expect(firstOnly.changedDays(calendar, { fromDay: day('2020-01-01'), toDay: day('2021-01-01') }).map(localTime.formatDay)).toEqual(['2020-01-31', '2020-02-01', '2020-02-02']);
});

test('T8: 2027 has no notice yet, so its days are the plain week and provisional', () => {
  expect(calendar.dayTypeOf(day('2027-01-01'))).toEqual({ dayType: 'WORKDAY', provisional: true, noticeId: null, name: null });
  expect(calendar.dayTypeOf(day('2027-01-02'))).toEqual({ dayType: 'REST', provisional: true, noticeId: null, name: null });
  expect(calendar.dayTypeOf(day('2026-12-31'))).toEqual({ dayType: 'WORKDAY', provisional: false, noticeId: null, name: null });
  expect(workCalendarSeed().rows.filter(row => localTime.yearOf(row.day) > 2026)).toEqual([]);
  expect(calendar.isProvisional(day('2019-12-31'))).toBe(true);
});

test('T9: the eve of rest follows the calendar, not Friday', () => {
  expect(calendar.isEveOfRest(day('2026-02-14'))).toBe(true);
  expect(calendar.isEveOfRest(day('2026-02-13'))).toBe(false);
  expect(calendar.isEveOfRest(day('2026-09-18'))).toBe(true);
  expect(calendar.isEveOfRest(day('2026-09-24'))).toBe(true);
  expect(calendar.isEveOfRest(day('2026-09-26'))).toBe(false);
});

test('a calendar without rows answers the plain week, provisionally', () => {
  const empty = WorkCalendar.of([], []);

  expect(empty.dayTypeOf(day('2026-02-14'))).toEqual({ dayType: 'REST', provisional: true, noticeId: null, name: null });
});

test('a row whose notice is unknown is a defect of the table, named by date and notice', () => {
  expect(() => WorkCalendar.of([{ day: day('2026-01-01'), dayType: 'HOLIDAY', noticeId: 'X', name: '元旦' }], [])).toThrow('2026-01-01 cites the unknown notice X');
});
