import { weekPattern, type Fen, type PatternContext, type Span } from '../../kernel/index.js';
import { DAY_MS, HoursWalk, hoursOf, midnightsWithin, type LocalHours } from './local-hours.js';
import { CAP_KINDS, type TariffCap, type TariffTerms } from './tariff.js';

/** A cap with the hours that it speaks of within one stay. */
interface CapOfStay {
  readonly cap: TariffCap;
  readonly hours: readonly LocalHours[];
}

/** The caps of one version, read for one stay, in the order in which they hold. */
export class CapBook {
  readonly #caps: readonly CapOfStay[];
  /** The instants at which a period of some cap begins or ends: a line never lies in two. */
  readonly edges: ReadonlySet<number>;

  readonly #stay: Span;
  readonly #during: Span;

  /** `during`: the part of the stay in which the version holds. */
  constructor(terms: TariffTerms, { stay, during }: { readonly stay: Span; readonly during: Span }, private readonly context: PatternContext) {
    this.#stay = stay;
    this.#during = during;
    const ordered = CAP_KINDS.flatMap(kind => terms.caps.filter(cap => cap.period.kind === kind));
    this.#caps = ordered.map(cap => ({ cap, hours: cap.period.kind === 'LOCAL_SPAN' ? hoursOf(cap.period.when, during, context) : [] }));
    this.edges = new Set(this.#edges());
  }

  #edges(): readonly number[] {
    const [stay, during] = [this.#stay, this.#during];
    return this.#caps.flatMap(({ cap: { period }, hours }): readonly number[] => {
      if (period.kind === 'LOCAL_SPAN') return hours.flatMap(each => [each.startsAt, each.endsAt]);
      if (period.kind === 'DAY') return midnightsWithin(during, this.context);
      if (period.kind === 'STAY') return [];
      const before = Math.floor((during.startsAt - stay.startsAt) / DAY_MS);
      return Array.from({ length: Math.floor((during.endsAt - stay.startsAt) / DAY_MS) - before }, (_, index) => stay.startsAt + (before + index + 1) * DAY_MS);
    });
  }

  /**
   * Holds the sum of each period to its cap (I7: after the sum). What is too much is taken from the period's last lines
   * first, since what came before the cap was reached is owed whole. What earlier versions of the tariff took in a period
   * counts towards its cap and stays as it is: a new version does not begin the period anew.
   */
  hold(lines: readonly CappableLine[], earlier: readonly CappableLine[]): void {
    const first = lines[0];
    if (first === undefined) return;
    for (const { cap, hours } of this.#caps) {
      const walk = new PeriodWalk(cap, { hours, stayStart: this.#stay.startsAt, context: this.context });
      const counts = (line: CappableLine): boolean => cap.bands === null || (line.band !== null && cap.bands.includes(line.band));
      // Lines are in order of time: of the periods of these only the first one reaches back to earlier versions.
      const shared = walk.at(first.startsAt);
      const taken = sumOf(earlier.slice(earlier.findLastIndex(line => walk.at(line.startsAt) !== shared) + 1).filter(counts));
      for (const [period, within] of periodsOf(lines, line => (counts(line) ? walk.at(line.startsAt) : null))) holdTo(cap, within, period === shared ? taken : 0);
    }
  }
}

/** The lines of each period, which follow one another: a period is one stretch of time, and lines of none are left out. */
function periodsOf(lines: readonly CappableLine[], periodOf: (line: CappableLine) => number | null): ReadonlyArray<readonly [number, readonly CappableLine[]]> {
  const periods: Array<readonly [number, readonly CappableLine[]]> = [];
  let current: number | null = null;
  let within: CappableLine[] = [];
  for (const line of lines) {
    const period = periodOf(line);
    if (period === null) continue;
    if (period !== current) periods.push([period, (within = [])]);
    current = period;
    within.push(line);
  }
  return periods;
}

/** Names the period of a cap that an instant lies in, null for none; for who asks in the order of time: the name holds until its edge. */
class PeriodWalk {
  readonly #hours: HoursWalk;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #period: number | null = null;

  constructor(private readonly cap: TariffCap, private readonly of: { readonly hours: readonly LocalHours[]; readonly stayStart: number; readonly context: PatternContext }) {
    this.#hours = new HoursWalk(of.hours);
  }

  at(instant: number): number | null {
    if (instant < this.#from || instant >= this.#until) [this.#period, this.#until] = this.#turn(instant);
    return this.#period;
  }

  /** The period, and until when it lasts. */
  #turn(instant: number): readonly [number | null, number] {
    const { period } = this.cap;
    this.#from = instant;
    if (period.kind === 'STAY') return [0, Number.POSITIVE_INFINITY];
    if (period.kind === 'LOCAL_SPAN') return [this.#hours.at(instant)?.startsAt ?? null, this.#hours.until];
    if (period.kind === 'ROLLING_24H') {
      const nth = Math.floor((instant - this.of.stayStart) / DAY_MS);
      return [nth, this.of.stayStart + (nth + 1) * DAY_MS];
    }
    const { zone, calendar } = this.of.context;
    const day = zone.dayOf(instant);
    return [period.days === null || weekPattern.selects(period.days, day, calendar) ? day : null, zone.instant(day + 1, 0)];
  }
}

/** What a cap sees of a line, for one space. */
export interface CappableLine {
  readonly startsAt: number;
  readonly band: string | null;
  fen: Fen;
  cappedBy: string | null;
}

const sumOf = (lines: readonly CappableLine[]): Fen => lines.reduce((sum, line) => sum + line.fen, 0);

function holdTo(cap: TariffCap, lines: readonly CappableLine[], takenFen: Fen): void {
  let excess = sumOf(lines) - Math.max(cap.fen - takenFen, 0);
  for (let index = lines.length - 1; index >= 0 && excess > 0; index -= 1) {
    const line = lines[index]!;
    const taken = Math.min(excess, line.fen);
    if (taken === 0) continue;
    line.fen -= taken;
    line.cappedBy = cap.name;
    excess -= taken;
  }
}
