import { problem, type DayRule, type DaySelector, type Problem } from '../kernel/index.js';
import { badInput } from '../platform/graphql/index.js';
import { checkRules, daysOf, rulesOf, type DayRuleInput } from '../sharing/index.js';
import type { BandPrice, CapPeriod, TariffTerms } from './rules/tariff.js';
import type { BandPriceInput, CapPeriodInput, TariffTermsInput } from './tariff-inputs.type.js';

/** Reads terms from the schema's words into the rules' words; what has no meaning is refused here, the rest is left to the rules. */
export function tariffOfInput({ bands, caps, freeMinutes, rounding, blocksAtEdges }: TariffTermsInput): TariffTerms {
  return {
    bands: bands.map(({ name, hours, spaceClasses, price }, index) => ({
      name: name.trim(),
      when: hours == null ? null : ruleOf(hours, `terms.bands[${index}].hours`),
      spaceClasses: spaceClasses == null ? null : [...spaceClasses],
      price: priceOf(price, `terms.bands[${index}].price`),
    })),
    caps: (caps ?? []).map((cap, index) => ({ name: cap.name.trim(), period: periodOf(cap.period, `terms.caps[${index}].period`), fen: cap.fen, bands: cap.bands == null ? null : cap.bands.map(band => band.trim()) })),
    freeMinutes: freeMinutes == null ? null : { minutes: freeMinutes.minutes, kind: freeMinutes.kind },
    rounding: rounding == null ? { rule: 'HALF_UP', toFen: 1 } : { rule: rounding.rule, toFen: rounding.toFen },
    blocksAtEdges: blocksAtEdges ?? 'ANEW',
  };
}

function ruleOf(hours: DayRuleInput, field: string): DayRule {
  return rulesOf([hours], field)[0]!;
}

function priceOf({ free, perHour, perBlock, ladder, perEntry, flatAfterClosing }: BandPriceInput, field: string): BandPrice {
  if (perHour) return { kind: 'PER_HOUR', fenPerHour: perHour.fenPerHour };
  if (perBlock) return { kind: 'PER_BLOCK', blockMinutes: perBlock.blockMinutes, fenPerBlock: perBlock.fenPerBlock };
  if (perEntry) return { kind: 'PER_ENTRY', fen: perEntry.fen };
  if (flatAfterClosing) return { kind: 'FLAT_AFTER_CLOSING', fen: flatAfterClosing.fen };
  if (ladder) {
    const { steps, then, repeatsAfterMinutes } = ladder;
    return { kind: 'LADDER', steps: steps.map(({ untilMinutes, fen }) => ({ untilMinutes, fen })), then: then == null ? null : { everyMinutes: then.everyMinutes, fen: then.fen }, repeatsAfterMinutes: repeatsAfterMinutes ?? null };
  }
  if (free !== true) throw onlyTrue(`${field}.free`);
  return { kind: 'FREE' };
}

function periodOf({ localSpan, day, rolling24h, stay }: CapPeriodInput, field: string): CapPeriod {
  if (localSpan) return { kind: 'LOCAL_SPAN', when: ruleOf(localSpan, `${field}.localSpan`) };
  if (day) return { kind: 'DAY', days: day.days == null ? null : daysOf(day.days, `${field}.day.days`) };
  if (rolling24h === true) return { kind: 'ROLLING_24H' };
  if (stay === true) return { kind: 'STAY' };
  throw onlyTrue(field);
}

function onlyTrue(field: string): Error {
  return badInput({ zh: '此项只能为 true', en: 'this can only be true' }, field);
}

/** What is wrong with the hours of bands and caps: the checks of a window's rules, under the names of a tariff's input. */
export function checkTariffHours({ bands, caps }: TariffTerms): readonly Problem[] {
  return [
    ...bands.flatMap(({ when }, index) => (when === null ? [] : checkOne(when, `bands[${index}].hours`))),
    ...caps.flatMap(({ period }, index) => {
      const field = `caps[${index}].period`;
      if (period.kind === 'LOCAL_SPAN') return checkOne(period.when, `${field}.localSpan`);
      return period.kind === 'DAY' && period.days !== null ? checkOne(wholeDays(period.days), `${field}.day`) : [];
    }),
  ];
}

const wholeDays = (days: DaySelector): DayRule => ({ days, from: { minute: 0 }, until: { durationMinutes: 1_440 } });

/** One rule where the checks expect a list: its place in the list is no part of the input's path. */
function checkOne(rule: DayRule, field: string): readonly Problem[] {
  return checkRules([rule], field).map(each => problem(each.code, { ...each, field: each.field?.replace(`${field}[0]`, field) }));
}
