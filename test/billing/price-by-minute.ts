import { weekPattern, type DayRule, type PatternContext, type Rounding } from '../../src/kernel/index.js';
import type { SpaceClass } from '../../src/facilities/index.js';
import type { PricedPart } from '../../src/billing/rules/stay-price.js';
import type { BandPrice, TariffBand, TariffCap, TariffVersion } from '../../src/billing/rules/tariff.js';

const MINUTE = 60_000;

interface MinuteLine {
  readonly startsAt: number;
  endsAt: number;
  readonly key: string;
  readonly reading: string;
  readonly version: TariffVersion | null;
  readonly band: TariffBand | null;
  readonly isFree: boolean;
  /** Fen asked at single minutes, and fen-minutes of what goes with the time. */
  fen: number;
  timed: number;
  amount: number;
}

/** The occurrence of a rule that an instant lies in, found by asking every date: of several, the one that began first. */
function occurrenceAt(rule: DayRule, at: number, context: PatternContext): { readonly startsAt: number; readonly onDate: number } | null {
  const today = context.zone.dayOf(at);
  const covering = Array.from({ length: 19 }, (_, index) => today - 18 + index)
    .filter(day => weekPattern.selects(rule.days, day, context.calendar))
    .flatMap(day => weekPattern.occurrenceOn(rule, 0, day, context) ?? [])
    .filter(each => each.startsAt <= at && at < each.endsAt)
    .sort((a, b) => a.startsAt - b.startsAt);
  return covering[0] ?? null;
}

function periodAt({ period }: TariffCap, at: number, stayStart: number, context: PatternContext): { readonly name: string; readonly counts: boolean } {
  if (period.kind === 'STAY') return { name: '', counts: true };
  if (period.kind === 'ROLLING_24H') return { name: String(Math.floor((at - stayStart) / (1440 * MINUTE))), counts: true };
  if (period.kind === 'LOCAL_SPAN') {
    const found = occurrenceAt(period.when, at, context);
    return { name: String(found?.startsAt), counts: found !== null };
  }
  const day = context.zone.dayOf(at);
  return { name: String(day), counts: period.days === null || weekPattern.selects(period.days, day, context.calendar) };
}

function rounded(numerator: number, denominator: number, rule: Rounding): number {
  const whole = Math.floor(numerator / denominator);
  const rest = numerator - whole * denominator;
  if (rest === 0 || rule === 'DOWN') return whole;
  if (rule === 'UP' || rest * 2 > denominator) return whole + 1;
  if (rest * 2 < denominator) return whole;
  return rule === 'HALF_UP' || whole % 2 === 1 ? whole + 1 : whole;
}

/** What is asked at the minute that follows so many minutes under the same band. */
function askedAt(price: BandPrice, offset: number): number {
  if (price.kind === 'PER_BLOCK') return offset % price.blockMinutes === 0 ? price.fenPerBlock : 0;
  if (price.kind !== 'LADDER') return 0;
  const { steps, then, repeatsAfterMinutes } = price;
  const inCycle = repeatsAfterMinutes === null ? offset : offset % repeatsAfterMinutes;
  if (inCycle === 0) return steps[0]!.fen;
  const left = steps.findIndex(step => step.untilMinutes === inCycle);
  const last = steps.at(-1)!.untilMinutes;
  const climbed = left >= 0 && left + 1 < steps.length ? steps[left + 1]!.fen - steps[left]!.fen : 0;
  return climbed + (then !== null && inCycle >= last && (inCycle - last) % then.everyMinutes === 0 ? then.fen : 0);
}

/** Whether a minute is counted on from the one before it: by the same band, or by one of the same name that counts alike in a later version. */
function runsOn(last: Pick<MinuteLine, 'reading' | 'band'>, now: Pick<MinuteLine, 'reading' | 'band'>): boolean {
  if (last.reading === now.reading) return last.band === now.band;
  const units = [last, now].map(({ reading, band }) => band && JSON.stringify([reading.split('@')[0], band.name, band.price.kind, band.price.kind === 'PER_BLOCK' ? band.price.blockMinutes : null]));
  return units[0] !== null && units[0] === units[1] && ['PER_BLOCK', 'LADDER'].includes(now.band!.price.kind);
}

