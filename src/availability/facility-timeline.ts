import { localTime, spans, type Problem, type Span, type SpanSet, type WorkCalendar, type Zone } from '../kernel/index.js';
import { evaluateAt, occurrencesOf, type EvaluationContext, type ExplainedDecision, type SpaceClass, type Suspension, type WindowMode, type WindowOccurrence, type WindowTerms } from '../sharing/index.js';
import { ANY_DRIVER, audienceProblem, creditProblem, type Asker } from './rules/audience.js';
import type { Pool } from './rules/decide.js';
import { lentSteps, stepAt, type LentPart } from './rules/lent-steps.js';
import type { LentNow } from './rules/live-state.js';

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
  readonly terms: WindowTerms;
  readonly suspensions: readonly Suspension[];
}

/** All that the decision reads of one facility; claims join it with booking. */
export interface LendingFacts {
  readonly facilityId: string;
  readonly isOpen: boolean;
  readonly isSuspended: boolean;
  readonly zone: Zone;
  readonly closingMinuteOf: (day: number) => number | null;
  readonly capacities: readonly ZoneCapacity[];
  readonly windows: readonly LentWindow[];
}

/** One occurrence of a window, as an answer tells it. */
export interface LentPiece extends Span {
  readonly windowId: string;
  readonly name: string;
  readonly mode: WindowMode;
  readonly zoneId: string;
  readonly leastCredit: number | null;
  /** ISO date. */
  readonly onDate: string;
  readonly quota: number;
  readonly isProvisional: boolean;
}

/**
 * What one facility lends of one space class to one kind of asker, over a horizon: small and plain, so that a process
 * can keep tens of thousands of them.
 */
export interface Lending {
  readonly pools: readonly Pool[];
  /** The occurrences that begin before `piecesUntil`, in the order of their start. */
  readonly pieces: readonly LentPiece[];
  readonly piecesUntil: number;
  readonly horizonEndsAt: number;
  /** When a release plan next changes it; Infinity where none does. */
  readonly holdsUntil: number;
  /** Spaces of the class in all zones, lent or not. */
  readonly capacity: number;
}

interface ExpandedWindow {
  readonly window: LentWindow;
  readonly occurrences: readonly WindowOccurrence[];
}

/** One facility's windows, expanded over a horizon: what a lending is made from, and what explains a refusal. It holds no clock. */
export class FacilityTimeline {
  readonly #expanded: readonly ExpandedWindow[];

  constructor(
    private readonly facts: LendingFacts,
    private readonly calendar: WorkCalendar,
    private readonly horizon: Span,
  ) {
    this.#expanded = facts.isOpen ? facts.windows.map(window => ({ window, occurrences: occurrencesOf(window.terms, horizon, this.#contextOf(window)) })) : [];
  }

