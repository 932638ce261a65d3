import { localTime, spans, type Problem, type Span, type SpanSet, type WorkCalendar, type Zone } from '../kernel/index.js';
import { evaluateAt, occurrencesOf, type EvaluationContext, type ExplainedDecision, type SpaceClass, type Suspension, type WindowMode, type WindowOccurrence, type WindowTerms } from '../sharing/index.js';
import { ANY_DRIVER, audienceProblem, creditProblem, type Asker } from './rules/audience.js';
import type { Pool } from './rules/decide.js';
import { askerOf } from './rules/eligibility.js';
import { lentSteps, lessSteps, stepAt, type LentSteps } from './rules/lent-steps.js';
import type { PromiseBook } from './promise-book.js';
import type { LentNow } from './rules/live-state.js';
import { remainingSteps, type LentShare } from './rules/remaining-spaces.js';

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

/** All that the decision reads of one facility, besides what is promised. */
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

/** What is promised of a pool, each with the eligibility of those to whom it is. */
export interface PromisesOf {
  (zoneId: string, spaceClass: SpaceClass): ReadonlyArray<{ readonly eligibility: string; readonly steps: LentSteps }>;
}

const NOTHING_PROMISED: PromisesOf = () => [];

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

  /** What is left for an asker, as it is at this instant: what a release plan frees later is left out until then. */
  lending(ask: { readonly spaceClass: SpaceClass; readonly asker: Asker; readonly now: number; readonly piecesUntil: number }, promises = NOTHING_PROMISED): Lending {
    const { spaceClass, asker, now, piecesUntil } = ask;
    const ofClass = this.facts.capacities.filter(capacity => capacity.spaceClass === spaceClass);
    const lenders = this.#expanded.filter(({ window: { terms } }) => terms.quota[spaceClass] > 0 || terms.exceptions.length > 0);
    let holdsUntil = Number.POSITIVE_INFINITY;
    const pieces: LentPiece[] = [];
    const pools: Pool[] = [];
    for (const capacity of ofClass) {
      const inZone = lenders.filter(({ window }) => window.zoneId === capacity.zoneId);
      const isMine = inZone.map(({ window }) => askerProblem(window, asker) === null);
      const shares: LentShare[] = [];
      const released: WindowOccurrence[] = [];
      for (const [index, { window, occurrences }] of inZone.entries()) {
        for (const occurrence of occurrences) {
          const spaces = occurrence.quota[spaceClass];
          if (spaces === 0) continue;
          if (occurrence.releasedAt !== null && occurrence.releasedAt > now) {
            holdsUntil = Math.min(holdsUntil, occurrence.releasedAt);
            continue;
          }
          shares.push({ startsAt: occurrence.startsAt, endsAt: occurrence.endsAt, spaces, window: index });
          if (!isMine[index]) continue;
          released.push(occurrence);
          if (occurrence.startsAt < piecesUntil) pieces.push(pieceOf(window, occurrence, spaces));
        }
      }
      if (released.length === 0) continue;
      const mine = inZone.filter((_, index) => isMine[index]);
      pools.push({ zoneId: capacity.zoneId, ...stepsOf({ inZone, isMine, shares, capacity }, promises(capacity.zoneId, spaceClass)), servesAll: mine.length === inZone.length, ...curfewsOf(mine, released) });
    }
    pieces.sort((a, b) => a.startsAt - b.startsAt || (a.windowId < b.windowId ? -1 : 1));
    return { pools, pieces, piecesUntil, horizonEndsAt: this.horizon.endsAt, holdsUntil, capacity: ofClass.reduce((sum, { total }) => sum + total, 0) };
  }

  /** The pools of a class as lent to anybody at all, window by window, with whom each is for: what claims are held against. */
  shares(spaceClass: SpaceClass, now: number): ReadonlyArray<PoolShares & { readonly zoneId: string; readonly opensTo: (eligibility: string) => readonly boolean[] }> {
    return this.facts.capacities.filter(capacity => capacity.spaceClass === spaceClass).map(capacity => {
      const inZone = this.#expanded.filter(({ window }) => window.zoneId === capacity.zoneId);
      const shares = inZone.flatMap(({ occurrences }, window) => occurrences
        .filter(({ releasedAt }) => releasedAt === null || releasedAt <= now)
        .map(({ startsAt, endsAt, quota }): LentShare => ({ startsAt, endsAt, spaces: quota[spaceClass], window })));
      return {
        zoneId: capacity.zoneId, inZone, isMine: inZone.map(() => true), shares, capacity,
        opensTo: eligibility => inZone.map(({ window }) => askerProblem(window, askerOf(eligibility)) === null),
      };
    });
  }

  /** What is lent of a class to the public at an instant, what of it is promised, and when that next changes; null where nothing within the horizon does. */
  lentAt(at: number, spaceClass: SpaceClass, book: PromiseBook | null): { readonly lent: LentNow; readonly changesAt: number | null } {
    const { pools, holdsUntil } = this.lending({ spaceClass, asker: ANY_DRIVER, now: at, piecesUntil: at }, book?.promisesAt(at));
    let changesAt = holdsUntil;
    const valueOf = (steps: LentSteps | undefined): number => {
      if (!steps) return 0;
      const index = stepAt(steps, at);
      changesAt = Math.min(changesAt, steps.at[index + 1] ?? Number.POSITIVE_INFINITY);
      return steps.lent[index] ?? 0;
    };
    const zones = this.facts.capacities.filter(each => each.spaceClass === spaceClass).map(({ zoneId, total, outOfService }) => {
      const pool = pools.find(each => each.zoneId === zoneId);
      const lent = valueOf(pool?.lent ?? pool?.steps);
      const claimed = pool?.lent ? lent - valueOf(pool.steps) : 0;
      const awaited = book?.awaitedAt(at, zoneId, spaceClass);
      changesAt = Math.min(changesAt, awaited?.changesAt ?? Number.POSITIVE_INFINITY);
      return { zoneId, lent, claimed, awaited: awaited?.spaces ?? 0, total, outOfService };
    });
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

/**
 * What promises leave of a lending whose every pool serves this asker out of all its windows: then whoever was promised
 * a space simply has one less. Elsewhere the timeline reckons it.
 */
export function lessPromised(lending: Lending, spaceClass: SpaceClass, promises: PromisesOf): Lending {
  return {
    ...lending,
    pools: lending.pools.map(pool => {
      const promised = promises(pool.zoneId, spaceClass);
      return promised.length === 0 ? pool : { ...pool, lent: pool.steps, steps: lessSteps(pool.steps, promised.map(each => each.steps)) };
    }),
  };
}

/** The pieces of some zones that touch an interval. */
export function coveringPieces(lending: Lending, during: Span, zoneIds: readonly string[]): readonly LentPiece[] {
  return lending.pieces.filter(piece => piece.startsAt < during.endsAt && during.startsAt < piece.endsAt && zoneIds.includes(piece.zoneId));
}

function pieceOf(window: LentWindow, { startsAt, endsAt, onDate, provisional }: WindowOccurrence, quota: number): LentPiece {
  const { name, mode, leastCredit } = window.terms;
  return { windowId: window.id, name, mode, zoneId: window.zoneId, leastCredit, startsAt, endsAt, onDate: localTime.formatDay(onDate), quota, isProvisional: provisional };
}

/** The most spaces of a pool that can be lent: what is shareable, less what is out of service. */
export function mostOf({ shareable, outOfService }: ZoneCapacity): number {
  return Math.max(0, shareable - outOfService);
}

interface PoolShares {
  readonly inZone: readonly ExpandedWindow[];
  readonly isMine: readonly boolean[];
  readonly shares: readonly LentShare[];
  readonly capacity: ZoneCapacity;
}

function stepsOf({ inZone, isMine, shares, capacity }: PoolShares, promises: ReturnType<PromisesOf>): Pick<Pool, 'steps' | 'lent'> {
  const mostSpaces = mostOf(capacity);
  const lent = lentSteps(shares.filter(({ window }) => isMine[window]), mostSpaces);
  if (promises.length === 0) return { steps: lent };
  const promised = promises.map(({ eligibility, steps }) => {
    const holder = askerOf(eligibility);
    const opens = inZone.map(({ window }) => askerProblem(window, holder) === null);
    return { opens: (window: number) => opens[window]!, steps };
  });
  return { steps: remainingSteps({ shares, windows: inZone.length, mostSpaces, opens: window => isMine[window]!, promised }), lent };
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
