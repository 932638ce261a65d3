import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { priceStay } from '../../src/billing/rules/price-stay.js';
import type { PricedPart, StayPrice } from '../../src/billing/rules/stay-price.js';
import type { TariffTerms } from '../../src/billing/rules/tariff.js';
import { priceByMinute } from './price-by-minute.js';
import { always, arbitraryStay, beijing, china, hours, part, terms, version } from './price-cases.js';

function priced(parts: readonly PricedPart[], { spaces = 1, spaceClass = 'STANDARD' as const, context = china }: { spaces?: number; spaceClass?: 'STANDARD' | 'CHARGING'; context?: typeof china } = {}): StayPrice {
  const outcome: Outcome<StayPrice> = priceStay({ parts, spaces, spaceClass }, context);
  if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
  return outcome.value;
}

const amount = (from: string, until: string, of: TariffTerms, options = {}): number => priced([part(from, until, of)], options).amountFen;

test('the price is what a walk along its minutes finds, whatever the tariff', () => {
  fc.assert(fc.property(arbitraryStay, fc.integer({ min: 1, max: 3 }), ({ parts, context }, spaces) => {
    const price = priced(parts, { spaces, context });
    const walked = priceByMinute(parts, { spaces, spaceClass: 'STANDARD' }, context)!;

    expect(price.amountFen).toBe(walked.amountFen);
    expect(price.lines.map(line => [line.startsAt, line.endsAt, line.amountFen])).toEqual(walked.lines.map(line => [line.startsAt, line.endsAt, line.amount * spaces]));
  }), { numRuns: 200 });
});

test('the lines follow one another, cover the stay whole, and sum to the amount', () => {
  fc.assert(fc.property(arbitraryStay, ({ parts, context }) => {
    const { lines, amountFen } = priced(parts, { context });

    expect(lines[0]!.startsAt).toBe(parts[0]!.during.startsAt);
    expect(lines.at(-1)!.endsAt).toBe(parts.at(-1)!.during.endsAt);
    expect(lines.slice(1).every((line, index) => line.startsAt === lines[index]!.endsAt)).toBe(true);
    expect(lines.reduce((sum, line) => sum + line.amountFen, 0)).toBe(amountFen);
    expect(lines.every(line => line.amountFen <= line.uncappedFen && Number.isSafeInteger(line.amountFen))).toBe(true);
  }));
});

test('under a price irrespective of time after closing, 2 hours and 9 hours cost the same (2.4-3)', () => {
  const mall = terms([{ name: '闭店后', when: { days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { afterCloseMinutes: 30 }, until: { minute: 8 * 60, dayOffset: 1 } }, spaceClasses: null, price: { kind: 'FLAT_AFTER_CLOSING', fen: 800 } }, always({ kind: 'PER_HOUR', fenPerHour: 600 })]);

  expect(amount('2026-03-04 22:30', '2026-03-05 00:30', mall)).toBe(800);
  expect(amount('2026-03-04 22:30', '2026-03-05 07:30', mall)).toBe(800);
  // A second night is another visit's price, and the shopping hours between are charged as such.
  expect(amount('2026-03-04 22:30', '2026-03-05 23:30', mall)).toBe(800 + 14.5 * 600 + 800);
});

test('a price per entry is asked once a stay, over midnight and over a new version', () => {
  const versions = [version(terms([always({ kind: 'PER_ENTRY', fen: 500 })])), version(terms([always({ kind: 'PER_ENTRY', fen: 900 })]), 2, beijing('2026-03-05 00:00'))];

  expect(priced([part('2026-03-04 20:00', '2026-03-06 20:00', versions)]).lines.map(line => [line.tariffVersion, line.amountFen])).toEqual([[1, 500], [2, 0]]);
  expect(priced([part('2026-03-05 00:00', '2026-03-06 20:00', versions)]).amountFen).toBe(900);
});

test('a stay is cut where another band begins, and blocks begin anew there (I8)', () => {
  const tariff = terms([{ name: '夜间', when: hours('22:00–08:00'), spaceClasses: null, price: { kind: 'PER_BLOCK', blockMinutes: 60, fenPerBlock: 100 } }, always({ kind: 'PER_BLOCK', blockMinutes: 60, fenPerBlock: 500 }, '日间')]);

  const { lines, amountFen } = priced([part('2026-03-04 20:30', '2026-03-04 23:30', tariff)]);

  expect(lines.map(line => [line.band, line.amountFen])).toEqual([['日间', 1_000], ['夜间', 200]]);
  expect(amountFen).toBe(1_200);
});

