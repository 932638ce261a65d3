import type { Sql } from '../platform/index.js';
import { columnOf } from './columns.js';

/** What a counter counts: the spaces of a class in a zone, or in the whole facility. */
export interface CounterKey {
  readonly facilityId: string;
  readonly zoneKey: string;
  readonly spaceClass: string;
  readonly scope: string;
}

/** One vehicle: 1 for an entry, -1 for an exit. */
export interface VehicleEvent extends CounterKey {
  readonly city: string;
  readonly feedId: string;
  readonly eventId: string;
  readonly moved: 1 | -1;
  readonly observedAt: number;
}

export function eventIdentity({ facilityId, zoneKey, spaceClass, scope, feedId, observedAt, eventId }: Omit<VehicleEvent, 'city' | 'moved'>): string {
  return `${facilityId} ${zoneKey} ${spaceClass} ${scope} ${feedId} ${observedAt} ${eventId}`;
}

export const counterKey = ({ facilityId, zoneKey, spaceClass, scope }: CounterKey): string => `${facilityId} ${zoneKey} ${spaceClass} ${scope}`;

const IDENTITY = `facility_id as "facilityId", zone_key as "zoneKey", space_class as "spaceClass", scope, feed_id as "feedId", epoch_ms(observed_at) as "observedAt", event_id as "eventId"`;

/** Keeps events that are not there yet, as `insertSamples` does samples. The primary key decides. */
export async function insertEvents(sql: Sql, events: readonly VehicleEvent[], receivedAt: number): Promise<ReadonlySet<string> | null> {
  if (events.length === 0) return null;
  const [row] = await sql.query<{ kept: Array<Omit<VehicleEvent, 'city' | 'moved'>> | null }>(
    `with kept as (
       insert into vehicle_event (city, facility_id, zone_key, space_class, scope, feed_id, event_id, moved, observed_at, received_at)
       select city, facility_id, zone_key, space_class, scope, feed_id, event_id, moved, to_timestamp(observed_ms / 1000.0), to_timestamp($10 / 1000.0)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::float8[])
         as e (city, facility_id, zone_key, space_class, scope, feed_id, event_id, moved, observed_ms)
       on conflict do nothing
       returning facility_id, zone_key, space_class, scope, feed_id, observed_at, event_id
     )
     select case when (select count(*) from kept) < $11::int then (select coalesce(json_agg(k), '[]') from (select ${IDENTITY} from kept) as k) end as kept`,
    [...identityColumns(events), columnOf(events.map(event => event.moved)), columnOf(events.map(event => event.observedAt)), receivedAt, events.length],
  );
  return row!.kept === null ? null : new Set(row!.kept.map(eventIdentity));
}

function identityColumns(events: readonly VehicleEvent[]): unknown[] {
  return [
    columnOf(events.map(event => event.city)), columnOf(events.map(event => event.facilityId)), columnOf(events.map(event => event.zoneKey)), columnOf(events.map(event => event.spaceClass)),
    columnOf(events.map(event => event.scope)), columnOf(events.map(event => event.feedId)), events.map(event => event.eventId),
  ];
}

/** Which way the events of these identities went. By the primary key. */
export async function directionsOf(sql: Sql, events: readonly VehicleEvent[]): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.query<VehicleEvent>(
    `select e.facility_id as "facilityId", e.zone_key as "zoneKey", e.space_class as "spaceClass", e.scope, e.feed_id as "feedId", epoch_ms(e.observed_at) as "observedAt", e.event_id as "eventId", e.moved
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[]) as a (city, facility_id, zone_key, space_class, scope, feed_id, event_id, observed_ms)
     join vehicle_event e on e.facility_id = a.facility_id and e.observed_at = to_timestamp(a.observed_ms / 1000.0) and e.zone_key = a.zone_key
       and e.space_class = a.space_class and e.scope = a.scope and e.feed_id = a.feed_id and e.event_id = a.event_id
     where e.observed_at >= to_timestamp($9 / 1000.0)`,
    [...identityColumns(events), columnOf(events.map(event => event.observedAt)), events.reduce((least, event) => Math.min(least, event.observedAt), Infinity)],
  );
  return new Map(rows.map(row => [eventIdentity(row), row.moved]));
}

