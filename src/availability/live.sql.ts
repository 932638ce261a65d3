import type { FilteredFacility } from '../facilities/index.js';
import type { SpaceClass } from '../sharing/index.js';
import type { Sql } from '../platform/index.js';
import { columnOf, jsonColumnOf } from './columns.js';
import type { LendingRow } from './lending-row.js';
import type { CountInForce, LentNow, LiveClass, LiveFigure } from './rules/live-state.js';

/** The attributes of a facility by which the watch finds who reads its changes, and how it is shown. */
export interface Routing extends FilteredFacility {
  readonly liveDataIsPublic: boolean;
  /** Owner, manager and operator: who sees exact figures of their own. */
  readonly partyIds: readonly string[];
}

export interface LiveRow extends LiveKey {
  readonly version: number;
  readonly lent: LentNow;
  readonly counts: readonly CountInForce[];
  /** The figure as one text, to compare it with. */
  readonly figureText: string;
  readonly figure: LiveFigure;
  readonly changedAt: number;
}

export interface LiveKey {
  readonly city: string;
  readonly facilityId: string;
  readonly spaceClass: SpaceClass;
}

interface StoredLiveRow extends LiveKey {
  readonly version: string;
  readonly lent: LentNow;
  readonly counts: readonly CountInForce[];
  readonly figureText: string;
  readonly changedAt: number;
}

/** One text instead of ten columns: most rows are only compared, and a driver reads one text much faster. */
const FIGURE = `concat(l.state, ',', l.free, ',', l.quota, ',', l.capacity, ',', l.occupied, ',', epoch_ms(l.observed_at), ',', epoch_ms(l.received_at), ',',
       epoch_ms(l.stale_after), ',', l.source, ',', l.reason)`;

/** A figure as its stored columns read. */
export function figureTextOf({ state, free, quota, capacity, occupied, observedAt, receivedAt, staleAfter, source, reason }: LiveFigure): string {
  return `${state},${free ?? ''},${quota ?? ''},${capacity},${occupied ?? ''},${observedAt ?? ''},${receivedAt ?? ''},${staleAfter ?? ''},${source},${reason ?? ''}`;
}

function figureOf(text: string): LiveFigure {
  const [state, free, quota, capacity, occupied, observedAt, receivedAt, staleAfter, source, reason] = text.split(',');
  const number = (part: string | undefined): number | null => (part === '' ? null : Number(part));
  return {
    state: state as LiveFigure['state'], free: number(free), quota: number(quota), capacity: Number(capacity), occupied: number(occupied),
    observedAt: number(observedAt), receivedAt: number(receivedAt), staleAfter: number(staleAfter), source: source as LiveFigure['source'], reason: reason || null,
  };
}

class StoredRow implements LiveRow {
  readonly city: string;
  readonly facilityId: string;
  readonly spaceClass: SpaceClass;
  readonly version: number;
  readonly lent: LentNow;
  readonly counts: readonly CountInForce[];
  readonly figureText: string;
  readonly changedAt: number;

  constructor({ city, facilityId, spaceClass, version, lent, counts, figureText, changedAt }: StoredLiveRow) {
    this.city = city;
    this.facilityId = facilityId;
    this.spaceClass = spaceClass;
    this.version = Number(version);
    this.lent = lent;
    this.counts = counts;
    this.figureText = figureText;
    this.changedAt = changedAt;
  }

  get figure(): LiveFigure {
    return figureOf(this.figureText);
  }
}

const LIVE = `select l.city, l.facility_id as "facilityId", l.space_class as "spaceClass", l.version, l.lent, l.counts, epoch_ms(l.changed_at) as "changedAt", ${FIGURE} as "figureText"
     from live_availability l
     where l.facility_id = any($1)
     order by l.facility_id, l.space_class`;

/** The rows of facilities, locked until the commit in the order of their key. By live_availability_facility. */
export async function selectLiveForUpdate(sql: Sql, facilityIds: readonly string[]): Promise<LiveRow[]> {
  return (await sql.query<StoredLiveRow>(`${LIVE} for update`, [facilityIds])).map(row => new StoredRow(row));
}

/** The rows of facilities that nobody else holds, locked; what a report holds is left for the next look, so that no two wait for each other. */
export async function selectFreeLive(sql: Sql, facilityIds: readonly string[]): Promise<LiveRow[]> {
  return (await sql.query<StoredLiveRow>(`${LIVE} for update skip locked`, [facilityIds])).map(row => new StoredRow(row));
}

/** A live row as it is written. */
export interface LiveWrite extends LiveKey {
  readonly version: number;
  readonly counts: readonly CountInForce[];
  readonly figure: LiveFigure;
  readonly changedAt: number;
}