test('a block that was begun before another band speaks ends there, or runs out by its own price, as the tariff says', () => {
  const bands = [{ name: '夜间', when: hours('21:00–09:00'), spaceClasses: null, price: { kind: 'PER_BLOCK' as const, blockMinutes: 30, fenPerBlock: 1_500 } }, always({ kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: 2_000 }, '日间')];
  const tariff = (blocksAtEdges: 'ANEW' | 'RUN_OUT') => terms(bands, { blocksAtEdges });

  expect(amount('2026-03-04 20:45', '2026-03-04 21:15', tariff('ANEW'))).toBe(3_500);
  expect(amount('2026-03-04 20:45', '2026-03-04 21:15', tariff('RUN_OUT'))).toBe(2_000);
  expect(priced([part('2026-03-04 20:45', '2026-03-04 21:16', tariff('RUN_OUT'))]).lines.map(line => [line.band, (line.endsAt - line.startsAt) / 60_000, line.amountFen])).toEqual([['日间', 30, 2_000], ['夜间', 1, 1_500]]);
});

test('blocks run on over midnight where the same band speaks on both days', () => {
  const tariff = terms([always({ kind: 'PER_BLOCK', blockMinutes: 60, fenPerBlock: 300 })], { caps: [{ name: '日封顶', period: { kind: 'DAY', days: null }, fen: 1_000, bands: null }] });

  expect(amount('2026-03-04 23:30', '2026-03-05 00:30', tariff)).toBe(300);
  expect(amount('2026-03-04 20:00', '2026-03-05 04:00', tariff)).toBe(2_000);
});

test('a calendar day and 24 hours from entry are different caps (I7)', () => {
  const capped = (period: 'DAY' | 'ROLLING_24H') => terms([always({ kind: 'PER_HOUR', fenPerHour: 500 })], { caps: [{ name: '封顶', period: period === 'DAY' ? { kind: period, days: null } : { kind: period }, fen: 2_000, bands: null }] });

  // 18:00 to 18:00 the next day: two calendar days, one period of 24 hours.
  expect(amount('2026-03-04 18:00', '2026-03-05 18:00', capped('DAY'))).toBe(4_000);
  expect(amount('2026-03-04 18:00', '2026-03-05 18:00', capped('ROLLING_24H'))).toBe(2_000);
});

test('a new version does not begin a capped period anew: 24 hours cost at most what either version says', () => {
  const capped = (fenPerHour: number, fen: number) => terms([always({ kind: 'PER_HOUR', fenPerHour })], { caps: [{ name: '24 小时封顶', period: { kind: 'ROLLING_24H' }, fen, bands: null }] });
  const versions = (later: TariffTerms) => [version(capped(600, 3_000)), version(later, 2, beijing('2026-03-05 00:00'))];
  const lines = (until: string, later: TariffTerms) => priced([part('2026-03-04 18:00', until, versions(later))]).lines.map(line => [line.tariffVersion, line.amountFen, line.cappedBy]);

  expect(lines('2026-03-05 18:00', capped(700, 3_000))).toEqual([[1, 3_000, '24 小时封顶'], [2, 0, '24 小时封顶']]);
  // A higher cap leaves the difference, a lower one takes nothing back, and the next 24 hours are whole again.
  expect(lines('2026-03-05 19:00', capped(700, 3_500))).toEqual([[1, 3_000, '24 小时封顶'], [2, 500, '24 小时封顶'], [2, 700, null]]);
  expect(lines('2026-03-05 19:00', capped(700, 2_000))).toEqual([[1, 3_000, '24 小时封顶'], [2, 0, '24 小时封顶'], [2, 700, null]]);
});

test('a new version begins no block and no ladder anew: what was begun is not asked twice, and what follows costs what the new one says', () => {
  const change = beijing('2026-03-04 10:30');
  const cost = (was: TariffTerms, is: TariffTerms, from: string, until: string) => priced([part(from, until, [version(was), version(is, 2, change)])]).lines.map(line => [line.tariffVersion, line.amountFen]);
  const blocks = (blockMinutes: number, fenPerBlock: number, name = '全天') => terms([always({ kind: 'PER_BLOCK', blockMinutes, fenPerBlock }, name)]);
  const ladder = (...fen: readonly number[]) => terms([always({ kind: 'LADDER', steps: fen.map((each, nth) => ({ untilMinutes: (nth + 1) * 60, fen: each })), then: null, repeatsAfterMinutes: null })]);

  // The hour that began at 10:00 is paid; the next one is the new version's.
  expect(cost(blocks(60, 500), blocks(60, 800), '2026-03-04 10:00', '2026-03-04 11:00')).toEqual([[1, 500], [2, 0]]);
  expect(cost(blocks(60, 500), blocks(60, 800), '2026-03-04 10:00', '2026-03-04 11:01')).toEqual([[1, 500], [2, 800]]);
  expect(cost(ladder(500, 900, 1_200), ladder(1_000, 1_800, 2_400), '2026-03-04 10:00', '2026-03-04 12:30')).toEqual([[1, 500], [2, 1_400]]);
  // Blocks of another length, and a band of another name, are another count.
  expect(cost(blocks(60, 500), blocks(30, 300), '2026-03-04 10:00', '2026-03-04 11:00')).toEqual([[1, 500], [2, 300]]);
  expect(cost(blocks(60, 500), blocks(60, 800, '日间'), '2026-03-04 10:00', '2026-03-04 11:00')).toEqual([[1, 500], [2, 800]]);
});

