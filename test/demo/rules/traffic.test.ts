import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Zone, isRefusal, seededWorkCalendar } from '../../../src/kernel/index.js';
import { Draw } from '../../../src/demo/rules/draw.js';
import { REPORTER_CODES, reporterOf } from '../../../src/demo/rules/parties.js';
import { roundOf } from '../../../src/demo/rules/shift.js';
import { drawFacilities } from '../../../src/demo/rules/stock.js';
import { tideOf } from '../../../src/demo/rules/tide.js';
import { busyOf, isSilent, mannerOf, occupiedAt, type Busy, type CityTime } from '../../../src/demo/rules/traffic.js';

const zone = Zone.of('Asia/Shanghai');
if (isRefusal(zone)) throw new Error('Asia/Shanghai');
const calendar = seededWorkCalendar();
const city: CityTime = { zone: zone.value, dayTypeOf: day => calendar.typeOf(day) };

const CATEGORIES = ['KEY_AREA_PUBLIC', 'INSTITUTION', 'SOCIAL_PUBLIC', 'COMMERCIAL', 'RESIDENTIAL'] as const;
const standard = (total: number) => ({ spaceClass: 'STANDARD', total }) as const;
const busy = fc.record({ code: fc.string({ minLength: 1, maxLength: 8 }), category: fc.constantFrom(...CATEGORIES), capacity: fc.integer({ min: 1, max: 900 }).map(total => [standard(total)]) });
const instant = fc.integer({ min: Date.parse('2025-01-01T00:00:00+08:00'), max: Date.parse('2026-12-31T00:00:00+08:00') });
const at = (text: string): number => Date.parse(`${text}+08:00`);

test('as many spaces are occupied as there are at most, never fewer than none, and the same instant gives the same number', () => {
  fc.assert(fc.property(busy, instant, (facility, now) => {
    const [capacity] = facility.capacity;
    const occupied = occupiedAt(facility, capacity!, now, city);

    expect(Number.isInteger(occupied)).toBe(true);
    expect(occupied).toBeGreaterThanOrEqual(0);
    expect(occupied).toBeLessThanOrEqual(capacity!.total);
    expect(occupiedAt({ ...facility }, { ...capacity! }, now, city)).toBe(occupied);
  }));
});

test('within a minute of one day few vehicles move, and no place is far from the tide of its category', () => {
  fc.assert(fc.property(busy, instant, (facility, now) => {
    const [capacity] = facility.capacity;
    const share = (when: number): number => occupiedAt(facility, capacity!, when, city) / capacity!.total;
    const day = city.zone.dayOf(now);
    fc.pre(city.zone.dayOf(now + 60_000) === day);

    const tide = tideOf(facility.category, city.dayTypeOf(day), city.zone.minuteOf(now));
    expect(Math.abs(share(now + 60_000) - share(now))).toBeLessThanOrEqual(0.03 + 1 / capacity!.total);
    expect(Math.abs(share(now) - tide)).toBeLessThanOrEqual(0.1 + 0.06 + 0.025 + 0.01 + 1 / capacity!.total);
  }));
});

test('over a whole city the noise evens out: offices are full on a workday morning and empty on the make-up day’s eve', () => {
  const offices = Array.from({ length: 200 }, (_, index): Busy => ({ code: `office ${index}`, category: 'INSTITUTION', capacity: [standard(100)] }));
  const mean = (when: string): number => offices.reduce((sum, office) => sum + occupiedAt(office, standard(100), at(when), city), 0) / offices.length;

  // Saturday 2026-02-14 is a make-up workday (T6), Sunday the 15th a holiday.
  expect(Math.abs(mean('2026-02-14T10:00:00') - 94)).toBeLessThan(4);
  expect(Math.abs(mean('2026-02-15T10:00:00') - 23)).toBeLessThan(2);
});

test('most facilities count, some tell vehicles, a few falter; a faltering one is silent at times and always starts again', () => {
  const codes = Array.from({ length: 2_000 }, (_, index) => `code ${index}`);
  const manners = Object.groupBy(codes, mannerOf);
  const halfHours = Array.from({ length: 48 * 7 }, (_, index) => at('2026-02-09T00:00:00') + index * 1_800_000);

  expect([manners.COUNTS!.length, manners.EVENTS!.length, manners.FALTERING!.length].map(count => Math.round(count / 20))).toEqual([84, 10, 6]);
  for (const code of manners.FALTERING!) {
    const silent = halfHours.filter(when => isSilent(code, when)).length / halfHours.length;
    expect(silent).toBeGreaterThan(0.1);
    expect(silent).toBeLessThan(0.5);
  }
  expect(manners.COUNTS!.some(code => halfHours.some(when => isSilent(code, when)))).toBe(false);
});

test('C3: the vehicles that are told add up to the counts, round for round', () => {
  const codes = Array.from({ length: 400 }, (_, index) => `code ${index}`).filter(code => mannerOf(code) === 'EVENTS');
  const facilities = codes.map((code): Busy => ({ code, category: 'COMMERCIAL', capacity: [standard(400)] }));
  fc.assert(fc.property(instant, fc.integer({ min: 1, max: 120 }), (start, minutes) => {
    const standing = new Map<string, number>();
    let told: ReadonlyMap<string, number> = new Map();
    for (let round = 0; round < 25; round++) {
      const so = roundOf(facilities, { round, instant: start + round * minutes * 60_000, city, told });
      expect(so.counts).toHaveLength(round % 10 === 0 ? facilities.length : 0);
      for (const { facilityCode, occupied } of so.counts) standing.set(`${facilityCode} STANDARD`, occupied);
      for (const { facilityCode, direction } of so.events) standing.set(`${facilityCode} STANDARD`, standing.get(`${facilityCode} STANDARD`)! + (direction === 'ENTRY' ? 1 : -1));
      told = so.stands;

      expect(standing).toEqual(told);
    }
  }), { numRuns: 10 });
});

test('whoever runs a facility of the demo reports for it, and only private spaces are counted by nobody', () => {
  const drafts = drawFacilities(new Draw(2022)).map(({ draft }) => draft);
  const silent = drafts.filter(draft => reporterOf(draft) === null);

  expect(REPORTER_CODES).toHaveLength(56);
  expect(new Set(silent.map(({ category }) => category))).toEqual(new Set(['PRIVATE_SPACE']));
  expect(silent).toHaveLength(30);
  for (const draft of drafts) expect(busyOf(draft).capacity.reduce((sum, { total }) => sum + total, 0)).toBe(draft.zones.flatMap(({ capacity }) => capacity ?? []).reduce((sum, { total }) => sum + total, 0));
});
