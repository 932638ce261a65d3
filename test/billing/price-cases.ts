import fc from 'fast-check';
import { localTime, seededWorkCalendar, Zone, type DayRule, type PatternContext } from '../../src/kernel/index.js';
import type { PricedPart } from '../../src/billing/rules/stay-price.js';
import type { BandPrice, TariffBand, TariffCap, TariffTerms, TariffVersion } from '../../src/billing/rules/tariff.js';

export const calendar = seededWorkCalendar();
export const china: PatternContext = { calendar, zone: localTime.shanghai(), closingMinuteOf: () => 22 * 60 };

/** A zone whose clocks change, and a shop that closes at another time every day, after midnight too, or stays shut. */
const berlin = Zone.of('Europe/Berlin');
export const elsewhere: PatternContext = { calendar, zone: berlin.ok ? berlin.value : localTime.shanghai(), closingMinuteOf: day => [1_320, 1_500, null][day % 3]! };

/** A Beijing instant: '2026-02-13 18:00'. */
export const beijing = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);

export const always = (price: BandPrice, name = '全天'): TariffBand => ({ name, when: null, spaceClasses: null, price });

/** Hours of every day, over midnight where the end is not later: '18:00–08:00'. */
export function hours(text: string, days: DayRule['days'] = { weekdays: [1, 2, 3, 4, 5, 6, 7] }): DayRule {
  const [from, until] = text.split('–').map(each => Number(each.slice(0, 2)) * 60 + Number(each.slice(3)));
  return { days, from: { minute: from! }, until: { minute: until!, dayOffset: until! <= from! ? 1 : 0 } };
}

