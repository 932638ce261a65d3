import type { Sql } from '../platform/index.js';
import type { Admission } from './rules/admitted-as.js';

/** Vehicles of parties at facilities, over a time. */
export interface AdmissionAsk {
  readonly facilityIds: readonly string[];
  readonly partyIds: readonly string[];
  readonly plateHashes: readonly string[];
  readonly from: number;
  readonly until: number;
}

/** The admissions of vehicles as these parties’ own that hold at some time of an interval. By admitted_vehicle_plate. */
export function admissionsDuring(sql: Sql, { facilityIds, partyIds, plateHashes, from, until }: AdmissionAsk): Promise<Admission[]> {
  return sql.query<Admission>(
    `select m.facility_id as "facilityId", m.party_id as "partyId", m.audience, m.plate_hash as "plateHash", m.colour, epoch_ms(m.starts_at) as "startsAt", epoch_ms(m.ends_at) as "endsAt"
     from admitted_vehicle m
     where m.facility_id = any($1::text[]) and m.plate_hash = any($2::text[]) and m.party_id = any($5::text[])
       and m.starts_at < to_timestamp($4 / 1000.0) and (m.ends_at is null or m.ends_at > to_timestamp($3 / 1000.0))`,
    [facilityIds, plateHashes, from, until, partyIds],
  );
}