/** The price of a stay by walking its minutes one by one: slow, and plain enough to be believed. Null where some minute has no version. */
export function priceByMinute(parts: readonly PricedPart[], { spaceClass, spaces }: { readonly spaceClass: SpaceClass; readonly spaces: number }, context: PatternContext): { readonly amountFen: number; readonly lines: readonly MinuteLine[] } | null {
  const [first] = parts;
  const start = first!.during.startsAt;
  const end = parts.at(-1)!.during.endsAt;
  const freeRule = highest(first!.versions, start)?.terms.freeMinutes ?? null;
  const total = (end - start) / MINUTE;
  const freeMinutes = freeRule === null || (freeRule.kind === 'GRACE' && total > freeRule.minutes) ? 0 : freeRule.minutes;
  const once = new Set<string>();
  const lines: MinuteLine[] = [];
  let offset = 0;
  let running: { readonly band: TariffBand; readonly occurrence: { readonly startsAt: number; readonly onDate: number } | null; readonly reading: string; left: number } | null = null;
  for (let at = start; at < end; at += MINUTE) {
    const part = parts.find(each => each.during.startsAt <= at && at < each.during.endsAt)!;
    const owner = part.agreementId ?? part.tariffId ?? '';
    const version = highest(part.versions, at);
    if (version === null && part.versions.length > 0) return null;
    const candidates = (version?.terms.bands ?? []).filter(band => band.spaceClasses === null || band.spaceClasses.includes(spaceClass));
    const reading = `${owner}@${version?.version}`;
    const goesOnRunning: boolean = running !== null && running.left > 0 && running.reading === reading && version?.terms.blocksAtEdges === 'RUN_OUT';
    const band: TariffBand | null = goesOnRunning ? running!.band : (candidates.find(each => each.when === null || occurrenceAt(each.when, at, context) !== null) ?? null);
    const occurrence: { readonly startsAt: number; readonly onDate: number } | null = goesOnRunning ? running!.occurrence : band?.when ? occurrenceAt(band.when, at, context) : null;
    const isFree = version !== null && owner === (first!.agreementId ?? first!.tariffId ?? '') && at - start < freeMinutes * MINUTE;
    const periods = (version?.terms.caps ?? []).map(cap => periodAt(cap, at, start, context).name);
    const key = JSON.stringify([parts.indexOf(part), reading, band?.name, occurrence?.startsAt, isFree, periods]);

    const last = lines.at(-1);
    const goesOn = last !== undefined && !last.isFree && runsOn(last, { reading, band });
    offset = goesOn ? offset + 1 : 0;
    const line = last?.key === key ? last : { startsAt: at, endsAt: at, key, reading, version, band, isFree, fen: 0, timed: 0, amount: 0 };
    if (line !== last) lines.push(line);
    line.endsAt = at + MINUTE;
    const block: number | null = band?.price.kind === 'PER_BLOCK' && !isFree ? band.price.blockMinutes : null;
    running = block === null ? null : { band: band!, occurrence, reading, left: block - 1 - (offset % block) };
    if (band === null || isFree) continue;
    const { price } = band;
    if (price.kind === 'PER_HOUR') line.timed += price.fenPerHour;
    if (price.kind === 'PER_BLOCK' || price.kind === 'LADDER') line.fen += askedAt(price, offset);
    const onceKey = price.kind === 'PER_ENTRY' ? `${owner} ${band.name}` : price.kind === 'FLAT_AFTER_CLOSING' ? `${owner} ${band.name} ${occurrence?.onDate}` : null;
    if (onceKey !== null && !once.has(onceKey)) {
      once.add(onceKey);
      line.fen += (price as { fen: number }).fen;
    }
  }
  for (const line of lines) {
    const rounding = line.version?.terms.rounding ?? { rule: 'UP', toFen: 1 };
    line.amount = rounded(line.fen * 60 + line.timed, 60 * rounding.toFen, rounding.rule) * rounding.toFen;
  }
  for (const reading of new Set(lines.map(line => line.reading))) holdCaps(lines.filter(line => line.reading === reading), lines, start, context);
  return { amountFen: lines.reduce((sum, line) => sum + line.amount, 0) * spaces, lines };
}

function holdCaps(lines: readonly MinuteLine[], all: readonly MinuteLine[], start: number, context: PatternContext): void {
  const [owner] = lines[0]!.reading.split('@');
  const earlier = all.filter(line => line.reading.startsWith(`${owner}@`) && line.version !== null && line.version.version < lines[0]!.version!.version);
  const caps = lines[0]?.version?.terms.caps ?? [];
  for (const kind of ['LOCAL_SPAN', 'DAY', 'ROLLING_24H', 'STAY']) {
    for (const cap of caps.filter(each => each.period.kind === kind)) {
      const left = new Map<string, number>();
      for (const line of [...earlier, ...lines]) {
        const { name, counts } = periodAt(cap, line.startsAt, start, context);
        if (!counts || (cap.bands !== null && !cap.bands.includes(line.band?.name ?? ''))) continue;
        const rest = left.get(name) ?? cap.fen;
        if (earlier.includes(line)) {
          left.set(name, Math.max(rest - line.amount, 0));
          continue;
        }
        line.amount = Math.min(line.amount, rest);
        left.set(name, rest - line.amount);
      }
    }
  }
}

function highest(versions: readonly TariffVersion[], at: number): TariffVersion | null {
  return [...versions].filter(each => each.inForceFrom <= at).sort((a, b) => b.version - a.version)[0] ?? null;
}
