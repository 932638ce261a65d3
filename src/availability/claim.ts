import type { Span, Zone } from '../kernel/index.js';
import type { SpaceClass } from '../sharing/index.js';
import type { Asker } from './rules/audience.js';
import type { Check, StayWindow } from './rules/check.js';
import type { Decision } from './rules/decide.js';

/** For what spaces are promised: opaque here, because those who claim stand above. */
export interface ClaimCause {
  readonly kind: 'RESERVATION' | 'AGREEMENT' | 'SESSION';
  readonly id: string;
}

/** What a stay asks of a facility, whether it is only looked up or claimed. */
export interface StayAsk {
  readonly facilityId: string;
  /** The zones that will do; null: any. */
  readonly zoneIds: readonly string[] | null;
  /** One numbered space; null: any of the pool. */
  readonly spaceId: string | null;
  readonly spaceClass: SpaceClass;
  readonly during: Span;
  readonly spaces: number;
  /** The very instant of the entry, where it is known, as at a gate (T10); absent: any of the interval. */
  readonly entersAt?: number;
  readonly asker: Asker;
  readonly checks?: readonly Check[];
  /** A claim that this one takes the place of: its spaces count as free. */
  readonly replaces?: string;
}

export interface ClaimAsk extends StayAsk {
  readonly cause: ClaimCause;
  /** A hold ends at this instant by itself (epoch ms); null: it is promised for good. */
  readonly heldUntil: number | null;
}

export interface MadeClaim {
  readonly claimId: string;
  readonly zoneId: string;
  /** The windows out of which the spaces are lent, in the order of their start. */
  readonly windowIds: readonly string[];
  /** The holiday calendar of some day of it is not published yet (P4). */
  readonly provisional: boolean;
}

export interface ClaimRelease {
  readonly claimId: string;
  /** What lies after this instant is given back; null or absent: all of it. */
  readonly from?: number | null;
  readonly reason: string;
}

/** The one decision over a stay, with what a price and an answer need of it. */
export interface StayDecision {
  /** null where the facility is not known. */
  readonly facility: { readonly id: string; readonly zone: Zone; readonly zoneIds: readonly string[]; readonly isOpen: boolean } | null;
  readonly decision: Decision;
  /** The pool that a claim would take now; null where none can. */
  readonly zoneId: string | null;
  /** What covers the stay in that pool, clipped to the stay, in the order of the start. */
  readonly windows: readonly StayWindow[];
}

/** Promised spaces that are not lent any more: for whoever revokes (P9). */
export interface Overcommitment {
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly during: Span;
  /** The most spaces that are missing at an instant of it. */
  readonly missing: number;
  /** The claims that could give way, newest first. */
  readonly claims: ReadonlyArray<{ readonly claimId: string; readonly cause: ClaimCause; readonly spaces: number; readonly during: Span }>;
}
