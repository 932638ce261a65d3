import { expect, test } from '@jest/globals';
import { workCalendarSeed } from '../../../src/kernel/index.js';
import { checkNotice, type NoticeDraft } from '../../../src/sharing/rules/calendar-notice.js';
import { day } from './terms-builder.js';

const settled = { today: day('2026-11-22'), notices: workCalendarSeed().notices };
const newYear: NoticeDraft = {
  noticeId: '国办发明电〔2026〕9号', title: '国务院办公厅关于2027年部分节假日安排的通知', publishedOn: day('2026-11-10'), year: 2027,
  days: [{ day: day('2027-01-01'), dayType: 'HOLIDAY', name: '元旦' }, { day: day('2026-12-27'), dayType: 'MAKEUP_WORKDAY', name: '元旦' }],
};
const refused = (some: Partial<NoticeDraft>) => checkNotice({ ...newYear, ...some }, settled).refusals.map(({ code, field }) => [code, field]);

test('T7: a notice may reach over the turn of its year: 2026-12-27 is worked for New Year 2027', () => {
  expect(checkNotice(newYear, settled)).toEqual({ refusals: [], findings: [] });
  expect(refused({ days: [{ day: day('2026-12-01'), dayType: 'MAKEUP_WORKDAY', name: '元旦' }, { day: day('2028-01-31'), dayType: 'HOLIDAY', name: '元旦' }] })).toEqual([]);
  expect(refused({ days: [{ day: day('2026-11-30'), dayType: 'HOLIDAY', name: '元旦' }, { day: day('2028-02-01'), dayType: 'HOLIDAY', name: '元旦' }] })).toEqual([['DATE_OUTSIDE_YEAR', 'days[0].date'], ['DATE_OUTSIDE_YEAR', 'days[1].date']]);
});

test('every problem of a notice comes at once', () => {
  const [holiday] = newYear.days;

  expect(refused({ noticeId: ' ', title: '', publishedOn: day('2026-11-23'), year: 2030, days: [holiday!, { ...holiday!, name: '' }] })).toEqual([
    ['NOTICE_ID_INVALID', 'noticeId'], ['TITLE_INVALID', 'title'], ['PUBLISHED_IN_THE_FUTURE', 'publishedOn'], ['YEAR_IMPLAUSIBLE', 'year'],
    ['DATE_OUTSIDE_YEAR', 'days[0].date'], ['DATE_OUTSIDE_YEAR', 'days[1].date'], ['DATE_REPEATED', 'days[1].date'], ['NAME_INVALID', 'days[1].name'],
  ]);
  expect(refused({ days: [] })).toEqual([['DAYS_OUT_OF_RANGE', 'days']]);
});

test('a notice is never rewritten', () => {
  expect(refused({ noticeId: '国办发明电〔2025〕7号' })).toEqual([['NOTICE_RECORDED', 'noticeId']]);
});

test('a make-up workday in the week, and a plain workday at the weekend, are findings', () => {
  const { refusals, findings } = checkNotice({ ...newYear, days: [{ day: day('2027-01-04'), dayType: 'MAKEUP_WORKDAY', name: '元旦' }, { day: day('2027-01-09'), dayType: 'WORKDAY', name: '更正' }, { day: day('2027-01-10'), dayType: 'REST', name: '更正' }] }, settled);

  expect([refusals, findings.map(({ code, field }) => [code, field])]).toEqual([[], [['WEEKDAY_UNUSUAL', 'days[0].dayType'], ['WEEKDAY_UNUSUAL', 'days[1].dayType']]]);
});
