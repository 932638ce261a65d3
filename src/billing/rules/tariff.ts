import { defineLifecycle, type DayRule, type DaySelector, type Fen, type Rounding } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';

/** One step of a ladder: what a stay of up to so many minutes costs in all. */
export interface LadderStep {
  readonly untilMinutes: number;
  readonly fen: Fen;
}

/**
 * What time in a band costs, for one space.
 * PER_HOUR goes with the time; PER_BLOCK with every block begun; LADDER by total steps, `then` for every block begun after
 * the last one (null: nothing more), anew every `repeatsAfterMinutes` (null: never); PER_ENTRY once a stay, however long;
 * FLAT_AFTER_CLOSING (非定时价格, 2.4-3) once an occurrence of the band's hours, whether 2 hours of it are used or 9.
 */
export type BandPrice =
  | { readonly kind: 'FREE' }
  | { readonly kind: 'PER_HOUR'; readonly fenPerHour: Fen }
  | { readonly kind: 'PER_BLOCK'; readonly blockMinutes: number; readonly fenPerBlock: Fen }
  | { readonly kind: 'LADDER'; readonly steps: readonly LadderStep[]; readonly then: { readonly everyMinutes: number; readonly fen: Fen } | null; readonly repeatsAfterMinutes: number | null }
  | { readonly kind: 'PER_ENTRY'; readonly fen: Fen }
  | { readonly kind: 'FLAT_AFTER_CLOSING'; readonly fen: Fen };

export const PRICE_KINDS = ['FREE', 'PER_HOUR', 'PER_BLOCK', 'LADDER', 'PER_ENTRY', 'FLAT_AFTER_CLOSING'] as const satisfies ReadonlyArray<BandPrice['kind']>;

/** When and for which spaces a price holds. Of several bands that speak of a minute, the first in the list holds; where none does, nothing is charged. */
export interface TariffBand {
  /** Unique within the tariff: lines, caps and once-a-stay prices name it. */
  readonly name: string;
  /** Local hours on selected dates, a night belonging to the date it begins on (T2); null is always. */
  readonly when: DayRule | null;
  /** Null is every class. */
  readonly spaceClasses: readonly SpaceClass[] | null;
  readonly price: BandPrice;
}

/**
 * The most that a period costs, for one space, though a new version of the tariff begins within it. DAY is a local calendar day, LOCAL_SPAN the hours of a rule (a night, a
 * Sunday), ROLLING_24H every 24 hours from the stay's start, STAY all of it: they are not the same (I7).
 */
export type CapPeriod =
  | { readonly kind: 'LOCAL_SPAN'; readonly when: DayRule }
  | { readonly kind: 'DAY'; readonly days: DaySelector | null }
  | { readonly kind: 'ROLLING_24H' }
  | { readonly kind: 'STAY' };

/** The order in which caps hold, each on what the ones before it left. */
export const CAP_KINDS = ['LOCAL_SPAN', 'DAY', 'ROLLING_24H', 'STAY'] as const satisfies ReadonlyArray<CapPeriod['kind']>;

export interface TariffCap {
  readonly name: string;
  readonly period: CapPeriod;
  readonly fen: Fen;
  /** The bands that count towards it; null is all. */
  readonly bands: readonly string[] | null;
}

/** Minutes at the start of a stay, once a stay (I8): DEDUCTED are never charged, GRACE only where the whole stay is no longer. */
export interface FreeMinutes {
  readonly minutes: number;
  readonly kind: 'DEDUCTED' | 'GRACE';
}

/** How each line is rounded, once: to a multiple of so many fen (I7). */
export interface LineRounding {
  readonly rule: Rounding;
  readonly toFen: Fen;
}

/** What becomes of a block that was begun when another band starts to speak: ended there, or charged as begun to its own end. */
export const EDGE_RULES = ['ANEW', 'RUN_OUT'] as const;
export type EdgeRule = (typeof EDGE_RULES)[number];

/** All that decides a price: one version of a tariff. */
export interface TariffTerms {
  readonly bands: readonly TariffBand[];
  readonly caps: readonly TariffCap[];
  readonly freeMinutes: FreeMinutes | null;
  readonly rounding: LineRounding;
  readonly blocksAtEdges: EdgeRule;
}

/** Terms with the instant from which they hold. Of those that hold, the one of the highest number does. */
export interface TariffVersion {
  readonly version: number;
  readonly inForceFrom: number;
  readonly terms: TariffTerms;
}

export const TARIFF_STATUSES = ['PUBLISHED', 'WITHDRAWN'] as const;
export type TariffStatus = (typeof TARIFF_STATUSES)[number];

/** A tariff is published, given new versions, and withdrawn for good; its versions go on pricing what was promised by them. */
export const tariffLifecycle = defineLifecycle<TariffStatus, 'revise' | 'withdraw'>({ zh: '收费标准', en: 'tariff' }, 'PUBLISHED', {
  PUBLISHED: { revise: 'PUBLISHED', withdraw: 'WITHDRAWN' },
  WITHDRAWN: {},
});
