import { defineLifecycle, type Day, type DayRule, type PatternContext, type Span } from '../../kernel/index.js';

export const SPACE_CLASSES = ['STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL'] as const;
export type SpaceClass = (typeof SPACE_CLASSES)[number];

/** Spaces lent by class; a class that is not lent is 0. */
export type Quota = Readonly<Record<SpaceClass, number>>;

/** The two modes of the policy: staggered sharing and temporary parking (2.1-5). */
export const WINDOW_MODES = ['OFF_PEAK_SHARE', 'TEMPORARY'] as const;
export type WindowMode = (typeof WINDOW_MODES)[number];

/** For whom a window is (2.5-2, 2.5-5). */
export type Audience =
  | { readonly kind: 'PUBLIC' }
  | { readonly kind: 'RESIDENTS' }
  | { readonly kind: 'NEIGHBOURS'; readonly withinMetres: number }
  | { readonly kind: 'AGREEMENT_HOLDERS' };

/** Local minutes [fromMinute, untilMinute) of every day; where `from` is not before `until` the range crosses midnight (T10). */
export interface LocalRange {
  readonly fromMinute: number;
  readonly untilMinute: number;
}

/** 定时定量: before `atMinute` of its own date nothing of an occurrence is released, from then on `spaces` at most (2.2-6). */
export interface ReleasePlan {
  readonly atMinute: number;
  readonly spaces: number;
}

export type ExceptionEffect =
  | { readonly kind: 'CLOSED' }
  | { readonly kind: 'HOURS'; readonly rules: readonly DayRule[] }
  | { readonly kind: 'QUOTA'; readonly quota: Quota };

/**
 * A range of dates [fromDay, untilDay) with terms of its own. Where two overlap, the later one in the list wins. It speaks
 * of occurrences that begin in it; `cutsRunningTails` says whether it also takes what runs in from before (T3).
 */
export interface WindowException {
  readonly id: string;
  readonly fromDay: Day;
  readonly untilDay: Day;
  readonly effect: ExceptionEffect;
  readonly cutsRunningTails: boolean;
  readonly reason: string;
}

/** An emergency suspension; above every other rule (P4, 4.5-7). `endsAt` is Infinity while no end is known. */
export interface Suspension {
  readonly id: string;
  readonly during: Span;
  readonly reason: string;
}

export const WINDOW_STATUSES = ['DRAFT', 'PUBLISHED', 'PAUSED', 'WITHDRAWN'] as const;
export type WindowStatus = (typeof WINDOW_STATUSES)[number];

/** How a window lives (P11): only a published one lends; a withdrawn one never comes back, a new one is published instead. */
export const windowLifecycle = defineLifecycle<WindowStatus, 'publish' | 'pause' | 'resume' | 'withdraw'>({ zh: '共享时段', en: 'sharing window' }, 'DRAFT', {
  DRAFT: { publish: 'PUBLISHED', withdraw: 'WITHDRAWN' },
  PUBLISHED: { pause: 'PAUSED', withdraw: 'WITHDRAWN' },
  PAUSED: { resume: 'PUBLISHED', withdraw: 'WITHDRAWN' },
  WITHDRAWN: {},
});

/** All that decides when a window lends how many spaces to whom. Rules on day types and eves win over weekly rules on a date. */
export interface WindowTerms {
  readonly name: string;
  readonly mode: WindowMode;
  readonly rules: readonly DayRule[];
  readonly exceptions: readonly WindowException[];
  readonly quota: Quota;
  readonly audience: Audience;
  /** Least credit score of a driver; null asks none (2.2-4). */
  readonly leastCredit: number | null;
  /** Opaque here: billing owns tariffs. Null is free of charge. */
  readonly tariffId: string | null;
  /** Local ranges in which entering is not possible though staying is (T10). */
  readonly entryCurfews: readonly LocalRange[];
  readonly exitCurfews: readonly LocalRange[];
  readonly releasePlan: ReleasePlan | null;
  readonly validFrom: Day;
  /** First day on which no occurrence begins any more; null is open. */
  readonly validUntil: Day | null;
  readonly status: WindowStatus;
}

export interface EvaluationContext extends PatternContext {
  readonly suspensions: readonly Suspension[];
}

export const DECISION_KINDS = ['SUSPENSION', 'EXCEPTION', 'DAY_TYPE_RULE', 'WEEKLY_RULE', 'VALIDITY', 'STATUS', 'RELEASE_PLAN', 'NO_RULE'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** Which rule decided: an id for suspensions and exceptions, an index for rules of the terms. */
export interface Decision {
  readonly kind: DecisionKind;
  readonly id: string | null;
  readonly ruleIndex: number | null;
}

export function totalOf(quota: Quota): number {
  return quota.STANDARD + quota.CHARGING + quota.ACCESSIBLE + quota.LARGE + quota.MECHANICAL;
}

export function quotaOf(some: Partial<Quota>): Quota {
  return { STANDARD: 0, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0, ...some };
}

/** A closure takes running tails with it unless it says otherwise; changed hours and quotas do not (T3). */
export function cutsByDefault(effect: ExceptionEffect): boolean {
  return effect.kind === 'CLOSED';
}

/** The exception that holds for occurrences beginning on a date: the last one listed that covers it. */
export function exceptionOn(exceptions: readonly WindowException[], day: Day): WindowException | null {
  for (let index = exceptions.length - 1; index >= 0; index -= 1) {
    const exception = exceptions[index]!;
    if (exception.fromDay <= day && day < exception.untilDay) return exception;
  }
  return null;
}
