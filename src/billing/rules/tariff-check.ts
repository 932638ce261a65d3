import { problem, type Problem } from '../../kernel/index.js';
import type { BandPrice, TariffBand, TariffCap, TariffTerms } from './tariff.js';

const MOST_BANDS = 50;
const MOST_CAPS = 20;
const MOST_STEPS = 400;
/** With the longest stay and the most spaces, every amount stays within 2^53-1 fen. */
export const HIGHEST_FEN = 10_000_000;
const LONGEST_MINUTES = 44_640;
const LONGEST_FREE_MINUTES = 1_440;
const COARSEST_FEN = 10_000;
const LONGEST_NAME = 60;

/** Everything that is wrong with a tariff in itself, all at once, each with its path; its hours are checked as a window's are. */
export function checkTariff(terms: TariffTerms): readonly Problem[] {
  const { bands, caps, freeMinutes, rounding } = terms;
  return [
    ...checkCount(bands.length, { least: 1, most: MOST_BANDS, field: 'bands', zh: '计费时段', en: 'bands' }),
    ...checkCount(caps.length, { least: 0, most: MOST_CAPS, field: 'caps', zh: '封顶', en: 'caps' }),
    ...checkNames(bands, 'bands'),
    ...checkNames(caps, 'caps'),
    ...bands.flatMap((band, index) => checkPrice(band, `bands[${index}]`)),
    ...checkReach(bands),
    ...caps.flatMap((cap, index) => checkCap(cap, bands, `caps[${index}]`)),
    ...(freeMinutes === null ? [] : checkNumber(freeMinutes.minutes, { least: 1, most: LONGEST_FREE_MINUTES, field: 'freeMinutes.minutes', zh: '免费时长', en: 'free minutes' })),
    ...checkNumber(rounding.toFen, { least: 1, most: COARSEST_FEN, field: 'rounding.toFen', zh: '取整单位', en: 'the unit of rounding' }),
  ];
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly field: string;
  readonly zh: string;
  readonly en: string;
}

function checkCount(count: number, { least, most, field, zh, en }: Bounds): readonly Problem[] {
  if (count >= least && count <= most) return [];
  return [problem('TARIFF_COUNT', { zh: `${zh} ${count} 项，须为 ${least}–${most} 项`, en: `${count} ${en}; there may be ${least} to ${most}`, field })];
}

function checkNumber(value: number, { least, most, field, zh, en }: Bounds): readonly Problem[] {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  return [problem('TARIFF_NUMBER', { zh: `${zh} ${value} 无效，须为 ${least} 至 ${most} 的整数`, en: `${en}: ${value} is no whole number from ${least} to ${most}`, field })];
}

function checkNames(named: ReadonlyArray<{ readonly name: string }>, field: string): readonly Problem[] {
  return named.flatMap(({ name }, index) => {
    const path = `${field}[${index}].name`;
    if (name.trim() === '' || name.length > LONGEST_NAME) return [problem('TARIFF_NAME', { zh: `名称须为 1–${LONGEST_NAME} 字`, en: `a name has 1 to ${LONGEST_NAME} characters`, field: path })];
    const twin = named.findIndex(each => each.name === name);
    return twin === index ? [] : [problem('TARIFF_NAME_TWICE', { zh: `名称“${name}”用了两次`, en: `the name '${name}' is used twice`, field: path })];
  });
}

const fenAt = (value: number, field: string): readonly Problem[] => checkNumber(value, { least: 0, most: HIGHEST_FEN, field, zh: '价格（分）', en: 'price in fen' });
const minutesAt = (value: number, field: string): readonly Problem[] => checkNumber(value, { least: 1, most: LONGEST_MINUTES, field, zh: '分钟数', en: 'minutes' });

function checkPrice({ price, when }: TariffBand, band: string): readonly Problem[] {
  const field = `${band}.price`;
  switch (price.kind) {
    case 'FREE': return [];
    case 'PER_HOUR': return fenAt(price.fenPerHour, `${field}.perHour.fenPerHour`);
    case 'PER_BLOCK': return [...minutesAt(price.blockMinutes, `${field}.perBlock.blockMinutes`), ...fenAt(price.fenPerBlock, `${field}.perBlock.fenPerBlock`)];
    case 'PER_ENTRY': return fenAt(price.fen, `${field}.perEntry.fen`);
    case 'LADDER': return checkLadder(price, `${field}.ladder`);
    case 'FLAT_AFTER_CLOSING':
      if (when !== null) return fenAt(price.fen, `${field}.flatAfterClosing.fen`);
      return [problem('FLAT_NEEDS_HOURS', { zh: '非定时价格按时段收取，须写明时间；整个停放只收一次的请用 perEntry', en: 'a price irrespective of time is asked once its hours: name them, or use perEntry for once a stay', field: `${band}.hours`, clause: '2.4-3' })];
  }
}

function checkLadder({ steps, then, repeatsAfterMinutes }: Extract<BandPrice, { readonly kind: 'LADDER' }>, field: string): readonly Problem[] {
  const order = steps.flatMap((step, index) => {
    const before = steps[index - 1];
    if (before === undefined || (step.untilMinutes > before.untilMinutes && step.fen >= before.fen)) return [];
    return [problem('LADDER_ORDER', { zh: `第 ${index + 1} 级（${step.untilMinutes} 分钟 ${step.fen} 分）须长于且不低于上一级（${before.untilMinutes} 分钟 ${before.fen} 分）`, en: `step ${index + 1} (${step.untilMinutes} min, ${step.fen} fen) must be longer than the one before it (${before.untilMinutes} min, ${before.fen} fen) and not cheaper`, field: `${field}.steps[${index}]` })];
  });
  return [
    ...checkCount(steps.length, { least: 1, most: MOST_STEPS, field: `${field}.steps`, zh: '阶梯', en: 'steps' }),
    ...steps.flatMap((step, index) => [...minutesAt(step.untilMinutes, `${field}.steps[${index}].untilMinutes`), ...fenAt(step.fen, `${field}.steps[${index}].fen`)]),
    ...order,
    ...(then === null ? [] : [...minutesAt(then.everyMinutes, `${field}.then.everyMinutes`), ...fenAt(then.fen, `${field}.then.fen`)]),
    ...(repeatsAfterMinutes === null ? [] : minutesAt(repeatsAfterMinutes, `${field}.repeatsAfterMinutes`)),
  ];
}

/** A band behind one that always speaks for every class would never speak. */
function checkReach(bands: readonly TariffBand[]): readonly Problem[] {
  const all = bands.findIndex(band => band.when === null && band.spaceClasses === null);
  if (all < 0 || all === bands.length - 1) return [];
  return [problem('BAND_NEVER_SPEAKS', { zh: `“${bands[all]!.name}”适用于全部时间和泊位，其后的时段不会生效：请放在最后`, en: `'${bands[all]!.name}' speaks always and for every class, the bands after it never do: put it last`, field: `bands[${all + 1}]` })];
}

function checkCap({ fen, bands: counted }: TariffCap, bands: readonly TariffBand[], field: string): readonly Problem[] {
  const unknown = (counted ?? []).filter(name => !bands.some(band => band.name === name));
  return [
    ...fenAt(fen, `${field}.fen`),
    ...(unknown.length === 0 ? [] : [problem('CAP_OF_UNKNOWN_BAND', { zh: `封顶所指的计费时段不存在：${unknown.join('、')}`, en: `the cap counts bands that are not there: ${unknown.join(', ')}`, field: `${field}.bands` })]),
  ];
}
