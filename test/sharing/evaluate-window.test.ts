import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WindowTerms } from '../../src/sharing/index.js';
import { quotaOf } from '../../src/sharing/rules/window.js';
import { valueOf } from '../facilities/city.js';
import { openLendingCity, told, type LendingCity } from './city.js';
import { closure, day, NIGHTLY, REST, WORK } from './rules/terms-builder.js';

let city: LendingCity;

beforeAll(async () => {
  city = await openLendingCity();
});

afterAll(() => city.database.close());

const OPEN_ENDED = { validFrom: day('2024-01-01'), validUntil: null };

async function windowWith(some: Partial<WindowTerms>): Promise<string> {
  const lot = await city.lot({ closesAtMinutes: [1320, 1320, 1320, 1320, 1380, 1380, null] });
  const [outcome] = await city.publish(city.system, { facility: { id: lot.facilityId }, terms: told({ ...OPEN_ENDED, ...some }) });
  return valueOf(outcome).windowId;
}

async function evaluate(id: string, ...instants: string[]) {
  const fields = instants.map((at, i) => `at${i}: evaluate(at: "${at}+08:00") { lent quota { spaceClass spaces } occurrence { onDate startsAt endsAt isProvisional } decidedBy { kind id ruleIndex zh en } }`);
  const { sharingWindow } = await city.ask(city.system, `{ sharingWindow(id: "${id}") { ${fields.join(' ')} } }`);
  return instants.map((_, i) => sharingWindow[`at${i}`]);
}

const lentAt = async (id: string, ...instants: string[]) => (await evaluate(id, ...instants)).map(each => each.lent);

async function occurrences(id: string, from: string, until: string) {
  const { sharingWindow } = await city.ask(city.system, `{ sharingWindow(id: "${id}") { occurrences(between: { startsAt: "${from}T00:00:00+08:00", endsAt: "${until}T00:00:00+08:00" }) { onDate startsAt endsAt isProvisional quota { spaceClass spaces } entry { startsAt endsAt } exit { startsAt endsAt } decidedBy { kind } } } }`);
  return sharingWindow.occurrences as any[];
}

test('T1: 18:00 to 07:30 is one night, told from either side of midnight', async () => {
  const id = await windowWith({ rules: [NIGHTLY] });

  expect(await lentAt(id, '2026-03-02T17:59:00', '2026-03-02T18:00:00', '2026-03-03T00:00:00', '2026-03-03T07:29:00', '2026-03-03T07:30:00')).toEqual([false, true, true, true, false]);
  const [evening] = await evaluate(id, '2026-03-03T03:00:00');
  expect(evening).toEqual({
    lent: true,
    quota: [{ spaceClass: 'STANDARD', spaces: 10 }],
    occurrence: { onDate: '2026-03-02', startsAt: '2026-03-02T18:00:00+08:00', endsAt: '2026-03-03T07:30:00+08:00', isProvisional: false },
    decidedBy: { kind: 'WEEKLY_RULE', id: null, ruleIndex: 0, zh: '按第 1 条每周规则，2026-03-02 起的时段共享 10 个泊位', en: 'rule 1, weekly, lends 10 spaces in the occurrence of 2026-03-02' },
  });
});

test('T2: a night belongs to the day that it begins on; "until 07:30 of the next workday" to the day it ends on', async () => {
  const workNights = await windowWith({ rules: [{ days: { dayTypes: [...WORK] }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } }] });
  const untilWork = await windowWith({ rules: [{ days: { weekdays: [5] }, from: { minute: 1080 }, until: { untilNext: { dayTypes: [...WORK], minute: 450 } } }] });

  // Thursday 2026-04-30 is a workday, Friday 2026-05-01 a holiday.
  expect(await lentAt(workNights, '2026-05-01T07:00:00', '2026-05-01T19:00:00')).toEqual([true, false]);
  // Friday 2026-02-13 is followed by a worked Saturday; Friday 2026-03-06 by a plain weekend.
  expect((await occurrences(untilWork, '2026-02-13', '2026-02-14')).map(each => each.endsAt)).toEqual(['2026-02-14T07:30:00+08:00']);
  expect((await occurrences(untilWork, '2026-03-06', '2026-03-07')).map(each => each.endsAt)).toEqual(['2026-03-09T07:30:00+08:00']);
});

