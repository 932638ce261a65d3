import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '../../../src/kernel/index.js';
import { RECORDED_FORMATS, formatOf, formatOfHeading, type RecordedFormat } from '../../../src/exchange/rules/recorded-reading.js';

const { birmingham, dresden, hongkong } = RECORDED_FORMATS;
const at = (text: string): number => Date.parse(text);
const declared = (text: string): RecordedFormat => {
  const format = formatOf(text);
  if (isRefusal(format)) throw new Error(format.problems[0].en);
  return format.value;
};

test('a count is told just as the source wrote it: negative, above capacity, or none at all', () => {
  expect(dresden.read({ ts: '2026-06-01T00:05Z', lot: 'DD01', free: '615' })).toEqual({ facilityCode: 'DD01', spaceClass: null, free: 615, occupied: null, observedAt: at('2026-06-01T00:05Z'), toldAt: at('2026-06-01T00:05Z') });
  expect(birmingham.read({ lot: 'NIA', capacity: '1268', occupied: '-8', ts_local: '2016-10-04T07:59:42' })).toMatchObject({ occupied: -8, free: null });
  expect(hongkong.read({ ts: '2026-01-29T14:26+08:00', park_id: '31', vacancy: '-1', stale: '0' })).toMatchObject({ facilityCode: '31', free: -1 });
});

test('T12: local times get their zone’s offset, summer and winter; an hour that came twice or never is unreadable', () => {
  const instant = (ts_local: string): unknown => {
    const reading = birmingham.read({ lot: 'NIA', occupied: '1', ts_local });
    return typeof reading === 'string' ? reading : new Date(reading.observedAt).toISOString();
  };

  expect(instant('2016-10-29T08:00:00')).toBe('2016-10-29T07:00:00.000Z');
  expect(instant('2016-10-30T08:00:00')).toBe('2016-10-30T08:00:00.000Z');
  expect([instant('2016-10-30T01:30:00'), instant('2016-03-27T01:30:00')]).toEqual(['TIME', 'TIME']);
  expect(dresden.read({ ts: '2026-06-01T00:05', lot: 'DD01', free: '1' })).toBe('TIME');
});

test('a stale reading was told now and observed an hour before at the latest', () => {
  expect(hongkong.read({ ts: '2026-01-29T14:26+08:00', park_id: '31', vacancy: '75', stale: '1' })).toMatchObject({ toldAt: at('2026-01-29T14:26+08:00'), observedAt: at('2026-01-29T13:26+08:00') });
});

test('what is no reading says what is missing', () => {
  expect(dresden.read({ ts: '2026-06-01T00:05Z', lot: '', free: '1' })).toBe('FACILITY');
  for (const free of ['', 'NA', '1.5', '99999999999', '--']) expect(dresden.read({ ts: '2026-06-01T00:05Z', lot: 'DD01', free })).toBe('COUNT');
  for (const ts of ['', '2026-06-31T00:05Z', 'yesterday', '2026-06-01 00:05Z']) expect(dresden.read({ ts, lot: 'DD01', free: '1' })).toBe('TIME');
});

test('a heading tells the format; one that fits none does not', () => {
  expect([['ts', 'lot', 'free'], ['lot', 'capacity', 'occupied', 'ts_local'], ['ts', 'park_id', 'vacancy', 'stale'], ['time', 'place']].map(heading => formatOfHeading(heading))).toEqual(['dresden', 'birmingham', 'hongkong', null]);
});

test('columns may be declared, with a zone and a class', () => {
  const format = declared('facility=park,occupied=cars,at=when,zone=Asia/Shanghai,class=kind');

  expect(format.columns).toEqual(['park', 'cars', 'when', 'kind']);
  expect(format.read({ park: 'A', cars: '7', when: '2026-02-13T09:00:00', kind: 'CHARGING' })).toEqual({ facilityCode: 'A', spaceClass: 'CHARGING', occupied: 7, free: null, observedAt: at('2026-02-13T09:00:00+08:00'), toldAt: at('2026-02-13T09:00:00+08:00') });
});

test.each([['free', 'FORMAT_UNKNOWN'], ['facility=a,free=b,at=', 'FORMAT_UNKNOWN'], ['facility=a,at=b', 'FORMAT_INCOMPLETE'], ['facility=a,at=b,free=c,occupied=d', 'FORMAT_INCOMPLETE'], ['facility=a,at=b,free=c,zone=Mars/Olympus', 'TIME_ZONE_UNKNOWN']])('the format %s is refused: %s', (text, code) => {
  const format = formatOf(text);

  expect(isRefusal(format) && format.problems[0].code).toBe(code);
});

test('whatever instant and offset, it is read as it was written', () => {
  fc.assert(fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), fc.integer({ min: -11, max: 13 }), fc.integer({ min: -5, max: 2_000 }), (date, hours, free) => {
    const instant = Math.floor(date.getTime() / 1_000) * 1_000;
    const local = new Date(instant + hours * 3_600_000).toISOString().slice(0, 19);
    const offset = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;

    expect(dresden.read({ ts: `${local}${offset}`, lot: 'x', free: String(free) })).toMatchObject({ observedAt: instant, free });
  }));
});
