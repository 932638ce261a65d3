import type { Sql, TransactionSql } from '../platform/index.js';
import { unavailable } from '../platform/graphql/index.js';
import { APART_MINUTES } from './rules/free-minutes-once.js';
import type { OpenBookings } from './rules/open-bookings.js';
import type { VehicleStay } from './rules/one-place.js';

/**
 * One at a time books for a party: what of it stands is read once the others have committed, and nothing else that a booking
 * is decided by but its claim is anybody else's. In the order of the keys, and before every other lock, so that nobody
 * waits here for somebody who waits for a claim.
 */
export function lockBookings(sql: TransactionSql, partyIds: readonly string[]): void {
  if (partyIds.length === 0) return;
  sql.write(`select pg_advisory_xact_lock(k.lock) from (select distinct hashtextextended('booking:' || key, 0) as lock from unnest($1::text[]) as key order by 1) as k`, [partyIds]);
}

const ERASED_RETRY_MS = 1_000;

/** What is asked of all bookings of a batch together. */
export interface StandingAsk {
  readonly quoteIds: readonly string[];
  readonly plateHashes: readonly string[];
  readonly facilityIds: readonly string[];
  readonly partyIds: readonly string[];
  /** Stays that touch this interval, or come so close to it that they share free minutes; and every stay of a vehicle that is in. */
  readonly from: number;
  readonly until: number;
}

/** What stands, as bookings look at it. */
export interface StandingRows {
  /** Quotes that stand behind a reservation. */
  readonly used: ReadonlyArray<{ readonly quoteId: string; readonly reservationId: string }>;
  /** Stays of the vehicles; a hold that has ended is none. */
  readonly stays: readonly VehicleStay[];
  /** The time zones of the facilities that were asked about. */
  readonly zones: Readonly<Record<string, string>>;
  /** What the parties that were asked about have open. */
  readonly parties: Readonly<Record<string, OpenBookings>>;
}

/**
 * Read in one statement, after `lockBookings`. Vehicles are looked up one by one: as a join the planner would start
 * parallel workers for it, which cost more than all else here. By reservation_of_quote, reservation_vehicle_late, reservation_id and reservation_open.
 */
export async function standingRows(sql: Sql, { quoteIds, plateHashes, facilityIds, partyIds, from, until }: StandingAsk, now: number): Promise<StandingRows> {
  const [row] = await sql.query<StandingRows & { readonly isErased: boolean }>(
    `select
       (select coalesce(jsonb_agg(jsonb_build_object('quoteId', r.quote_id, 'reservationId', r.id)), '[]') from reservation r where r.quote_id = any($1::text[])) as used,
       (select coalesce(jsonb_agg(jsonb_build_object('reservationId', r.id, 'seriesId', r.series_id, 'partyId', r.party_id, 'facilityId', r.facility_id, 'zoneName', f.zone_name, 'state', r.state, 'stateSince', epoch_ms(r.state_since),
            'startsAt', epoch_ms(r.starts_at), 'endsAt', epoch_ms(r.ends_at), 'hash', v.plate_hash, 'vehicle', v.plate_hash || '/' || v.colour)), '[]')
          from unnest($2::text[]) as asked (plate_hash)
          cross join lateral (select v.reservation_id, v.plate_hash, v.colour from reservation_vehicle v where v.plate_hash = asked.plate_hash and not v.is_past offset 0) v
          cross join lateral (
            select r.* from reservation r
            where r.id = v.reservation_id and r.starts_at < to_timestamp($4 / 1000.0)
              and (r.ends_at > to_timestamp($3 / 1000.0) or r.state_since > to_timestamp($3 / 1000.0) or r.state in ('CHECKED_IN', 'OVERSTAYED'))
              and r.state in ('HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED', 'COMPLETED') and (r.held_until is null or r.held_until > to_timestamp($5 / 1000.0))
            offset 0) r
          join facility f on f.city = r.city and f.id = r.facility_id) as stays,
       (select coalesce(jsonb_object_agg(f.id, f.zone_name), '{}') from facility f where f.id = any($6::text[])) as zones,
       (select coalesce(jsonb_object_agg(p.id, jsonb_build_object('isPerson', p.kind = 'PERSON', 'open', (
            select count(*) filter (where r.series_id is null) + count(distinct r.series_id) from reservation r
            where r.party_id = p.id and r.state in ('HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED') and (r.held_until is null or r.held_until > to_timestamp($5 / 1000.0))))), '{}')
          from party p where p.id = any($7::text[])) as parties,
       (select coalesce(bool_or(p.erased_at is not null), false) from party p where p.id = any($7::text[])) as "isErased"`,
    [quoteIds, plateHashes, from - APART_MINUTES * 60_000, until + APART_MINUTES * 60_000, now, facilityIds, partyIds],
  );
  // Who was erased while this waited for the lock is let in no more: asked again, each of the batch hears for itself.
  if (row!.isErased) throw unavailable(ERASED_RETRY_MS);
  return row!;
}
