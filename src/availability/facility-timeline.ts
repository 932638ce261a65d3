import { spans, type Problem, type Span, type SpanSet, type WorkCalendar, type Zone } from '../kernel/index.js';
import { evaluateAt, occurrencesOf, type EvaluationContext, type ExplainedDecision, type SpaceClass, type Suspension, type WindowOccurrence, type WindowTerms } from '../sharing/index.js';
import { audienceProblem, creditProblem, type Asker } from './rules/audience.js';
import type { Pool } from './rules/decide.js';
import { lentSteps } from './rules/lent-steps.js';

/** What a zone has of one space class. */
export interface ZoneCapacity {
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly total: number;
  readonly shareable: number;
  readonly outOfService: number;
}

export interface LentWindow {
  readonly id: string;
  readonly zoneId: string;
  readonly name: string;
  readonly version: string;
  readonly terms: WindowTerms;
  readonly suspensions: readonly Suspension[];
}

/** All that the decision reads of one facility; claims join it with booking. */
export interface LendingFacts {
  readonly facilityId: string;
  readonly isOpen: boolean;
  readonly zone: Zone;
  readonly closingMinuteOf: (day: number) => number | null;
  readonly capacities: readonly ZoneCapacity[];
  readonly windows: readonly LentWindow[];
}

export interface CoveringWindow {
  readonly window: LentWindow;
  readonly occurrence: WindowOccurrence;
}

interface ExpandedWindow {
  readonly window: LentWindow;
  readonly occurrences: readonly WindowOccurrence[];
}

/**
 * One facility's lending over a horizon, expanded once and asked many times: the windows' occurrences and, per space
 * class, the pools that the decision looks at. It holds no clock: a release plan in the future is left out by `now`.
 */
export class FacilityTimeline {
  readonly #expanded: readonly ExpandedWindow[];
  readonly #pools = new Map<string, { readonly pools: readonly Pool[]; readonly holdsUntil: number }>();

  constructor(
    readonly facts: LendingFacts,
    private readonly calendar: WorkCalendar,
    readonly horizon: Span,
  ) {
    this.#expanded = !facts.isOpen ? [] : facts.windows.map(window => ({ window, occurrences: occurrencesOf(window.terms, horizon, this.#contextOf(window)) }));
  }

  #contextOf(window: LentWindow): EvaluationContext {
    return { calendar: this.calendar, zone: this.facts.zone, closingMinuteOf: this.facts.closingMinuteOf, suspensions: window.suspensions };
  }

  /** The pools of a space class as this asker may use them, at this instant. */
  pools(spaceClass: SpaceClass, asker: Asker, now: number): readonly Pool[] {
    const key = `${spaceClass}|${asker.isResident}|${asker.homeMetres}|${asker.hasAgreement}|${asker.credit}`;
    const known = this.#pools.get(key);
    if (known && now < known.holdsUntil) return known.pools;
    const made = this.#makePools(spaceClass, asker, now);
    if (this.#pools.size > 32) this.#pools.clear();
    this.#pools.set(key, made);
    return made.pools;
  }

  #makePools(spaceClass: SpaceClass, asker: Asker, now: number): { pools: readonly Pool[]; holdsUntil: number } {
    let holdsUntil = Number.POSITIVE_INFINITY;
    const pools: Pool[] = [];
    for (const capacity of this.facts.capacities) {
      if (capacity.spaceClass !== spaceClass) continue;
      const parts: Array<{ startsAt: number; endsAt: number; spaces: number }> = [];
      const occurrences: WindowOccurrence[] = [];
      for (const { window, occurrences: all } of this.#expanded) {
        if (window.zoneId !== capacity.zoneId || askerProblem(window, asker)) continue;
        for (const occurrence of all) {
          if (occurrence.quota[spaceClass] === 0) continue;
          if (occurrence.releasedAt !== null && occurrence.releasedAt > now) {
            holdsUntil = Math.min(holdsUntil, occurrence.releasedAt);
            continue;
          }
          parts.push({ startsAt: occurrence.startsAt, endsAt: occurrence.endsAt, spaces: occurrence.quota[spaceClass] });
          occurrences.push(occurrence);
        }
      }
      if (parts.length === 0) continue;
      pools.push({
        zoneId: capacity.zoneId,
        steps: lentSteps(parts, Math.max(0, capacity.shareable - capacity.outOfService)),
        ...curfewsOf(this.#expanded.filter(each => each.window.zoneId === capacity.zoneId), occurrences),
      });
    }
    return { pools, holdsUntil };
  }

  /** The occurrences of windows open to the asker that touch an interval, in the order of their start. */
  covering(during: Span, spaceClass: SpaceClass, asker: Asker, now: number, zoneIds: readonly string[]): readonly CoveringWindow[] {
    const found: CoveringWindow[] = [];
    for (const { window, occurrences } of this.#expanded) {
      if (!zoneIds.includes(window.zoneId) || askerProblem(window, asker)) continue;
      for (const occurrence of occurrences) {
        if (occurrence.startsAt >= during.endsAt) break;
        if (occurrence.endsAt <= during.startsAt || occurrence.quota[spaceClass] === 0) continue;
        if (occurrence.releasedAt === null || occurrence.releasedAt <= now) found.push({ window, occurrence });
      }
    }
    return found.sort((a, b) => a.occurrence.startsAt - b.occurrence.startsAt || (a.window.id < b.window.id ? -1 : 1));
  }

  /** Why each window of a class does not serve an asker at an instant: the reasons that `explain` shows. */
  explain(at: number, spaceClass: SpaceClass, asker: Asker): ReadonlyArray<{ readonly window: LentWindow; readonly problem: Problem | null; readonly decidedBy: ExplainedDecision | null }> {
    return this.facts.windows
      .filter(window => window.terms.quota[spaceClass] > 0)
      .map(window => {
        const problem = askerProblem(window, asker);
        return { window, problem, decidedBy: problem ? null : evaluateAt(window.terms, at, this.#contextOf(window)).decidedBy };
      });
  }

  /** Spaces of a class in all zones. */
  capacity(spaceClass: SpaceClass): number {
    let total = 0;
    for (const capacity of this.facts.capacities) if (capacity.spaceClass === spaceClass) total += capacity.total;
    return total;
  }
}

function askerProblem(window: LentWindow, asker: Asker): Problem | null {
  return audienceProblem(window.terms.audience, asker) ?? creditProblem(window.terms.leastCredit, asker);
}

function curfewsOf(windows: readonly ExpandedWindow[], occurrences: readonly WindowOccurrence[]): { entry: SpanSet | null; exit: SpanSet | null } {
  const hasEntry = windows.some(({ window }) => window.terms.entryCurfews.length > 0);
  const hasExit = windows.some(({ window }) => window.terms.exitCurfews.length > 0);
  return {
    entry: hasEntry ? spans.normalise(occurrences.flatMap(occurrence => [...occurrence.entry])) : null,
    exit: hasExit ? spans.normalise(occurrences.flatMap(occurrence => [...occurrence.exit])) : null,
  };
}
