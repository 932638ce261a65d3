import type { SpaceClass } from '../../sharing/index.js';

export type ReportVerdict = 'ACCEPTED' | 'IGNORED' | 'QUARANTINED';

/** What each reason makes of a report; a report without any is accepted. Accepted ones count, ignored ones do not, quarantined ones are not believed. */
export const VERDICT_OF = {
  LATE: 'ACCEPTED',
  ABOVE_CAPACITY: 'ACCEPTED',
  NO_BASE: 'ACCEPTED',
  DUPLICATE: 'IGNORED',
  OUT_OF_ORDER: 'IGNORED',
  EXPIRED: 'IGNORED',
  FUTURE: 'QUARANTINED',
  NEGATIVE: 'QUARANTINED',
  MALFORMED: 'QUARANTINED',
  UNKNOWN_FACILITY: 'QUARANTINED',
  UNKNOWN_ZONE: 'QUARANTINED',
  UNKNOWN_CLASS: 'QUARANTINED',
  UNKNOWN_SPACE: 'QUARANTINED',
  WRONG_PARTY: 'QUARANTINED',
  SEQUENCE_REUSED: 'QUARANTINED',
} as const satisfies Readonly<Record<string, ReportVerdict>>;

export type ReportReason = keyof typeof VERDICT_OF;

/** Why a report was not simply accepted, with the number or the name that its message needs. */
export interface Remark {
  readonly reason: ReportReason;
  readonly detail: number | string | null;
}

/** Where a report says it was taken; the one of facilityId and facilityCode that it gives. */
export interface PlaceTold {
  readonly facilityId?: string | null;
  readonly facilityCode?: string | null;
  /** null: the whole facility. */
  readonly zoneCode?: string | null;
  readonly observedAt: number;
}

/** A count as its source tells it: of occupied or of free spaces. */
export interface CountTold extends PlaceTold {
  readonly spaceClass: SpaceClass;
  readonly scope: 'ALL' | 'SHARED';
  readonly occupied?: number | null;
  readonly free?: number | null;
  readonly sequence: number;
}

/** One vehicle that came or left. */
export interface EventTold extends PlaceTold {
  readonly spaceClass: SpaceClass;
  readonly scope: 'ALL' | 'SHARED';
  readonly direction: 'ENTRY' | 'EXIT';
  readonly eventId: string;
}

/** The state of one numbered space. */
export interface SpaceTold extends PlaceTold {
  readonly zoneCode: string;
  readonly number: string;
  readonly isOccupied: boolean;
  readonly sequence: number;
}

/** The zone key of a count of the whole facility. */
export const WHOLE = 'FACILITY';

export interface CountedCapacity {
  readonly total: number;
  readonly shareable: number;
}

/** What a facility is, as far as a report about it is concerned. */
export interface ReportedFacility {
  readonly id: string;
  readonly city: string;
  /** Owner, manager and operator. */
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
  readonly zoneIds: ReadonlyMap<string, string>;
  /** By zone id, or WHOLE, and class. */
  readonly capacities: ReadonlyMap<string, ReadonlyMap<string, CountedCapacity>>;
}

/** How far a source's clock may run ahead of ours, and how old an observation may be that we still keep (G9). */
export const AHEAD_MS = 5 * 60_000;
export const EXPIRED_MS = 48 * 3_600_000;
/** How many intervals of its source a count stays fresh (P3). */
const FRESH_INTERVALS = 3;

const remark = (reason: ReportReason, detail: Remark['detail'] = null): Remark => ({ reason, detail });

export function isRemark(value: object): value is Remark {
  return 'reason' in value;
}

/** What is wrong with the text of a place, whatever there is; null where nothing is. */
export function misplaced(told: PlaceTold, register: string | null): Remark | null {
  if ((told.facilityId == null) === (told.facilityCode == null)) return remark('MALFORMED', 'FACILITY');
  if (told.facilityCode != null && register === null) return remark('MALFORMED', 'REGISTER');
  return null;
}

/** What is wrong with a count by itself; null where nothing is. */
export function miscounted({ occupied, free }: CountTold): Remark | null {
  if ((occupied == null) === (free == null)) return remark('MALFORMED', 'COUNT');
  return (occupied ?? free)! < 0 ? remark('NEGATIVE', occupied ?? free!) : null;
}

const EVENT_ID_MAXIMUM = 100;

export function misnamed({ eventId }: EventTold): Remark | null {
  return eventId.length >= 1 && eventId.length <= EVENT_ID_MAXIMUM ? null : remark('MALFORMED', 'EVENT_ID');
}

/** The zone key of a known facility's zone, or what is wrong with it. */
export function zoneKeyOf(zoneCode: string | null | undefined, facility: ReportedFacility): string | Remark {
  if (zoneCode == null) return WHOLE;
  return facility.zoneIds.get(zoneCode) ?? remark('UNKNOWN_ZONE');
}

/** What the observation's instant says against it: nothing may be ahead of the clock by more than skew, nor older than what is kept. */
export function mistimed(observedAt: number, now: number): Remark | null {
  if (observedAt > now + AHEAD_MS) return remark('FUTURE', Math.ceil((observedAt - now) / 1_000));
  return observedAt < now - EXPIRED_MS ? remark('EXPIRED') : null;
}

/** When a count falls silent: three intervals of its source after it was taken, by whichever clock is behind (P3). */
export function staleAfterOf(observedAt: number, receivedAt: number, intervalSeconds: number): number {
  return Math.min(observedAt, receivedAt) + FRESH_INTERVALS * intervalSeconds * 1_000;
}

/** The most that a count of this scope can truly be; what exceeds it is kept raw and is a finding (P3, C1). */
export function mostOf(capacity: CountedCapacity, scope: 'ALL' | 'SHARED'): number {
  return scope === 'SHARED' ? capacity.shareable : capacity.total;
}