test('T3: a closure cuts the running night, changed hours do not; the suspension is above both, and each says so', async () => {
  const closed = closure({ fromDay: day('2026-03-04'), untilDay: day('2026-03-05') });
  const hours = closure({ id: 'exc_01jhours000000000000000000', fromDay: day('2026-03-11'), untilDay: day('2026-03-12'), cutsRunningTails: false, effect: { kind: 'HOURS', rules: [{ ...NIGHTLY, from: { minute: 1320 } }] }, reason: '活动' });
  const id = await windowWith({ exceptions: [closed, hours] });

  const [tail, noon, tailOfTuesday, before, during] = await evaluate(id, '2026-03-04T03:00:00', '2026-03-04T20:00:00', '2026-03-11T03:00:00', '2026-03-11T20:00:00', '2026-03-11T22:30:00');
  expect([tail, noon, tailOfTuesday, before, during].map(each => [each.lent, each.decidedBy.kind])).toEqual([[false, 'EXCEPTION'], [false, 'EXCEPTION'], [true, 'WEEKLY_RULE'], [false, 'EXCEPTION'], [true, 'EXCEPTION']]);
  expect(tail.decidedBy.zh).toBe('2026-03-04 关闭：设施检修');

  const { suspendSharing } = await city.ask(city.system, `mutation { suspendSharing(input: { scope: { windowId: "${id}" }, startsAt: "2026-03-11T22:00:00+08:00", endsAt: "2026-03-11T23:00:00+08:00", reason: "火警", idempotencyKey: "T3" }) { suspension { id } userErrors { code } } }`);
  const [suspended, after] = await evaluate(id, '2026-03-11T22:30:00', '2026-03-11T23:00:00');
  expect(suspended).toMatchObject({ lent: false, quota: [], occurrence: null, decidedBy: { kind: 'SUSPENSION', id: suspendSharing.suspension.id, zh: '紧急暂停：火警' } });
  expect(after).toMatchObject({ lent: true, occurrence: { startsAt: '2026-03-11T23:00:00+08:00' } });
});

test('T4: 24:00 as an end meets 00:00 as a start without a one-minute hole', async () => {
  const everyDay = { weekdays: [1, 2, 3, 4, 5, 6, 7] };
  const id = await windowWith({ rules: [{ days: everyDay, from: { minute: 1080 }, until: { minute: 1440, dayOffset: 0 } }, { days: everyDay, from: { minute: 0 }, until: { minute: 450, dayOffset: 0 } }] });

  expect(await lentAt(id, '2026-03-02T23:59:59', '2026-03-03T00:00:00')).toEqual([true, true]);
  const { sharingWindow } = await city.ask(city.system, `{ sharingWindow(id: "${id}") { rules { from { time } until { durationMinutes time dayOffset } } } }`);
  expect(sharingWindow.rules).toEqual([{ from: { time: '18:00' }, until: { durationMinutes: 360, time: '24:00', dayOffset: 0 } }, { from: { time: '00:00' }, until: { durationMinutes: 450, time: '07:30', dayOffset: 0 } }]);
});

test('T6, T7: the make-up Saturdays of 2026 are days of work, the holidays are not', async () => {
  const id = await windowWith({ rules: [{ days: { dayTypes: ['MAKEUP_WORKDAY'] }, from: { minute: 1080 }, until: { durationMinutes: 60 } }] });

  expect((await occurrences(id, '2026-01-01', '2027-01-01')).map(each => each.onDate)).toEqual(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']);
  const { workCalendar } = await city.ask(city.system, `{ workCalendar(from: "2026-02-13", until: "2026-02-16") { onDate dayType isProvisional isEveOfRest noticeId name } }`);
  expect(workCalendar).toEqual([
    { onDate: '2026-02-13', dayType: 'WORKDAY', isProvisional: false, isEveOfRest: false, noticeId: null, name: null },
    { onDate: '2026-02-14', dayType: 'MAKEUP_WORKDAY', isProvisional: false, isEveOfRest: true, noticeId: '国办发明电〔2025〕7号', name: '春节' },
    { onDate: '2026-02-15', dayType: 'HOLIDAY', isProvisional: false, isEveOfRest: false, noticeId: '国办发明电〔2025〕7号', name: '春节' },
  ]);
});

test('T8: beyond the last notice an occurrence is provisional', async () => {
  const id = await windowWith({ rules: [NIGHTLY] });

  expect((await occurrences(id, '2026-12-31', '2027-01-03')).map(each => [each.onDate, each.isProvisional])).toEqual([['2026-12-30', false], ['2026-12-31', false], ['2027-01-01', true], ['2027-01-02', true]]);
});

test('T9: the eve of rest is a day of work before a day of rest, whatever its weekday', async () => {
  const id = await windowWith({ rules: [{ days: { eveOfRest: true }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } }] });

  // The Friday before the worked Saturday is none, that Saturday is; so is the Thursday before Labour Day.
  expect((await occurrences(id, '2026-02-13', '2026-02-16')).map(each => each.onDate)).toEqual(['2026-02-14']);
  expect((await occurrences(id, '2026-04-29', '2026-05-02')).map(each => each.onDate)).toEqual(['2026-04-30']);
});

test('T10: a curfew shuts the gate, not the stay', async () => {
  const id = await windowWith({ entryCurfews: [{ fromMinute: 1320, untilMinute: 360 }], exitCurfews: [{ fromMinute: 1320, untilMinute: 360 }] });

  const [night] = await occurrences(id, '2026-03-02', '2026-03-03').then(all => all.slice(1));
  expect(night).toMatchObject({ startsAt: '2026-03-02T18:00:00+08:00', endsAt: '2026-03-03T07:30:00+08:00' });
  expect(night.entry).toEqual([{ startsAt: '2026-03-02T18:00:00+08:00', endsAt: '2026-03-02T22:00:00+08:00' }, { startsAt: '2026-03-03T06:00:00+08:00', endsAt: '2026-03-03T07:30:00+08:00' }]);
  expect(night.exit).toEqual(night.entry);
});

