import { assertNever, done, isRefusal, money, type Fen, type Outcome, type PatternContext, type Span } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import type { CappableLine } from './cap-lines.js';
import { cutStay, type Stretch, type VersionReading } from './cut-stay.js';
import { goesOnRunning } from './running-band.js';
import type { LineRule, PricedPart, PriceLine, StayPrice } from './stay-price.js';
import type { BandPrice, LineRounding, TariffTerms } from './tariff.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Longer stays, and more spaces at once, are not priced: it keeps every amount within 2^53-1 fen. */
export const LONGEST_STAY_MS = 400 * 24 * HOUR_MS;
export const MOST_SPACES = 1_000;

interface Line extends CappableLine {
  readonly stretch: Stretch;
  readonly rule: LineRule;
  readonly uncappedFen: Fen;
}

/**
 * The price of a stay (I7, I8): cut at every edge, each line rounded once by its tariff's rule, caps held after the sum,
 * then times the spaces. A run of blocks or of a ladder goes on from line to line while the same band speaks without a
 * break (`running-band.ts`), and begins anew where another one did. Seconds at either end do not count: a minute is charged once it is whole.
 */
export function priceStay(ask: { readonly parts: readonly PricedPart[]; readonly spaceClass: SpaceClass; readonly spaces: number }, context: PatternContext): Outcome<StayPrice> {
  const parts = mergeEqual(wholeMinutes(ask.parts));
  const cut = cutStay(parts, ask.spaceClass, context);
  if (isRefusal(cut)) return cut;
  const lines = linesOf(joinUncut(cut.value));
  const readings = new Set(lines.flatMap(line => line.stretch.reading ?? []));
  for (const reading of readings) reading.caps.hold(lines.filter(line => line.stretch.reading === reading), lines.filter(line => isOfEarlierVersion(line, reading)));
  const told = lines.map(line => tell(line, ask.spaces));
  return done({
    tariffVersionIds: [...new Set(told.flatMap(line => (line.tariffId === null ? [] : [`${line.tariffId}@${line.tariffVersion}`])))],
    lines: told,
    amountFen: money.add(...told.map(line => line.amountFen)),
    isProvisional: [...readings].some(reading => asksDayTypes(reading.version.terms) && touchesUnsettled(parts, context)),
  });
}

/** Whether an earlier version of a tariff priced a line: a cap of the later one counts it, for a period is capped once and not once a version. */
function isOfEarlierVersion({ stretch }: Line, { owner, version }: VersionReading): boolean {
  return stretch.reading !== null && stretch.reading.owner === owner && stretch.reading.version.version < version.version;
}

/** Takes the seconds off either end of the stay; edges between parts stay as they are. */
function wholeMinutes(parts: readonly PricedPart[]): readonly PricedPart[] {
  const first = parts[0];
  if (first === undefined) return [];
  const from = Math.ceil(first.during.startsAt / MINUTE_MS) * MINUTE_MS;
  const until = Math.floor(parts.at(-1)!.during.endsAt / MINUTE_MS) * MINUTE_MS;
  if (until - from > LONGEST_STAY_MS) throw new RangeError(`a stay of ${(until - from) / MINUTE_MS} minutes is too long to price`);
  return parts.flatMap((part, index) => {
    if (index > 0 && part.during.startsAt < parts[index - 1]!.during.endsAt) throw new RangeError('the parts of a stay follow one another');
    const during = { startsAt: Math.max(from, part.during.startsAt), endsAt: Math.min(until, part.during.endsAt) };
    return during.endsAt > during.startsAt ? [{ ...part, during }] : [];
  });
}

/** Adjoining parts of the same window and price are one. */
function mergeEqual(parts: readonly PricedPart[]): readonly PricedPart[] {
  const merged: PricedPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const isSame = last !== undefined && last.during.endsAt === part.during.startsAt && last.windowId === part.windowId && last.tariffId === part.tariffId && last.agreementId === part.agreementId;
    if (isSame) merged[merged.length - 1] = { ...last, during: { startsAt: last.during.startsAt, endsAt: part.during.endsAt } };
    else merged.push(part);
  }
  return merged;
}

/** Joins what was cut by an edge that decides nothing here: a lower band's hours, or the cap of a period that does not end. */
function joinUncut(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    const { reading } = stretch;
    const goesOn = last !== undefined && last.endsAt === stretch.startsAt && last.part === stretch.part && last.reading === reading && last.band === stretch.band && last.hours === stretch.hours && last.isFree === stretch.isFree;
    if (goesOn && reading !== null && !reading.caps.edges.has(stretch.startsAt)) joined[joined.length - 1] = { ...last, endsAt: stretch.endsAt };
    else joined.push(stretch);
  }
  return joined;
}

/** Each stretch with what it costs one space, before the caps. */
function linesOf(stretches: readonly Stretch[]): readonly Line[] {
  const asked = new Set<string>();
  let before: Stretch | null = null;
  let offset = 0;
  return stretches.map((stretch): Line => {
    const goesOn = before !== null && before.endsAt === stretch.startsAt && goesOnRunning(before, stretch) && !before.isFree;
    offset = goesOn ? offset + before!.endsAt - before!.startsAt : 0;
    before = stretch;
    const { reading, band } = stretch;
    const rule = ruleOf(stretch);
    const fen = reading === null || band === null || stretch.isFree ? 0 : priceOf(stretch, { reading, price: band.price, band: band.name, offset, asked });
    return { stretch, startsAt: stretch.startsAt, band: band?.name ?? null, rule, uncappedFen: fen, fen, cappedBy: null };
  });
}

