import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal, localTime, Zone } from '../../src/kernel/index.js';
import { valueOf } from './value-of.js';

const { parseDay, formatDay, dayOf, weekdayOf, parseTime, formatTime } = localTime;

test('dates are read strictly: a day that does not exist is refused, not rolled over', () => {
  expect(valueOf(parseDay('2026-02-28'))).toBe(dayOf(2026, 2, 28));
  expect(['2026-02-30', '2026-13-01', '2026-1-1', '2026-02-28T00:00', ''].map(text => isRefusal(parseDay(text)))).toEqual([true, true, true, true, true]);
  expect(parseDay('2026-02-30', 'validFrom')).toMatchObject({ problems: [{ code: 'DATE_INVALID', field: 'validFrom', zh: expect.stringContaining('2026-02-30') }] });
});

test('a date survives the way through its integer', () => {
  fc.assert(fc.property(fc.integer({ min: -20_000, max: 60_000 }), day => {
    expect(valueOf(parseDay(formatDay(day)))).toBe(day);
    expect(weekdayOf(day)).toBe(Temporal.PlainDate.from(formatDay(day)).dayOfWeek);
  }));
});

test('T4: 24:00 as an end is next-day 00:00, and no start', () => {
  const zone = localTime.shanghai();

  expect(valueOf(parseTime('24:00', { asEnd: true }))).toBe(1440);
  expect(isRefusal(parseTime('24:00'))).toBe(true);
  expect(zone.instant(20_000, 1440)).toBe(zone.instant(20_001, 0));
  expect(formatTime(1440)).toBe('24:00');
  expect(['24:01', '7:30', '07:60', '25:00'].map(text => isRefusal(parseTime(text, { asEnd: true })))).toEqual([true, true, true, true]);
});

test('T12: the week starts on Monday', () => {
  expect(weekdayOf(dayOf(2026, 2, 9))).toBe(1);
  expect(weekdayOf(dayOf(2026, 2, 15))).toBe(7);
});

test('T12: an unknown zone, an offset and an empty id are refused; none falls back to the server', () => {
  expect(['Asia/Quanzhou', '+08:00', '', '中国'].map(id => isRefusal(Zone.of(id)))).toEqual([true, true, true, true]);
});

test('T12: the answer does not depend on the zone of the server', () => {
  const script = `const { localTime } = await import('./dist/src/kernel/index.js'); const { seededWorkCalendar } = await import('./dist/src/kernel/index.js');
    const zone = localTime.shanghai(); const day = localTime.dayOf(2026, 2, 14);
    process.stdout.write(JSON.stringify([zone.instant(day, 450), zone.dayOf(Date.UTC(2026, 1, 13, 16)), zone.minuteOf(Date.UTC(2026, 1, 13, 16)), seededWorkCalendar().typeOf(day)]));`;
  const answers = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map(TZ => execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, TZ, NODE_OPTIONS: '' }, encoding: 'utf8' }));

  expect(new Set(answers)).toEqual(new Set([JSON.stringify([Date.UTC(2026, 1, 13, 23, 30), dayOf(2026, 2, 14), 0, 'MAKEUP_WORKDAY'])]));
});

test.each(['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'])('%s agrees with Temporal at every instant and for every local time', id => {
  const zone = valueOf(Zone.of(id));

  fc.assert(fc.property(fc.integer({ min: -200_000_000, max: 2_500_000_000 }), fc.integer({ min: -1440, max: 2880 }), (minutes, offset) => {
    const instant = minutes * 60_000;
    const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(id);
    expect(formatDay(zone.dayOf(instant))).toBe(local.toPlainDate().toString().replace(/^[+]00/, ''));
    expect(zone.minuteOf(instant)).toBe(local.hour * 60 + local.minute);
    const day = zone.dayOf(instant);
    const wanted = Temporal.PlainDate.from(formatDay(day)).toPlainDateTime().add({ minutes: offset });
    expect(zone.instant(day, offset)).toBe(wanted.toZonedDateTime(id).epochMilliseconds);
  }), { numRuns: 400, seed: 7 });
});

test('a night of clock change keeps its local hours: skipped times move on, repeated ones mean the first', () => {
  const berlin = valueOf(Zone.of('Europe/Berlin'));

  expect(berlin.instant(dayOf(2026, 3, 29), 150)).toBe(Date.UTC(2026, 2, 29, 1, 30));
  expect(berlin.instant(dayOf(2026, 10, 25), 150)).toBe(Date.UTC(2026, 9, 25, 0, 30));
});
