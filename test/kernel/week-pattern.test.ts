import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { localTime, seededWorkCalendar, spans, weekPattern, Zone, type DayRule, type PatternContext, type RuleOccurrence } from '../../src/kernel/index.js';
import { valueOf } from './value-of.js';

const { expand, durationOf, lookBackDays } = weekPattern;
const calendar = seededWorkCalendar();
const zone = localTime.shanghai();
const context: PatternContext = { calendar, zone, closingMinuteOf: () => 22 * 60 };
const day = (text: string) => valueOf(localTime.parseDay(text));
const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime('Asia/Shanghai').epochMilliseconds;
const WORK = ['WORKDAY', 'MAKEUP_WORKDAY'] as const;
const REST = ['REST', 'HOLIDAY'] as const;

/** Workdays 18:00 → next 07:30; rest days all day until 07:30 of the next workday (traps.md, section 2). */
const OFFICE: readonly DayRule[] = [
  { days: { dayTypes: WORK }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } },
  { days: { dayTypes: REST }, from: { minute: 0 }, until: { untilNext: { dayTypes: WORK, minute: 450 } } },
];

function openSpans(rules: readonly DayRule[], from: string, to: string, using = context) {
  return spans.normalise([...expand(rules, { fromDay: day(from), toDay: day(to) }, using)]);
}

test.each([
  ['2026-02-13T18:00', '2026-02-14T07:30', 13.5, 'a Saturday make-up workday is closed 07:30–18:00'],
  ['2026-02-14T18:00', '2026-02-24T07:30', 229.5, 'Spring Festival is one unbroken window'],
  ['2026-09-18T18:00', '2026-09-20T07:30', 37.5, 'a make-up Sunday ends the weekend early'],
  ['2026-03-06T18:00', '2026-03-09T07:30', 61.5, 'an ordinary weekend'],
])('T6: open %s → %s is %d hours: %s', (start, end, hours) => {
  const open = openSpans(OFFICE, '2026-01-01', '2026-12-31');

  expect(open).toContainEqual({ startsAt: at(start), endsAt: at(end) });
  expect((at(end) - at(start)) / 3_600_000).toBe(hours);
});

test('T6: over 2026 a day-of-week engine would offer 63 office hours and hide 199.5 free ones', () => {
  const byWeekday: readonly DayRule[] = [
    { days: { weekdays: [1, 2, 3, 4, 5] }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } },
    { days: { weekdays: [5, 6] }, from: { minute: 0 }, until: { durationMinutes: 0 } },
    { days: { weekdays: [6, 7] }, from: { minute: 0 }, until: { minute: 450, dayOffset: 1 } },
  ];
  const year = { startsAt: at('2026-01-01T00:00'), endsAt: at('2027-01-01T00:00') };
  const right = spans.clip(openSpans(OFFICE, '2025-12-31', '2027-01-02'), year);
  const naive = spans.clip(openSpans(byWeekday, '2025-12-31', '2027-01-02'), year);

  expect(spans.minutes(spans.subtract(naive, right)) / 60).toBe(63);
  expect(spans.minutes(spans.subtract(right, naive)) / 60).toBe(199.5);
});

test('T1: 18:00–07:30 is a start and a length, and its tail is found from the next day', () => {
  const overnight: DayRule = { days: { weekdays: [2] }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } };

  expect(durationOf({ minute: 1080 }, overnight.until)).toBe(810);
  expect(lookBackDays(overnight)).toBe(2);
  expect(expand([overnight], { fromDay: day('2026-03-04'), toDay: day('2026-03-05') }, context)).toEqual([
    { onDate: day('2026-03-03'), startsAt: at('2026-03-03T18:00'), endsAt: at('2026-03-04T07:30'), provisional: false, ruleIndex: 0 },
  ]);
});

test('T2: the tail belongs to the day it began on, though the new day is a make-up workday', () => {
  const restNights: DayRule = { days: { dayTypes: REST }, from: { minute: 1200 }, until: { durationMinutes: 600 } };

  expect(openSpans([restNights], '2026-01-03', '2026-01-05')).toEqual([
    { startsAt: at('2026-01-02T20:00'), endsAt: at('2026-01-03T06:00') },
    { startsAt: at('2026-01-03T20:00'), endsAt: at('2026-01-04T06:00') },
  ]);
});

test('T2: an end worded "until the next workday" asks the type of the end date', () => {
  const [saturday] = expand([OFFICE[1]!], { fromDay: day('2026-09-19'), toDay: day('2026-09-20') }, context);

  expect(saturday!.endsAt).toBe(at('2026-09-20T07:30'));
});

test('T8: an occurrence is provisional where a date that decides has no notice yet', () => {
  const newYearsEve = expand(OFFICE, { fromDay: day('2026-12-31'), toDay: day('2027-01-02') }, context).map(each => [localTime.formatDay(each.onDate), each.provisional]);
  const eve: DayRule = { days: { eveOfRest: true }, from: { minute: 1080 }, until: { durationMinutes: 60 } };

  expect(newYearsEve).toEqual([['2026-12-30', false], ['2026-12-31', false], ['2027-01-01', true]]);
  expect(expand([eve], { fromDay: day('2026-12-25'), toDay: day('2026-12-26') }, context)[0]!.provisional).toBe(false);
});