test('T14: the policy holds through 2026-12-31 and not on the next day', async () => {
  const inForceAt = async (now: string) => {
    const scope = city.as(city.system.viewer);
    city.services.clock.set(now);
    const { policyValidity } = await city.ask(scope, '{ policyValidity { fromOn untilOn isInForce } }');
    return policyValidity;
  };
  const before = city.services.clock.now();

  expect(await inForceAt('2026-12-31T23:59:59+08:00')).toEqual({ fromOn: '2022-07-19', untilOn: '2027-01-01', isInForce: true });
  expect(await inForceAt('2027-01-01T00:00:00+08:00')).toMatchObject({ isInForce: false });
  city.services.clock.set(before);
});

test('2.4-3: a window after closing follows the shop’s closing time of that day; 2.2-6: a release plan waits for its time', async () => {
  const afterClose = await windowWith({ rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { afterCloseMinutes: 30 }, until: { minute: 420, dayOffset: 1 } }] });
  const released = await windowWith({ rules: [NIGHTLY], releasePlan: { atMinute: 1200, spaces: 4 } });

  expect((await occurrences(afterClose, '2026-03-05', '2026-03-09')).map(each => each.startsAt)).toEqual(['2026-03-04T22:30:00+08:00', '2026-03-05T22:30:00+08:00', '2026-03-06T23:30:00+08:00', '2026-03-07T23:30:00+08:00']);
  const [waiting, freed] = await evaluate(released, '2026-03-02T19:59:00', '2026-03-02T20:00:00');
  expect(waiting).toMatchObject({ lent: false, decidedBy: { kind: 'RELEASE_PLAN', zh: '20:00 起定时发布 4 个泊位，尚未到时' } });
  expect(freed).toMatchObject({ lent: true, quota: [{ spaceClass: 'STANDARD', spaces: 4 }] });
});

/** The printed calendar: holidays and worked weekend days, month and day, as the State Council's notices for 2024–2026 say. */
const PRINTED: Readonly<Record<number, { readonly off: string; readonly worked: string }>> = {
  2024: { off: '0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007', worked: '0204 0218 0407 0428 0511 0914 0929 1012' },
  2025: { off: '0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008', worked: '0126 0208 0427 0928 1011' },
  2026: { off: '0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007', worked: '0104 0214 0228 0509 0920 1010' },
};

/** Every date of a year that is off, by the printed list and the plain week alone. */
function restOf(year: number): (date: Date) => boolean {
  const datesOf = (list: string) => new Set(list.split(' ').flatMap(part => {
    const [from, to = from] = part.split('-') as [string, string?];
    const dates: string[] = [];
    for (const date = new Date(Date.UTC(year, Number(from.slice(0, 2)) - 1, Number(from.slice(2)))); ; date.setUTCDate(date.getUTCDate() + 1)) {
      dates.push(date.toISOString().slice(0, 10));
      if (date.toISOString().slice(5, 10).replace('-', '') === to) return dates;
    }
  }));
  const [off, worked] = [datesOf(PRINTED[year]!.off), datesOf(PRINTED[year]!.worked)];
  return date => {
    const text = date.toISOString().slice(0, 10);
    return off.has(text) || (!worked.has(text) && [0, 6].includes(date.getUTCDay()));
  };
}

describe.each([2024, 2025, 2026])('brute force over every minute of %i', year => {
  const MINUTES = 1440;
  const start = Date.UTC(year, 0, 1) - 8 * 3_600_000;
  const days = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / 86_400_000;

  test('nights of workdays and whole days of rest are lent at exactly the minutes that the printed list says', async () => {
    const id = await windowWith({ rules: [{ days: { dayTypes: [...WORK] }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } }, { days: { dayTypes: [...REST] }, from: { minute: 480 }, until: { durationMinutes: 840 } }], quota: quotaOf({ STANDARD: 10 }), validFrom: day(`${year}-01-01`) });
    const isRest = restOf(year);

    const expected = new Uint8Array(days * MINUTES);
    for (let d = 0; d < days; d += 1) {
      const rest = isRest(new Date(Date.UTC(year, 0, 1 + d)));
      const [from, until] = rest ? [480, 1320] : [1080, 1440 + 450];
      for (let minute = from; minute < until && d * MINUTES + minute < expected.length; minute += 1) expected[d * MINUTES + minute] = 1;
    }
    const actual = new Uint8Array(days * MINUTES);
    for (const { startsAt, endsAt } of await occurrences(id, `${year}-01-01`, `${year + 1}-01-01`)) {
      for (let at = Date.parse(startsAt); at < Math.min(Date.parse(endsAt), start + days * 86_400_000); at += 60_000) actual[(at - start) / 60_000] = 1;
    }

    const differing = expected.findIndex((value, minute) => value !== actual[minute]);
    expect(differing === -1 ? 'none' : new Date(start + differing * 60_000).toISOString()).toBe('none');
    expect(actual.reduce((sum, value) => sum + value, 0)).toBe(expected.reduce((sum, value) => sum + value, 0));
  });
});
