import type { Sql } from '../platform/index.js';

/** A numbered space that a report may name. */
export interface NumberedSpace {
  readonly id: string;
  readonly zoneId: string;
  readonly number: string;
  readonly spaceClass: string;
}

/** The spaces of these numbers that are not removed. By space_zone. */
export function spacesByNumber(sql: Sql, asked: ReadonlyArray<{ readonly zoneId: string; readonly number: string }>): Promise<NumberedSpace[]> {
  return sql.query<NumberedSpace>(
    `select s.id, s.zone_id as "zoneId", s.number, s.space_class as "spaceClass"
     from jsonb_to_recordset($1::jsonb) as a ("zoneId" text, number text)
     join space s on s.zone_id = a."zoneId" and s.number = a.number
     where s.status <> 'REMOVED'`,
    [JSON.stringify(asked)],
  );
}

/** The newest that is known of one space. */
export interface SpaceState {
  readonly city: string;
  readonly spaceId: string;
  readonly facilityId: string;
  readonly feedId: string;
  readonly isOccupied: boolean;
  readonly observedAt: number;
  readonly sequence: number;
}

/** By space_state_space. The facility's live rows are locked, so nobody else writes them. */
export async function statesOf(sql: Sql, spaceIds: readonly string[]): Promise<ReadonlyMap<string, SpaceState>> {
  const rows = await sql.query<Omit<SpaceState, 'sequence'> & { sequence: string }>(
    `select city, space_id as "spaceId", facility_id as "facilityId", feed_id as "feedId", is_occupied as "isOccupied", epoch_ms(observed_at) as "observedAt", sequence
     from space_state
     where space_id = any($1)`,
    [spaceIds],
  );
  return new Map(rows.map(row => [row.spaceId, { ...row, sequence: Number(row.sequence) }]));
}

/** Writes states that are newer than what was known. By the primary key. */
export async function putStates(sql: Sql, states: readonly SpaceState[], receivedAt: number): Promise<void> {
  if (states.length === 0) return;
  await sql.query(
    `insert into space_state (city, space_id, facility_id, feed_id, is_occupied, observed_at, sequence, received_at)
     select n.city, n."spaceId", n."facilityId", n."feedId", n."isOccupied", to_timestamp(n."observedAt" / 1000.0), n.sequence, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, "spaceId" text, "facilityId" text, "feedId" text, "isOccupied" boolean, "observedAt" float8, sequence bigint)
     order by n."spaceId"
     on conflict (city, space_id) do update set feed_id = excluded.feed_id, is_occupied = excluded.is_occupied, observed_at = excluded.observed_at,
       sequence = excluded.sequence, received_at = excluded.received_at`,
    [JSON.stringify(states), receivedAt],
  );
}

/** What the states of a zone's spaces of one class add up to. */
export interface DerivedCount {
  readonly zoneId: string;
  readonly spaceClass: string;
  /** Numbered spaces in service, and how many of them have a state. */
  readonly spaces: number;
  readonly told: number;
  readonly occupied: number;
  /** Of the newest state; null where none has one. */
  readonly feedId: string | null;
  readonly intervalSeconds: number | null;
  readonly observedAt: number | null;
  readonly receivedAt: number | null;
}

/** Adds up the states of zones. By space_zone and space_state_space. */
export function deriveCounts(sql: Sql, zoneIds: readonly string[]): Promise<DerivedCount[]> {
  return sql.query<DerivedCount>(
    `select d.*, f.interval_seconds as "intervalSeconds"
     from (
       select s.zone_id as "zoneId", s.space_class as "spaceClass", count(*)::int as spaces, count(t.space_id)::int as told,
         (count(*) filter (where t.is_occupied))::int as occupied,
         (array_agg(t.feed_id order by t.observed_at desc nulls last, t.sequence desc, t.feed_id desc))[1] as "feedId",
         epoch_ms(max(t.observed_at)) as "observedAt",
         epoch_ms((array_agg(t.received_at order by t.observed_at desc nulls last, t.sequence desc, t.feed_id desc))[1]) as "receivedAt"
       from space s
       left join space_state t on t.space_id = s.id
       where s.zone_id = any($1) and s.status = 'IN_SERVICE'
       group by s.zone_id, s.space_class
     ) as d
     left join occupancy_feed f on f.id = d."feedId"
     order by d."zoneId", d."spaceClass"`,
    [zoneIds],
  );
}