/** Writes what counts moved of known rows; what is lent stays as it is. By live_availability_facility. */
export async function updateLive(sql: Sql, rows: readonly LiveWrite[]): Promise<void> {
  if (rows.length === 0) return;
  const instants = (of: (figure: LiveFigure) => number | null): string => columnOf(rows.map(row => of(row.figure)));
  await sql.query(
    `update live_availability l set state = r.state, free = r.free, quota = r.quota, capacity = r.capacity, occupied = r.occupied, observed_at = to_timestamp(r.observed_ms / 1000.0),
       received_at = to_timestamp(r.received_ms / 1000.0), stale_after = to_timestamp(r.stale_ms / 1000.0), source = r.source, reason = r.reason, counts = r.counts::jsonb,
       version = r.version, changed_at = to_timestamp(r.changed_ms / 1000.0)
     from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::float8[], $9::float8[], $10::float8[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::float8[])
       as r (facility_id, space_class, state, free, quota, capacity, occupied, observed_ms, received_ms, stale_ms, source, reason, counts, version, changed_ms)
     where l.facility_id = r.facility_id and l.space_class = r.space_class`,
    [
      columnOf(rows.map(row => row.facilityId)), columnOf(rows.map(row => row.spaceClass)), columnOf(rows.map(row => row.figure.state)),
      columnOf(rows.map(row => row.figure.free)), columnOf(rows.map(row => row.figure.quota)), columnOf(rows.map(row => row.figure.capacity)), columnOf(rows.map(row => row.figure.occupied)),
      instants(figure => figure.observedAt), instants(figure => figure.receivedAt), instants(figure => figure.staleAfter), columnOf(rows.map(row => row.figure.source)),
      columnOf(rows.map(row => row.figure.reason)), jsonColumnOf(rows.map(row => row.counts)), columnOf(rows.map(row => row.version)), columnOf(rows.map(row => row.changedAt)),
    ],
  );
}