function ruleOf({ reading, band, isFree }: Stretch): LineRule {
  if (reading === null) return 'NO_TARIFF';
  if (isFree) return 'FREE_MINUTES';
  return band?.price.kind ?? 'UNCHARGED_HOURS';
}

interface Pricing {
  readonly reading: VersionReading;
  readonly price: BandPrice;
  readonly band: string;
  /** How long the band has run without a break, in ms. */
  readonly offset: number;
  /** What was asked already and is not asked again in this stay, nor by a new version. */
  readonly asked: Set<string>;
}

function priceOf(stretch: Stretch, { reading, price, band, offset, asked }: Pricing): Fen {
  const { rounding } = reading.version.terms;
  const length = stretch.endsAt - stretch.startsAt;
  const once = (key: string, fen: Fen): Fen => {
    if (asked.has(key)) return 0;
    asked.add(key);
    return roundLine(fen, { numerator: 1, denominator: 1 }, rounding);
  };
  switch (price.kind) {
    case 'FREE': return 0;
    case 'PER_HOUR': return roundLine(price.fenPerHour, { numerator: length, denominator: HOUR_MS }, rounding);
    case 'PER_ENTRY': return once(`${reading.owner} ${band}`, price.fen);
    case 'FLAT_AFTER_CLOSING': return once(`${reading.owner} ${band} ${stretch.hours?.onDate ?? ''}`, price.fen);
    case 'PER_BLOCK':
    case 'LADDER': return roundLine(costOfRun(price, offset + length) - costOfRun(price, offset), { numerator: 1, denominator: 1 }, rounding);
    default: return assertNever(price);
  }
}

/** What a run of so many ms costs in all: blocks begun, or steps reached. */
function costOfRun(price: Extract<BandPrice, { readonly kind: 'PER_BLOCK' | 'LADDER' }>, ms: number): Fen {
  if (ms <= 0) return 0;
  if (price.kind === 'PER_BLOCK') return Math.ceil(ms / (price.blockMinutes * MINUTE_MS)) * price.fenPerBlock;
  const { repeatsAfterMinutes } = price;
  if (repeatsAfterMinutes === null) return costOnLadder(price, ms);
  const cycle = repeatsAfterMinutes * MINUTE_MS;
  const cycles = Math.ceil(ms / cycle) - 1;
  return cycles * costOnLadder(price, cycle) + costOnLadder(price, ms - cycles * cycle);
}

function costOnLadder({ steps, then }: Extract<BandPrice, { readonly kind: 'LADDER' }>, ms: number): Fen {
  const reached = steps.find(step => ms <= step.untilMinutes * MINUTE_MS);
  if (reached !== undefined) return reached.fen;
  const last = steps.at(-1)!;
  return last.fen + (then === null ? 0 : Math.ceil((ms / MINUTE_MS - last.untilMinutes) / then.everyMinutes) * then.fen);
}

/** The one rounding of a line: to a multiple of the tariff's coin, by the tariff's rule. */
function roundLine(fen: Fen, { numerator, denominator }: { readonly numerator: number; readonly denominator: number }, { rule, toFen }: LineRounding): Fen {
  if (numerator === denominator && toFen === 1) return money.fen(fen);
  return money.multiply(fen, { numerator, denominator: denominator * toFen }, rule) * toFen;
}

function tell({ stretch, rule, band, uncappedFen, fen, cappedBy }: Line, spaces: number): PriceLine {
  const { part, reading, startsAt, endsAt } = stretch;
  const isTariff = reading !== null && part.agreementId === null;
  return {
    startsAt, endsAt, windowId: part.windowId, tariffId: isTariff ? part.tariffId : null, tariffVersion: isTariff ? reading.version.version : null, agreementId: part.agreementId,
    rule, band, spaces, uncappedFen: money.fen(uncappedFen * spaces), amountFen: money.fen(fen * spaces), cappedBy,
  };
}

/** Whether a tariff asks what kind of day it is. */
function asksDayTypes({ bands, caps }: TariffTerms): boolean {
  const rules = [...bands.map(band => band.when), ...caps.map(({ period }) => (period.kind === 'LOCAL_SPAN' ? period.when : null))];
  const selectors = [...rules.flatMap(rule => rule?.days ?? []), ...caps.flatMap(({ period }) => (period.kind === 'DAY' ? (period.days ?? []) : []))];
  return selectors.some(days => !('weekdays' in days)) || rules.some(rule => rule !== null && 'untilNext' in rule.until);
}

/** Whether a day of the stay, or one beside it, which nights and eves ask, is of a year whose calendar is not published (T8). */
function touchesUnsettled(parts: readonly PricedPart[], { calendar, zone }: PatternContext): boolean {
  const stay: Span = { startsAt: parts[0]!.during.startsAt, endsAt: parts.at(-1)!.during.endsAt };
  for (let day = zone.dayOf(stay.startsAt) - 1; day <= zone.dayOf(stay.endsAt) + 1; day += 1) if (calendar.isProvisional(day)) return true;
  return false;
}

/** Whether a rule of the tariff follows the closing time, which the facility must then be known to have. */
export function followsClosing({ bands, caps }: TariffTerms): boolean {
  const rules = [...bands.map(band => band.when), ...caps.map(({ period }) => (period.kind === 'LOCAL_SPAN' ? period.when : null))];
  return rules.some(rule => rule !== null && 'afterCloseMinutes' in rule.from);
}