test('a year under many bands and caps asks the calendar by the day, not by the line', () => {
  let asked = 0;
  const counting = new Proxy(china.zone, {
    get(zone, name) {
      const member = Reflect.get(zone, name, zone) as unknown;
      if (name === 'dayOf') asked += 1;
      return typeof member === 'function' ? member.bind(zone) : member;
    },
  });
  const bands = Array.from({ length: 24 }, (_, hour) => ({ name: `${hour}`, when: hours(`${String(hour).padStart(2, '0')}:00–${String(hour).padStart(2, '0')}:30`), spaceClasses: null, price: { kind: 'PER_BLOCK' as const, blockMinutes: 15, fenPerBlock: 100 } }));
  const caps = Array.from({ length: 5 }, (_, nth) => ({ name: `${nth}`, period: { kind: 'DAY' as const, days: null }, fen: 2_000 + nth, bands: null }));

  const price = priced([part('2026-03-04 00:00', '2027-03-04 00:00', terms(bands, { caps }))], { context: { ...china, zone: counting } });

  expect([price.lines.length, price.amountFen]).toEqual([365 * 48, 365 * 2_000]);
  expect(asked).toBeLessThan(365 * (caps.length + 1));
});

test('a night has a cap of its own, which the day then counts', () => {
  const tariff = terms([always({ kind: 'PER_HOUR', fenPerHour: 500 })], {
    caps: [{ name: '日封顶', period: { kind: 'DAY', days: null }, fen: 2_500, bands: null }, { name: '夜间封顶', period: { kind: 'LOCAL_SPAN', when: hours('18:00–08:00') }, fen: 1_000, bands: null }],
  });

  const { lines } = priced([part('2026-03-04 14:00', '2026-03-05 09:00', tariff)]);

  // 4 h of day 2000, the night 1000 of which the day's rest takes 500, the last hour 500.
  expect(lines.map(line => [line.uncappedFen, line.amountFen, line.cappedBy])).toEqual([[2_000, 2_000, null], [3_000, 500, '日封顶'], [4_000, 0, '夜间封顶'], [500, 500, null]]);
});

test('the first minutes are free once a stay: deducted from it, or a grace that a longer stay loses', () => {
  const tariff = (kind: 'DEDUCTED' | 'GRACE') => terms([always({ kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: 200 })], { freeMinutes: { minutes: 15, kind } });

  expect(amount('2026-03-04 10:00', '2026-03-04 10:15', tariff('GRACE'))).toBe(0);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:40', tariff('GRACE'))).toBe(400);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:40', tariff('DEDUCTED'))).toBe(200);
  expect(priced([part('2026-03-04 10:00', '2026-03-04 10:10', tariff('DEDUCTED')), part('2026-03-04 10:10', '2026-03-04 10:30', tariff('DEDUCTED'), 'tar_b')]).amountFen).toBe(200);
});

test('holidays, plain weekends and worked weekends follow the calendar of the State Council (T6)', () => {
  const tariff = terms([
    { name: '节假日', when: { days: { dayTypes: ['HOLIDAY', 'REST'] }, from: { minute: 0 }, until: { durationMinutes: 1_440 } }, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour: 600 } },
    always({ kind: 'PER_HOUR', fenPerHour: 400 }, '工作日'),
  ]);

  // Saturday 14 February 2026 is worked to make up for Spring Festival; Tuesday the 17th is its first day.
  expect(amount('2026-02-14 10:00', '2026-02-14 11:00', tariff)).toBe(400);
  expect(amount('2026-02-17 10:00', '2026-02-17 11:00', tariff)).toBe(600);
  expect(priced([part('2026-02-14 10:00', '2026-02-14 11:00', tariff)]).isProvisional).toBe(false);
  expect(priced([part('2027-02-14 10:00', '2027-02-14 11:00', tariff)]).isProvisional).toBe(true);
});