/** Writes whole live rows, new and known, all in one statement. By the primary key. */
export async function upsertLive(sql: Sql, rows: ReadonlyArray<LiveWrite & { readonly lent: LentNow }>): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into live_availability (city, facility_id, space_class, state, free, quota, capacity, occupied, observed_at, received_at, stale_after, source, reason, lent, counts, version, changed_at)
     select r.city, r."facilityId", r."spaceClass", r.state, r.free, r.quota, r.capacity, r.occupied, to_timestamp(r."observedAt" / 1000.0), to_timestamp(r."receivedAt" / 1000.0),
       to_timestamp(r."staleAfter" / 1000.0), r.source, r.reason, r.lent, r.counts, r.version, to_timestamp(r."changedAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as r (city text, "facilityId" text, "spaceClass" text, state text, free int, quota int, capacity int, occupied int,
       "observedAt" float8, "receivedAt" float8, "staleAfter" float8, source text, reason text, lent jsonb, counts jsonb, version bigint, "changedAt" float8)
     on conflict (city, facility_id, space_class) do update set state = excluded.state, free = excluded.free, quota = excluded.quota, capacity = excluded.capacity,
       occupied = excluded.occupied, observed_at = excluded.observed_at, received_at = excluded.received_at, stale_after = excluded.stale_after, source = excluded.source,
       reason = excluded.reason, lent = excluded.lent, counts = excluded.counts, version = excluded.version, changed_at = excluded.changed_at`,
    [JSON.stringify(rows.map(({ city, facilityId, spaceClass, version, lent, counts, figure, changedAt }) => ({ city, facilityId, spaceClass, version, lent, counts, changedAt, ...figure })))],
  );
}

/** A facility that the boundary clock looks at: what it is and lends, and what readers know of it. */
export interface DueRow extends LendingRow {
  readonly city: string;
  readonly routing: Routing;
  readonly knownRouting: Routing | null;
  /** How many live rows it has. */
  readonly liveRows: number;
}

const ROUTING = `jsonb_build_object('category', s.category, 'sector', s.sector, 'resourceKind', s.resource_kind, 'jurisdictionCodes', to_jsonb(s.jurisdiction_codes),
  'reportingUnitCode', s.reporting_unit_code, 'status', s.status, 'isInsured', s.is_insured, 'longitude', st_x(s.location), 'latitude', st_y(s.location),
  'name', s.document ->> 'name', 'address', s.document ->> 'address', 'liveDataIsPublic', (s.document ->> 'liveDataIsPublic')::boolean,
  'partyIds', to_jsonb(array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null)))`;

/**
 * Locks the heads of facilities whose instant has come, and answers their ids; those that another server has at hand are
 * left to it. By live_facility_due.
 */
export async function lockDue(sql: Sql, { now, most }: { readonly now: number; readonly most: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(`select facility_id as id from live_facility where look_at <= to_timestamp($1 / 1000.0) order by look_at limit $2 for update skip locked`, [now, most]);
  return rows.map(row => row.id);
}

/** Locks the heads of these facilities, whether their instant has come or not. By live_facility_facility. */
export async function lockHeads(sql: Sql, facilityIds: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('select facility_id as id from live_facility where facility_id = any($1) order by facility_id for update', [facilityIds]);
  return rows.map(row => row.id);
}

/**
 * What facilities with a locked head are and lend. A statement of its own after the lock: one that also took the lock would
 * read what stood before a publication that committed meanwhile, and then nothing would make it look again.
 */
export function listDue(sql: Sql, facilityIds: readonly string[]): Promise<DueRow[]> {
  return sql.query<DueRow>(
    `select s.city, s.facility_id as id, s.status, s.lending, s.windows, ${ROUTING} as routing, h.routing as "knownRouting",
       (select count(*)::int from live_availability l where l.facility_id = s.facility_id) as "liveRows"
     from live_facility h
     join facility_search s on s.facility_id = h.facility_id
     join facility f on f.city = s.city and f.id = s.facility_id
     where h.facility_id = any($1)
     order by s.facility_id`,
    [facilityIds],
  );
}

/** When the next facility is due, epoch ms; null where none is. By live_facility_due. */
export async function findNextLook(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: number | null }>(
    `select case when look_at = '-infinity' then 0 else epoch_ms(look_at) end as at from live_facility order by look_at limit 1`,
  );
  return row?.at ?? null;
}

/** Notes when each facility is looked at next, and the attributes that readers now know. */
export async function putHeads(sql: Sql, heads: ReadonlyArray<{ readonly facilityId: string; readonly lookAt: number; readonly routing: Routing }>): Promise<void> {
  await sql.query(
    `update live_facility h set look_at = to_timestamp(r."lookAt" / 1000.0), routing = r.routing
     from jsonb_to_recordset($1::jsonb) as r ("facilityId" text, "lookAt" float8, routing jsonb)
     where h.facility_id = r."facilityId"`,
    [JSON.stringify(heads)],
  );
}

/**
 * Brings forward when facilities are looked at. A head that somebody holds is left alone: whoever publishes makes it due
 * at once, and the boundary clock does not touch a facility whose rows we hold. By live_facility_facility.
 */
export async function lookEarlier(sql: Sql, looks: ReadonlyArray<{ readonly facilityId: string; readonly lookAt: number }>): Promise<void> {
  if (looks.length === 0) return;
  await sql.query(
    `update live_facility h set look_at = to_timestamp(held."lookAt" / 1000.0)
     from (
       select f.city, f.facility_id, r."lookAt"
       from jsonb_to_recordset($1::jsonb) as r ("facilityId" text, "lookAt" float8)
       join live_facility f on f.facility_id = r."facilityId"
       where f.look_at > to_timestamp(r."lookAt" / 1000.0)
       for update of f skip locked
     ) as held
     where h.city = held.city and h.facility_id = held.facility_id`,
    [JSON.stringify(looks)],
  );
}

/** One look at a time in the whole city, until the commit; false where another server looks. */
export async function tryBoundaryLock(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(7142025) as mine');
  return row!.mine;
}

/** One facility as a process that begins to follow the log reads it. */
export interface StandingRow {
  readonly facilityId: string;
  readonly version: number;
  readonly changedAt: number;
  readonly classes: readonly LiveClass[];
  readonly routing: Routing;
}

/** The figure of a row as it stands in the log. */
const CLASS = `jsonb_build_object('spaceClass', l.space_class, 'state', l.state, 'free', l.free, 'quota', l.quota, 'capacity', l.capacity, 'occupied', l.occupied,
  'observedAt', epoch_ms(l.observed_at), 'receivedAt', epoch_ms(l.received_at), 'staleAfter', epoch_ms(l.stale_after), 'source', l.source, 'reason', l.reason)`;

/** Every facility's availability, with the position of the log at which it holds: one statement, one snapshot. */
export async function readStanding(sql: Sql): Promise<{ readonly position: number; readonly facilities: readonly StandingRow[] }> {
  const rows = await sql.query<Omit<StandingRow, 'version'> & { readonly position: string; readonly version: string | null }>(
    `select p.position, l."facilityId", l.version, l."changedAt", l.classes, l.routing
     from (select coalesce((select max(position) from availability_change), f.position) as position from availability_log_floor f) as p
     left join lateral (
       select l.facility_id as "facilityId", max(l.version) as version, epoch_ms(max(l.changed_at)) as "changedAt",
         jsonb_agg(${CLASS} order by array_position(array['STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL'], l.space_class)) as classes, h.routing
       from live_availability l
       join live_facility h on h.city = l.city and h.facility_id = l.facility_id
       where h.routing is not null
       group by l.facility_id, h.routing
     ) as l on true`,
  );
  return { position: Number(rows[0]!.position), facilities: rows.flatMap(({ version, position: _position, ...row }) => (version === null ? [] : [{ ...row, version: Number(version) }])) };
}

/** The availability of these facilities as it stands now. By live_availability_facility. */
export async function listStanding(sql: Sql, facilityIds: readonly string[]): Promise<StandingRow[]> {
  const rows = await sql.query<Omit<StandingRow, 'version'> & { readonly version: string }>(
    `select l.facility_id as "facilityId", max(l.version) as version, epoch_ms(max(l.changed_at)) as "changedAt",
       jsonb_agg(${CLASS} order by array_position(array['STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL'], l.space_class)) as classes, h.routing
     from live_availability l
     join live_facility h on h.city = l.city and h.facility_id = l.facility_id
     where l.facility_id = any($1) and h.routing is not null
     group by l.facility_id, h.routing`,
    [facilityIds],
  );
  return rows.map(row => ({ ...row, version: Number(row.version) }));
}