test('T9: an eve-of-rest rule opens on the working Saturday before a festival, not on the Friday', () => {
  const eve: DayRule = { days: { eveOfRest: true }, from: { minute: 1080 }, until: { minute: 1440, dayOffset: 0 } };

  expect(openSpans([eve], '2026-02-09', '2026-02-16')).toEqual([{ startsAt: at('2026-02-14T18:00'), endsAt: at('2026-02-15T00:00') }]);
});

test('2.4-3: a window after closing time follows the closing time of its date, and is none where that is unknown', () => {
  const afterClose: DayRule = { days: { weekdays: [5, 6] }, from: { afterCloseMinutes: 30 }, until: { minute: 540, dayOffset: 1 } };
  const closing: PatternContext = { ...context, closingMinuteOf: each => (localTime.weekdayOf(each) === 5 ? 1470 : null) };

  expect(openSpans([afterClose], '2026-03-06', '2026-03-08', closing)).toEqual([{ startsAt: at('2026-03-07T01:00'), endsAt: at('2026-03-07T09:00') }]);
});

const selector = fc.oneof(
  fc.record({ weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) }),
  fc.record({ dayTypes: fc.uniqueArray(fc.constantFrom('WORKDAY' as const, 'REST' as const, 'HOLIDAY' as const, 'MAKEUP_WORKDAY' as const), { minLength: 1 }) }),
  fc.constant({ eveOfRest: true as const }),
);
const quarter = fc.integer({ min: 0, max: 95 }).map(each => each * 15);
const rule: fc.Arbitrary<DayRule> = fc.record({
  days: selector,
  from: fc.oneof(fc.record({ minute: quarter }), fc.record({ afterCloseMinutes: quarter })),
  until: fc.oneof(
    fc.record({ durationMinutes: fc.integer({ min: 1, max: 3 * 96 }).map(each => each * 15) }),
    fc.record({ minute: quarter, dayOffset: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ untilNext: fc.record({ dayTypes: fc.constantFrom([...WORK], [...REST], ['HOLIDAY' as const]), minute: quarter }) }),
  ),
});

/** Brute force: walks forward from each start until the rule says stop, by local date and time alone. All times are on quarters. */
function isOpenByBruteForce(rules: readonly DayRule[], wallDay: number, wallMinute: number): boolean {
  const now = wallDay * 1440 + wallMinute;
  return rules.some(each => {
    for (let start = wallDay - 18; start <= wallDay + 2; start += 1) {
      const d = each.days;
      const chosen = 'weekdays' in d ? d.weekdays.includes(localTime.weekdayOf(start)) : 'dayTypes' in d ? d.dayTypes.includes(calendar.dayTypeOf(start).dayType)
        : calendar.dayTypeOf(start).dayType.includes('WORKDAY') && !calendar.dayTypeOf(start + 1).dayType.includes('WORKDAY');
      if (!chosen) continue;
      const begin = start * 1440 + ('minute' in each.from ? each.from.minute : 22 * 60 + each.from.afterCloseMinutes);
      if (now < begin || now >= begin + 14 * 1440) continue;
      const u = each.until;
      if ('durationMinutes' in u && now < begin + u.durationMinutes) return true;
      if ('dayOffset' in u && now < (start + u.dayOffset) * 1440 + u.minute) return true;
      if ('untilNext' in u && !endedBefore(begin, now, u.untilNext)) return true;
    }
    return false;
  });
}

function endedBefore(begin: number, now: number, next: { readonly dayTypes: readonly string[]; readonly minute: number }): boolean {
  for (let minute = begin + 15; minute <= now; minute += 15) {
    const date = Math.floor(minute / 1440);
    if (minute - date * 1440 === next.minute && next.dayTypes.includes(calendar.dayTypeOf(date).dayType)) return true;
  }
  return false;
}

test('T15: expansion agrees with a per-minute brute force over festivals, make-up days and plain weeks', () => {
  const firstDay = day('2024-01-01');
  const lastDay = day('2026-12-20');

  fc.assert(fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.integer({ min: firstDay, max: lastDay }), (rules, on) => {
    const open = spans.normalise([...expand(rules, { fromDay: on, toDay: on + 1 }, context)]);
    const probes = Array.from({ length: 192 }, (_, index) => Math.floor(index / 2) * 15 + (index % 2) * 14);
    expect(probes.filter(probe => spans.containsInstant(open, zone.instant(on, probe)))).toEqual(probes.filter(probe => isOpenByBruteForce(rules, on, probe)));
  }), { numRuns: 60, seed: 2026 });
});

test('T12: in a night of clock change the local hours hold', () => {
  const berlin = valueOf(Zone.of('Europe/Berlin'));
  const night: DayRule = { days: { weekdays: [6] }, from: { minute: 1320 }, until: { minute: 450, dayOffset: 1 } };
  const found: readonly RuleOccurrence[] = expand([night], { fromDay: day('2026-03-28'), toDay: day('2026-03-29') }, { ...context, zone: berlin });

  expect(found.map(each => (each.endsAt - each.startsAt) / 3_600_000)).toEqual([8.5]);
});
