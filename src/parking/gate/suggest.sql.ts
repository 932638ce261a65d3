import type { Sql } from '../../platform/index.js';
import type { BookedStay } from '../rules/admission.js';

/**
 * What gates read, as it is asked about together. One character that is another, dropped or too many leaves the beginning of
 * a number as it is, or its end: by both, as they are shown, most numbers are left out without opening them.
 */
export interface Readings {
  readonly facilityIds: readonly string[];
  readonly from: number;
  readonly until: number;
  /** The first three characters of the readings. */
  readonly heads: readonly string[];
  /** What they may have been, where the end is as it was: patterns of LIKE. */
  readonly nearHeads: readonly string[];
  /** The last characters of the readings. */
  readonly tails: readonly string[];
}

/** A vehicle that a facility waits for. */
export interface ExpectedVehicle extends BookedStay {
  readonly facilityId: string;
  readonly reservationId: string;
  readonly position: number;
  readonly sealedPlate: string;
  readonly maskedPlate: string;
}

/** The most vehicles of a facility that are compared with what its gate read: those whose time began last, or begins next, come first. */
const MOST_COMPARED = 4_000;
/** Who comes later than this after the beginning is not looked for. */
const LATEST = `interval '1 day'`;
/** Terms let nobody in earlier. */
const EARLIEST = `interval '4 hours 1 minute'`;

/**
 * The vehicles that facilities wait for around an instant, of those whose number might be one of the readings by what is
 * shown of it. As many as a facility has bookings that begin then, whatever it has for other days. By reservation_facility
 * and reservation_vehicle_reservation.
 */
export function expectedVehicles(sql: Sql, { facilityIds, from, until, heads, nearHeads, tails }: Readings): Promise<ExpectedVehicle[]> {
  return sql.query<ExpectedVehicle>(
    `select e.* from unnest($1::text[]) as a (id)
     cross join lateral (
       select r.facility_id as "facilityId", r.id, r.id as "reservationId", r.state, r.spaces, epoch_ms(r.starts_at) as "startsAt", epoch_ms(r.ends_at) as "endsAt", r.terms,
         v.position, v.sealed_plate as "sealedPlate", v.masked_plate as "maskedPlate"
       from reservation r
       join reservation_vehicle v on v.reservation_id = r.id
       where r.facility_id = a.id and r.state in ('CONFIRMED', 'CHECKED_IN')
         and r.starts_at > to_timestamp($5 / 1000.0) - ${LATEST} and r.starts_at < to_timestamp($6 / 1000.0) + ${EARLIEST} and r.ends_at > to_timestamp($5 / 1000.0)
         and (left(v.masked_plate, 3) = any($2::text[]) or (right(v.masked_plate, 1) = any($3::text[]) and left(v.masked_plate, 3) like any($4::text[])))
       order by r.starts_at desc
       limit ${MOST_COMPARED}
     ) as e`,
    [facilityIds, heads, tails, nearHeads, from, until],
  );
}

/** A number that is looked for among the vehicles that are in, by its hash. */
export interface SoughtVehicle {
  readonly facilityId: string;
  readonly plateHash: string;
}

/** A number in as many colours is in at most; said so that each number is looked up by itself. */
const MOST_COLOURS = 10;

/** The keys of the vehicles that are in, of those that are looked for: as many look-ups as those, however many are in. By session_open_once. */
export function vehiclesIn(sql: Sql, sought: readonly SoughtVehicle[]): Promise<Array<{ readonly facilityId: string; readonly plateKey: string }>> {
  return sql.query(
    `select a.id as "facilityId", i.plate_key as "plateKey" from unnest($1::text[], $2::text[]) as a (id, hash)
     cross join lateral (
       select s.plate_key from session s
       where s.facility_id = a.id and s.state = 'OPEN' and s.plate_key > a.hash || '/' and s.plate_key < a.hash || '0'
       limit ${MOST_COLOURS}
     ) as i`,
    [sought.map(({ facilityId }) => facilityId), sought.map(({ plateHash }) => plateHash)],
  );
}