/** A counter that vehicles move. */
export interface VehicleCounter extends CounterKey {
  readonly city: string;
  /** Who told the newest event. */
  readonly feedId: string;
  readonly lastEventAt: number;
}

/** The counters of facilities: for most feeds there is none. By the primary key. */
export function listCounters(sql: Sql, facilityIds: readonly string[]): Promise<Array<VehicleCounter & { readonly isDrifting: boolean }>> {
  return sql.query(
    `select city, facility_id as "facilityId", zone_key as "zoneKey", space_class as "spaceClass", scope, feed_id as "feedId", epoch_ms(last_event_at) as "lastEventAt", is_drifting as "isDrifting"
     from vehicle_counter
     where facility_id = any($1::text[])`,
    [columnOf(facilityIds)],
  );
}

/** Notes that vehicles were told of, and by whom last. In the order of the primary key. */
export async function putCounters(sql: Sql, counters: readonly VehicleCounter[]): Promise<void> {
  if (counters.length === 0) return;
  await sql.query(
    `insert into vehicle_counter (city, facility_id, zone_key, space_class, scope, feed_id, last_event_at)
     select c.city, c."facilityId", c."zoneKey", c."spaceClass", c.scope, c."feedId", to_timestamp(c."lastEventAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as c (city text, "facilityId" text, "zoneKey" text, "spaceClass" text, scope text, "feedId" text, "lastEventAt" float8)
     order by c."facilityId", c."zoneKey", c."spaceClass", c.scope
     on conflict (facility_id, zone_key, space_class, scope) do update set feed_id = excluded.feed_id, last_event_at = excluded.last_event_at
       where vehicle_counter.last_event_at <= excluded.last_event_at`,
    [JSON.stringify(counters)],
  );
}

export async function putDrifting(sql: Sql, drifts: ReadonlyArray<CounterKey & { readonly isDrifting: boolean }>): Promise<void> {
  if (drifts.length === 0) return;
  await sql.query(
    `update vehicle_counter v set is_drifting = d."isDrifting"
     from jsonb_to_recordset($1::jsonb) as d ("facilityId" text, "zoneKey" text, "spaceClass" text, scope text, "isDrifting" boolean)
     where v.facility_id = d."facilityId" and v.zone_key = d."zoneKey" and v.space_class = d."spaceClass" and v.scope = d.scope`,
    [JSON.stringify(drifts)],
  );
}

/** Entries less exits of a counter: after `from` until `until`, and after that. */
export interface MovedSums {
  readonly nth: number;
  readonly between: number;
  readonly after: number;
}

/** Sums what vehicles moved around a count. By the primary key, in the days since the earliest `from`. */
export function sumMoved(sql: Sql, spans: ReadonlyArray<CounterKey & { readonly from: number; readonly until: number }>): Promise<MovedSums[]> {
  return sql.query<MovedSums>(
    `select k.nth, coalesce(sum(e.moved) filter (where e.observed_at <= to_timestamp(k.until / 1000.0)), 0)::int as between,
       coalesce(sum(e.moved) filter (where e.observed_at > to_timestamp(k.until / 1000.0)), 0)::int as after
     from jsonb_to_recordset($1::jsonb) as k (nth int, "facilityId" text, "zoneKey" text, "spaceClass" text, scope text, "from" float8, until float8)
     left join vehicle_event e on e.facility_id = k."facilityId" and e.zone_key = k."zoneKey" and e.space_class = k."spaceClass" and e.scope = k.scope
       and e.observed_at > to_timestamp(k."from" / 1000.0) and e.observed_at > to_timestamp($2 / 1000.0)
     group by k.nth`,
    [JSON.stringify(spans.map((span, nth) => ({ nth, ...span }))), spans.reduce((least, span) => Math.min(least, span.from), Infinity)],
  );
}
