import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done, localTime, seededWorkCalendar } from '../../src/kernel/index.js';
import { transaction, type Database } from '../../src/platform/index.js';
import { seedWorkCalendar, workCalendar, workCalendarWithin } from '../../src/sharing/index.js';
import { storeNotices } from '../../src/sharing/calendar.js';
import { inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

test('T6–T8: the calendar is the table’s, read again after five seconds, and the same object while the table says the same', async () => {
  const services = testServices(database);
  const scope = scopeOf(services);
  const [spring, newYear2027] = [localTime.dayOf(2026, 2, 17), localTime.dayOf(2027, 1, 1)];
  expect((await workCalendar(scope)).isProvisional(spring)).toBe(true);

  for (let times = 0; times < 2; times += 1) await transaction(scope, async unit => done(await seedWorkCalendar(unit, unit.now).then(() => null)));
  const seeded = await workCalendar(scope);
  expect(seeded.changedDays(seededWorkCalendar(), { fromDay: localTime.dayOf(2020, 1, 1), toDay: localTime.dayOf(2028, 1, 1) })).toEqual([]);
  expect([seeded.typeOf(spring), seeded.isProvisional(spring), seeded.isProvisional(newYear2027)]).toEqual(['HOLIDAY', false, true]);

  await database.query(`insert into work_calendar_notice values ('国办发明电〔2026〕9号', 2027, '2026-11-10', '国务院办公厅关于2027年部分节假日安排的通知', now())`);
  await database.query(`insert into work_calendar_day values ('国办发明电〔2026〕9号', '2027-01-01', 'HOLIDAY', '元旦')`);
  expect(await workCalendar(scope)).toBe(seeded);
  services.clock.advance(5_000);
  const noticed = await workCalendar(scope);
  expect([noticed.typeOf(newYear2027), noticed.isProvisional(newYear2027)]).toEqual(['HOLIDAY', false]);
  services.clock.advance(5_000);
  expect(await workCalendar(scope)).toBe(noticed);
});

test('a notice that came to nothing is not believed, though another server records one of its name within the same millisecond', async () => {
  const scope = scopeOf(testServices(database));
  const notice = { noticeId: '国办发明电〔2026〕10号', year: 2028, publishedOn: localTime.dayOf(2026, 1, 10), title: '国务院办公厅关于2028年部分节假日安排的通知' };
  const dayOff = (day: number) => ({ noticeId: notice.noticeId, day, dayType: 'HOLIDAY', name: '元旦' }) as const;
  const [third, fourth] = [localTime.dayOf(2028, 1, 3), localTime.dayOf(2028, 1, 4)];
  await expect(inUnit(scope, async unit => {
    await storeNotices(unit, unit.now, [notice], [dayOff(third)]);
    expect((await workCalendarWithin(unit)).typeOf(third)).toBe('HOLIDAY');
    throw new Error('the power failed');
  })).rejects.toThrow('the power failed');

  await storeNotices(database, scope.clock.now(), [notice], [dayOff(fourth)]);

  const calendar = await inUnit(scope, unit => workCalendarWithin(unit));
  expect([third, fourth].map(day => calendar.typeOf(day))).toEqual(['WORKDAY', 'HOLIDAY']);
});