export const terms = (bands: readonly TariffBand[], more: Partial<TariffTerms> = {}): TariffTerms => ({ bands, caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW', ...more });

export const version = (of: TariffTerms, number = 1, inForceFrom = 0): TariffVersion => ({ version: number, inForceFrom, terms: of });

/** One part under one version. */
export const part = (from: string, until: string, of: TariffTerms | readonly TariffVersion[], tariffId = 'tar_a'): PricedPart =>
  ({ windowId: 'win_a', tariffId, agreementId: null, during: { startsAt: beijing(from), endsAt: beijing(until) }, versions: Array.isArray(of) ? of : [version(of as TariffTerms)] });

const fen = fc.integer({ min: 0, max: 3_000 });
const minutes = fc.integer({ min: 1, max: 400 });
const quarter = fc.integer({ min: 0, max: 95 }).map(each => each * 15);

const arbitraryHours: fc.Arbitrary<DayRule> = fc.record({
  days: fc.oneof(
    fc.record({ weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) }),
    fc.record({ dayTypes: fc.constantFrom(['WORKDAY' as const, 'MAKEUP_WORKDAY' as const], ['REST' as const, 'HOLIDAY' as const]) }),
    fc.constant({ eveOfRest: true as const }),
  ),
  from: fc.oneof({ weight: 4, arbitrary: fc.record({ minute: quarter }) }, { weight: 1, arbitrary: fc.record({ afterCloseMinutes: fc.constantFrom(0, 30) }) }),
  until: fc.oneof(
    fc.record({ durationMinutes: fc.integer({ min: 1, max: 130 }).map(each => each * 15) }),
    fc.record({ untilNext: fc.record({ dayTypes: fc.constant(['WORKDAY' as const]), minute: quarter }) }),
  ),
});

const arbitraryLadder: fc.Arbitrary<BandPrice> = fc.record({
  lengths: fc.array(fc.tuple(minutes, fen), { minLength: 1, maxLength: 4 }),
  then: fc.option(fc.record({ everyMinutes: minutes, fen })),
  repeatsAfterMinutes: fc.option(fc.integer({ min: 30, max: 1_440 })),
}).map(({ lengths, ...rest }) => {
  let until = 0;
  let price = 0;
  return { kind: 'LADDER', steps: lengths.map(([length, more]) => ({ untilMinutes: (until += length), fen: (price += more) })), ...rest };
});

const timed: readonly fc.Arbitrary<BandPrice>[] = [
  fc.constant({ kind: 'FREE' as const }),
  fc.record({ kind: fc.constant('PER_HOUR' as const), fenPerHour: fen }),
  fc.record({ kind: fc.constant('PER_BLOCK' as const), blockMinutes: minutes, fenPerBlock: fen }),
  arbitraryLadder,
  fc.record({ kind: fc.constant('PER_ENTRY' as const), fen }),
];

const arbitraryBand = fc.oneof(
  fc.record({ when: fc.option(arbitraryHours, { freq: 3 }), price: fc.oneof(...timed) }),
  fc.record({ when: arbitraryHours, price: fc.record({ kind: fc.constant('FLAT_AFTER_CLOSING' as const), fen }) }),
).chain(band => fc.option(fc.constantFrom(['STANDARD' as const], ['CHARGING' as const])).map(spaceClasses => ({ ...band, spaceClasses })));

const arbitraryCap: fc.Arbitrary<Omit<TariffCap, 'name'>> = fc.record({
  period: fc.oneof(
    fc.record({ kind: fc.constant('LOCAL_SPAN' as const), when: arbitraryHours }),
    fc.record({ kind: fc.constant('DAY' as const), days: fc.option(fc.constant({ dayTypes: ['REST' as const, 'HOLIDAY' as const] })) }),
    fc.constant({ kind: 'ROLLING_24H' as const }),
    fc.constant({ kind: 'STAY' as const }),
  ),
  fen: fc.integer({ min: 0, max: 6_000 }),
  bands: fc.option(fc.constantFrom(['b0'], ['b0', 'b1'])),
});

/** Tariffs of every shape. */
export const arbitraryTariff: fc.Arbitrary<TariffTerms> = fc.record({
  bands: fc.array(arbitraryBand, { minLength: 1, maxLength: 3 }).map(list => list.map((band, index) => ({ ...band, name: `b${index}` }))),
  caps: fc.array(arbitraryCap, { maxLength: 2 }).map(list => list.map((cap, index) => ({ ...cap, name: `c${index}` }))),
  freeMinutes: fc.option(fc.record({ minutes: fc.integer({ min: 1, max: 120 }), kind: fc.constantFrom('DEDUCTED' as const, 'GRACE' as const) })),
  rounding: fc.record({ rule: fc.constantFrom('UP' as const, 'DOWN' as const, 'HALF_UP' as const, 'HALF_EVEN' as const), toFen: fc.constantFrom(1, 10, 50) }),
  blocksAtEdges: fc.constantFrom('ANEW' as const, 'RUN_OUT' as const),
});

/** The same tariff, dearer: what most new versions are. */
function raised(of: TariffTerms): TariffTerms {
  const bands = of.bands.map(band => {
    const { price } = band;
    if (price.kind === 'PER_BLOCK') return { ...band, price: { ...price, fenPerBlock: price.fenPerBlock * 2 } };
    if (price.kind === 'LADDER') return { ...band, price: { ...price, steps: price.steps.map(step => ({ ...step, fen: step.fen * 2 })) } };
    return band;
  });
  return { ...of, bands };
}

const CHANGE = beijing('2026-02-14 07:20');

/** Stays of up to three days around Spring Festival, or around the night in which Berlin's clocks change, in up to three parts under up to two tariffs, one with two versions. */
export const arbitraryStay: fc.Arbitrary<{ readonly parts: readonly PricedPart[]; readonly context: PatternContext }> = fc.record({
  tariffs: fc.tuple(arbitraryTariff, arbitraryTariff, arbitraryTariff).chain(([a, changed, b]) => fc.constantFrom(changed, raised(a)).map(then => [a, then, b] as const)),
  at: fc.integer({ min: 0, max: 4 * 1_440 }),
  lengths: fc.array(fc.tuple(fc.integer({ min: 1, max: 1_440 }), fc.constantFrom('tar_a', 'tar_a', 'tar_b', null)), { minLength: 1, maxLength: 3 }),
  isElsewhere: fc.boolean(),
}).map(({ tariffs: [a, changed, b], at, lengths, isElsewhere }) => {
  let startsAt = (isElsewhere ? Date.UTC(2026, 2, 26) : beijing('2026-02-12 00:00')) + at * 60_000;
  const versions = { tar_a: [version(a), version(changed, 2, isElsewhere ? Date.UTC(2026, 2, 29, 1) : CHANGE)], tar_b: [version(b)] };
  const parts = lengths.map(([length, tariffId], index): PricedPart => {
    const during = { startsAt, endsAt: startsAt + length * 60_000 };
    startsAt = during.endsAt;
    return { windowId: `win_${index}`, tariffId, agreementId: null, during, versions: tariffId === null ? [] : versions[tariffId as 'tar_a'] };
  });
  return { parts, context: isElsewhere ? elsewhere : china };
});