  #contextOf(window: LentWindow): EvaluationContext {
    return { calendar: this.calendar, zone: this.facts.zone, closingMinuteOf: this.facts.closingMinuteOf, suspensions: window.suspensions };
  }

  /** What is lent to an asker, as it is at this instant: what a release plan frees later is left out until then. */
  lending(ask: { readonly spaceClass: SpaceClass; readonly asker: Asker; readonly now: number; readonly piecesUntil: number }): Lending {
    const { spaceClass, asker, now, piecesUntil } = ask;
    const open = this.#expanded.filter(({ window }) => window.terms.quota[spaceClass] > 0 || window.terms.exceptions.length > 0).filter(({ window }) => askerProblem(window, asker) === null);
    const ofClass = this.facts.capacities.filter(capacity => capacity.spaceClass === spaceClass);
    let holdsUntil = Number.POSITIVE_INFINITY;
    const pieces: LentPiece[] = [];
    const pools: Pool[] = [];
    for (const capacity of ofClass) {
      const inZone = open.filter(({ window }) => window.zoneId === capacity.zoneId);
      const parts: LentPart[] = [];
      const released: WindowOccurrence[] = [];
      for (const { window, occurrences } of inZone) {
        for (const occurrence of occurrences) {
          const spaces = occurrence.quota[spaceClass];
          if (spaces === 0) continue;
          if (occurrence.releasedAt !== null && occurrence.releasedAt > now) {
            holdsUntil = Math.min(holdsUntil, occurrence.releasedAt);
            continue;
          }
          parts.push({ startsAt: occurrence.startsAt, endsAt: occurrence.endsAt, spaces });
          released.push(occurrence);
          if (occurrence.startsAt < piecesUntil) pieces.push(pieceOf(window, occurrence, spaces));
        }
      }
      if (parts.length === 0) continue;
      pools.push({ zoneId: capacity.zoneId, steps: lentSteps(parts, Math.max(0, capacity.shareable - capacity.outOfService)), ...curfewsOf(inZone, released) });
    }
    pieces.sort((a, b) => a.startsAt - b.startsAt || (a.windowId < b.windowId ? -1 : 1));
    return { pools, pieces, piecesUntil, horizonEndsAt: this.horizon.endsAt, holdsUntil, capacity: ofClass.reduce((sum, { total }) => sum + total, 0) };
  }

  /** What is lent of a class to the public at an instant, and when that next changes; null where nothing within the horizon does. */
  lentAt(at: number, spaceClass: SpaceClass): { readonly lent: LentNow; readonly changesAt: number | null } {
    const { pools, holdsUntil } = this.lending({ spaceClass, asker: ANY_DRIVER, now: at, piecesUntil: at });
    const stepOf = (zoneId: string): number => {
      const steps = pools.find(pool => pool.zoneId === zoneId)?.steps;
      return steps?.lent[stepAt(steps, at)] ?? 0;
    };
    const zones = this.facts.capacities.filter(each => each.spaceClass === spaceClass).map(({ zoneId, total, outOfService }) => ({ zoneId, lent: stepOf(zoneId), total, outOfService }));
    const coming = [holdsUntil, ...pools.map(({ steps }) => steps.at[stepAt(steps, at) + 1] ?? Number.POSITIVE_INFINITY)];
    const changesAt = Math.min(...coming);
    return { lent: { ...this.#standingAt(at, spaceClass, zones), zones }, changesAt: Number.isFinite(changesAt) ? changesAt : null };
  }

  #standingAt(at: number, spaceClass: SpaceClass, zones: LentNow['zones']): Pick<LentNow, 'standing' | 'reason'> {
    if (zones.some(zone => zone.lent > 0)) return { standing: 'LENT', reason: null };
    if (!this.facts.isOpen) return this.facts.isSuspended ? { standing: 'SUSPENDED', reason: 'FACILITY_SUSPENDED' } : { standing: 'CLOSED', reason: 'FACILITY_NOT_OPEN' };
    const explained = this.explain(at, spaceClass, ANY_DRIVER).filter(each => each.problem === null);
    if (explained.some(each => each.decidedBy!.kind === 'SUSPENSION')) return { standing: 'SUSPENDED', reason: 'SUSPENSION' };
    return { standing: 'CLOSED', reason: explained.length === 0 ? 'NOTHING_LENT' : 'OUTSIDE_HOURS' };
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
}

/** The pieces of some zones that touch an interval. */
export function coveringPieces(lending: Lending, during: Span, zoneIds: readonly string[]): readonly LentPiece[] {
  return lending.pieces.filter(piece => piece.startsAt < during.endsAt && during.startsAt < piece.endsAt && zoneIds.includes(piece.zoneId));
}

function pieceOf(window: LentWindow, { startsAt, endsAt, onDate, provisional }: WindowOccurrence, quota: number): LentPiece {
  const { name, mode, leastCredit } = window.terms;
  return { windowId: window.id, name, mode, zoneId: window.zoneId, leastCredit, startsAt, endsAt, onDate: localTime.formatDay(onDate), quota, isProvisional: provisional };
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