test('a class has a price of its own (2.5-2)', () => {
  const tariff = terms([{ ...always({ kind: 'PER_HOUR', fenPerHour: 900 }, '充电车位'), spaceClasses: ['CHARGING'] }, always({ kind: 'PER_HOUR', fenPerHour: 300 }, '普通车位')]);

  expect(amount('2026-03-04 10:00', '2026-03-04 12:00', tariff, { spaceClass: 'CHARGING' })).toBe(1_800);
  expect(amount('2026-03-04 10:00', '2026-03-04 12:00', tariff)).toBe(600);
});

test('each line is rounded once, by the rule that its tariff stores (I7)', () => {
  const rounded = (rule: 'UP' | 'DOWN' | 'HALF_UP' | 'HALF_EVEN', toFen: number) => terms([always({ kind: 'PER_HOUR', fenPerHour: 500 })], { rounding: { rule, toFen } });

  // 29 minutes are 241.66… fen, 27 minutes exactly 225.
  expect(amount('2026-03-04 10:00', '2026-03-04 10:29', rounded('UP', 1))).toBe(242);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:29', rounded('DOWN', 100))).toBe(200);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:27', rounded('HALF_EVEN', 50))).toBe(200);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:27', rounded('HALF_UP', 50))).toBe(250);
  expect(amount('2026-03-04 10:00', '2026-03-04 10:29', rounded('UP', 1), { spaces: 3 })).toBe(726);
});

test('a new version begins to price at its instant, and an earlier start takes the place of a later one', () => {
  const hourly = (fenPerHour: number) => terms([always({ kind: 'PER_HOUR', fenPerHour })]);
  const versions = [version(hourly(300)), version(hourly(600), 2, beijing('2026-03-04 12:00')), version(hourly(100), 3, beijing('2026-03-04 11:00'))];

  const price = priced([part('2026-03-04 10:00', '2026-03-04 13:00', versions)]);

  expect(price.tariffVersionIds).toEqual(['tar_a@1', 'tar_a@3']);
  expect(price.amountFen).toBe(500);
});

test('time before the first version has no price: it is refused with the instant', () => {
  const outcome = priceStay({ parts: [part('2026-03-04 10:00', '2026-03-04 13:00', [version(terms([always({ kind: 'FREE' })]), 1, beijing('2026-03-04 12:00'))])], spaceClass: 'STANDARD', spaces: 1 }, china);

  expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'TARIFF_NOT_IN_FORCE', data: { inForceFrom: '2026-03-04T04:00:00.000Z' } }] });
});

test('a window without a tariff is free, an hour of which no band speaks is not charged, and each says so', () => {
  const officeHours = terms([{ name: '收费时间', when: hours('09:00–17:00'), spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour: 200 } }]);
  const free: PricedPart = { windowId: 'win_b', tariffId: null, agreementId: null, during: { startsAt: beijing('2026-03-04 18:00'), endsAt: beijing('2026-03-04 20:00') }, versions: [] };

  const { lines, amountFen } = priced([part('2026-03-04 16:00', '2026-03-04 18:00', officeHours), free]);

  expect(lines.map(line => [line.rule, line.windowId, line.amountFen])).toEqual([['PER_HOUR', 'win_a', 200], ['UNCHARGED_HOURS', 'win_a', 0], ['NO_TARIFF', 'win_b', 0]]);
  expect(amountFen).toBe(200);
});

test('an agreed price is priced by its own terms and named in the line (3.2-5)', () => {
  const agreed: PricedPart = { ...part('2026-03-04 16:00', '2026-03-04 18:00', terms([always({ kind: 'PER_HOUR', fenPerHour: 50 })])), agreementId: 'agr_1' };

  expect(priced([agreed]).lines).toMatchObject([{ tariffId: null, tariffVersion: null, agreementId: 'agr_1', amountFen: 100 }]);
});

test('a minute is charged once it is whole: seconds at either end do not count', () => {
  const tariff = terms([always({ kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: 100 })]);
  const stay = (from: number, until: number) => priced([{ ...part('2026-03-04 10:00', '2026-03-04 11:00', tariff), during: { startsAt: beijing('2026-03-04 10:00') + from, endsAt: beijing('2026-03-04 10:30') + until } }]).amountFen;

  expect(stay(0, 59_999)).toBe(100);
  expect(stay(0, 60_000)).toBe(200);
  expect(stay(1, 0)).toBe(100);
  expect(priced([{ ...part('2026-03-04 10:00', '2026-03-04 11:00', tariff), during: { startsAt: beijing('2026-03-04 10:00') + 1, endsAt: beijing('2026-03-04 10:00') + 40_000 } }])).toEqual({ lines: [], amountFen: 0, tariffVersionIds: [], isProvisional: false });
});
