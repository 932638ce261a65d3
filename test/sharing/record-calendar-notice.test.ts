import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DayRule } from '../../src/kernel/index.js';
import { quotaOf, workCalendar } from '../../src/sharing/index.js';
import { valueOf } from '../facilities/city.js';
import { officerOf, openLendingCity, told, type LendingCity } from './city.js';
import { at, day, NIGHTLY, REST, WORK } from './rules/terms-builder.js';

let city: LendingCity;

beforeEach(async () => {
  city = await openLendingCity();
});

afterEach(() => city.database.close());

const officer = officerOf('350500', ['calendar:write']);
const RECORD = `mutation ($input: RecordCalendarNoticeInput!) { recordCalendarNotice(input: $input) {
  notice { noticeId changedWindows changedDays { onDate dayType isProvisional noticeId name } } findings { code field } userErrors { code field } } }`;
const NEW_YEAR_2027 = {
  noticeId: '国办发明电〔2026〕1号', title: '国务院办公厅关于2027年部分节假日安排的通知', publishedOn: '2026-02-12', year: 2027, idempotencyKey: 'k1',
  days: [{ date: '2027-01-01', dayType: 'HOLIDAY', name: '元旦' }, { date: '2027-01-03', dayType: 'MAKEUP_WORKDAY', name: '元旦' }],
};
const record = async (input: object = NEW_YEAR_2027, viewer = officer) => (await city.ask(city.as(viewer), RECORD, { input })).recordCalendarNotice;
const days = async (from: string, until: string) => (await city.ask(city.system, `query ($from: LocalDate!, $until: LocalDate!) { workCalendar(from: $from, until: $until) { onDate dayType isProvisional noticeId } }`, { from, until })).workCalendar;
const occurrences = async (id: string) => {
  const { sharingWindow } = await city.ask(city.system, `query ($id: ID!, $from: Instant!, $until: Instant!) { sharingWindow(id: $id) { occurrences(between: { startsAt: $from, endsAt: $until }) { startsAt endsAt isProvisional } } }`, { id, from: '2026-12-31T12:00:00+08:00', until: '2027-01-04T12:00:00+08:00' });
  return sharingWindow.occurrences.map((each: { startsAt: string; endsAt: string; isProvisional: boolean }) => [format(each.startsAt), format(each.endsAt), each.isProvisional]);
};
const format = (instant: string) => Temporal.Instant.from(instant).toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime().toString({ smallestUnit: 'minute' });
const officeHours = [{ ...NIGHTLY, days: { dayTypes: WORK } }, { days: { dayTypes: REST }, from: { minute: 0 }, until: { untilNext: { dayTypes: WORK, minute: 450 } } }];

async function lend(terms: Parameters<typeof told>[0]) {
  const lot = await city.lot();
  return valueOf((await city.publish(city.system, { facility: { id: lot.facilityId }, terms: told({ validUntil: null, ...terms }) }))[0]);
}

test('T8: 2027 is provisional until its notice comes; then what is lent changes exactly where it says, at once and announced', async () => {
  const [office, everyNight] = [await lend({ rules: officeHours }), await lend({})];
  expect(await occurrences(office.windowId)).toEqual([
    ['2026-12-31T18:00', '2027-01-01T07:30', false], ['2027-01-01T18:00', '2027-01-02T00:00', true], ['2027-01-02T00:00', '2027-01-03T00:00', true], ['2027-01-03T00:00', '2027-01-04T07:30', true],
  ]);
  const nights = await occurrences(everyNight.windowId);

  const { notice, findings, userErrors } = await record();

  expect({ findings, userErrors }).toEqual({ findings: [], userErrors: [] });
  expect(notice).toEqual({
    noticeId: NEW_YEAR_2027.noticeId, changedWindows: 1,
    changedDays: NEW_YEAR_2027.days.map(({ date, dayType, name }) => ({ onDate: date, dayType, name, isProvisional: false, noticeId: NEW_YEAR_2027.noticeId })),
  });
  expect(await occurrences(office.windowId)).toEqual([
    ['2026-12-31T18:00', '2027-01-01T00:00', false], ['2027-01-01T00:00', '2027-01-02T00:00', false], ['2027-01-02T00:00', '2027-01-03T07:30', false], ['2027-01-03T18:00', '2027-01-04T07:30', false],
  ]);
  expect((await occurrences(everyNight.windowId)).map(([from, until]: string[]) => [from, until])).toEqual(nights.map(([from, until]: string[]) => [from, until]));
  expect((await days('2027-01-01', '2028-01-02')).filter((each: { isProvisional: boolean }) => each.isProvisional).map((each: { onDate: string }) => each.onDate)).toEqual(['2028-01-01']);
  expect(await city.database.query(`select payload from outbox_event where topic = 'window.occurrencesChanged'`)).toEqual([{ payload: { windowId: office.windowId, facilityId: office.facilityId, from: at('2026-12-31T18:00'), until: at('2027-01-04T07:30') } }]);
  expect(await city.database.query(`select payload from outbox_event where topic = 'calendar.noticeRecorded'`)).toEqual([{ payload: { noticeId: NEW_YEAR_2027.noticeId, year: 2027, changedDays: ['2027-01-01', '2027-01-03'] } }]);
  expect(await city.database.query(`select actor_id, object_id, details ->> 'changedWindows' as windows from audit_entry where action = 'calendar:write'`)).toEqual([{ actor_id: officer.actorId, object_id: NEW_YEAR_2027.noticeId, windows: '1' }]);
});

