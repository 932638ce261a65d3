import { Zone, isRefusal, localTime } from '../kernel/index.js';
import { decodeTerms, type StoredTerms } from '../sharing/index.js';
import type { LendingFacts, ZoneCapacity } from './facility-timeline.js';

/** What a search row says of a facility's lending, as it is stored. */
export interface LendingRow {
  readonly id: string;
  readonly status: string;
  readonly lending: {
    readonly zoneName: string;
    /** Minute of closing by weekday, Monday first; null where unknown. */
    readonly closesAt: ReadonlyArray<number | null> | null;
    readonly capacities: readonly ZoneCapacity[];
  };
  readonly windows: ReadonlyArray<{
    readonly id: string;
    readonly zoneId: string;
    readonly version: string;
    readonly terms: StoredTerms;
    readonly suspensions: ReadonlyArray<{ readonly id: string; readonly startsAt: number; readonly endsAt: number | null; readonly reason: string }>;
  }>;
}

/** The time zone of a stored facility. */
export function zoneOfRow({ lending }: Pick<LendingRow, 'lending'>): Zone {
  const known = Zone.of(lending.zoneName);
  if (isRefusal(known)) throw new Error(`a stored facility has the unknown time zone ${lending.zoneName}`);
  return known.value;
}

/** All that the decision reads of a facility, from its search row. */
export function lendingFactsOf(row: LendingRow, zone: Zone): LendingFacts {
  const { closesAt, capacities } = row.lending;
  return {
    facilityId: row.id,
    isOpen: row.status === 'OPEN',
    isSuspended: row.status === 'SUSPENDED',
    zone,
    closingMinuteOf: day => closesAt?.[localTime.weekdayOf(day) - 1] ?? null,
    capacities,
    windows: row.windows.map(window => ({
      id: window.id,
      zoneId: window.zoneId,
      terms: decodeTerms(window.terms),
      suspensions: window.suspensions.map(({ id, startsAt, endsAt, reason }) => ({ id, reason, during: { startsAt, endsAt: endsAt ?? Number.POSITIVE_INFINITY } })),
    })),
  };
}
