import { weekPattern, type Fen, type PatternContext, type Span } from '../../kernel/index.js';
import { DAY_MS, hoursAt, hoursOf, midnightsWithin, type LocalHours } from './local-hours.js';
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
      const counts = (line: CappableLine): boolean => cap.bands === null || (line.band !== null && cap.bands.includes(line.band));
      const periodOf = (line: CappableLine): number | null => this.#periodOf(cap, hours, line.startsAt);
      // Lines are in order of time: of the periods of these only the first one reaches back to earlier versions.
      const shared = periodOf(first);
      const taken = sumOf(earlier.slice(earlier.findLastIndex(line => periodOf(line) !== shared) + 1).filter(counts));
      for (const [period, within] of Map.groupBy(lines.filter(counts), periodOf)) {
        if (period !== null) holdTo(cap, within, period === shared ? taken : 0);
      }
    }
  }

  /** Names the period of a cap that an instant lies in; null for none. */
  #periodOf({ period }: TariffCap, hours: readonly LocalHours[], at: number): number | null {
    if (period.kind === 'LOCAL_SPAN') return hoursAt(hours, at)?.startsAt ?? null;
    if (period.kind === 'ROLLING_24H') return Math.floor((at - this.#stay.startsAt) / DAY_MS);
    if (period.kind === 'STAY') return 0;
    const day = this.context.zone.dayOf(at);
    return period.days === null || weekPattern.selects(period.days, day, this.context.calendar) ? day : null;
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