test('T7: a later notice overrides an earlier one date by date, whichever was recorded first', async () => {
  const extension = { ...NEW_YEAR_2027, noticeId: '国办发明电〔2026〕2号', title: '延长2027年元旦假期', publishedOn: '2026-02-13', idempotencyKey: 'k2', days: [{ date: '2027-01-03', dayType: 'HOLIDAY', name: '元旦' }] };
  await record(extension);
  await record();

  expect(await days('2027-01-01', '2027-01-04')).toEqual([
    { onDate: '2027-01-01', dayType: 'HOLIDAY', isProvisional: false, noticeId: NEW_YEAR_2027.noticeId },
    { onDate: '2027-01-02', dayType: 'REST', isProvisional: false, noticeId: null },
    { onDate: '2027-01-03', dayType: 'HOLIDAY', isProvisional: false, noticeId: extension.noticeId },
  ]);
});

test('a retry answers what the first call answered; the same notice under another key is refused, and nothing is written', async () => {
  const first = await record();
  const written = await city.counts();

  expect(await record()).toEqual(first);
  expect(await record({ ...NEW_YEAR_2027, idempotencyKey: 'k3' })).toEqual({ notice: null, findings: [], userErrors: [{ code: 'NOTICE_RECORDED', field: 'noticeId' }] });
  expect(await city.counts()).toEqual(written);
});

test('only who has the right over every city may: a district’s officer is refused, and the calendar stays', async () => {
  await expect(record(NEW_YEAR_2027, officerOf('350503', ['calendar:write']))).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect((await workCalendar(city.system)).isProvisional(day('2027-01-01'))).toBe(true);
  await city.database.query(`insert into city_setting values ('350600', 116.9, 118.2, 23.5, 25.3, 'Asia/Shanghai')`);
  await expect(record()).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect((await record(NEW_YEAR_2027, city.system.viewer)).userErrors).toEqual([]);
});

test('windows beyond the first page of a thousand are told, too', async () => {
  const lot = await city.lot({ zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 2000, shareable: 2000 }] }] });
  valueOf((await city.publish(city.system, ...Array.from({ length: 1_200 }, (_, i) => ({ facility: { id: lot.facilityId }, terms: told({ name: `窗 ${i}`, rules: officeHours, validUntil: null, quota: { STANDARD: 1, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }) }))))[0]);

  expect((await record()).notice.changedWindows).toBe(1_200);
  expect(await city.database.query(`select count(distinct payload ->> 'windowId')::int as told from outbox_event where topic = 'window.occurrencesChanged'`)).toEqual([{ told: 1_200 }]);
});

test('P1: a notice that lets two windows meet names them, since it cannot be refused', async () => {
  const lot = await city.lot();
  const untilWork = { days: { dayTypes: REST }, from: { minute: 0 }, until: { untilNext: { dayTypes: WORK, minute: 450 } } };
  const friday = { days: { weekdays: [5] }, from: { minute: 0 }, until: { durationMinutes: 1_440 } };
  const lending = (name: string, rule: DayRule) => ({ facility: { id: lot.facilityId }, terms: told({ name, validFrom: day('2026-12-28'), validUntil: day('2027-01-03'), quota: quotaOf({ STANDARD: 30 }), rules: [rule] }) });
  const outcomes = await city.publish(city.system, lending('休息日', untilWork), lending('周五', friday));
  expect(outcomes.map(each => each.ok)).toEqual([true, true]);

  const { findings, notice } = await record();

  expect(findings).toEqual([{ code: 'QUOTA_EXCEEDS_CAPACITY', field: 'terms.quota' }]);
  expect(notice.changedWindows).toBe(1);
  expect(await city.database.query(`select lent_peak, shareable from facility_capacity where zone_id = $1 and space_class = 'STANDARD'`, [lot.zoneId])).toEqual([{ lent_peak: 40, shareable: 40 }]);
});
