import type { Sql } from '../platform/index.js';
import { columnOf, jsonColumnOf } from './columns.js';
import type { LiveClass } from './rules/live-state.js';
import type { Routing } from './live.sql.js';

/** One change as it is appended: the whole availability of its facility. */
export interface Change {
  readonly city: string;
  readonly facilityId: string;
  readonly version: number;
  readonly classes: readonly LiveClass[];
  /** Where the attributes that readers are found by changed, too. */
  readonly routing: Routing | null;
}

/** One change as it is read. */
export interface LoggedChange extends Change {
  readonly position: number;
  readonly at: number;
}

/**
 * Appends to the log. The table's trigger holds a lock until the commit, so that positions are in the order of the
 * commits: call it as late in a transaction as can be.
 */
export async function appendChanges(sql: Sql, changes: readonly Change[], now: number): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `insert into availability_change (at, city, facility_id, version, classes, routing)
     select to_timestamp($6 / 1000.0), city, facility_id, version, classes::jsonb, routing::jsonb
     from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) as c (city, facility_id, version, classes, routing)`,
    [
      columnOf(changes.map(change => change.city)), columnOf(changes.map(change => change.facilityId)), columnOf(changes.map(change => change.version)),
      jsonColumnOf(changes.map(change => change.classes)), jsonColumnOf(changes.map(change => change.routing)), now,
    ],
  );
}

interface StoredChange extends Omit<Change, 'version'> {
  readonly position: string;
  readonly version: string;
  readonly at: number;
}

function changeOf({ position, version, ...rest }: StoredChange): LoggedChange {
  return { ...rest, position: Number(position), version: Number(version) };
}

const COLUMNS = 'c.position, epoch_ms(c.at) as at, c.city, c.facility_id as "facilityId", c.version, c.classes, c.routing';

/** What stands after a position, in order. By the primary key of each day. */
export async function listChangesAfter(sql: Sql, position: number, most: number): Promise<LoggedChange[]> {
  return (await sql.query<StoredChange>(`select ${COLUMNS} from availability_change c where c.position > $1 order by c.position limit $2`, [position, most])).map(changeOf);
}

/** The newest position and the one up to which the log was dropped. */
export async function findLogEnds(sql: Sql): Promise<{ readonly head: number; readonly floor: number }> {
  const [row] = await sql.query<{ head: string; floor: string }>(
    `select coalesce((select max(position) from availability_change), f.position) as head, f.position as floor from availability_log_floor f`,
  );
  return { head: Number(row!.head), floor: Number(row!.floor) };
}

/** The newest change of each of these facilities that is no younger than an instant. By availability_change_facility. */
export async function listNewestUntil(sql: Sql, facilityIds: readonly string[], until: number): Promise<LoggedChange[]> {
  return (await sql.query<StoredChange>(
    `select distinct on (c.facility_id) ${COLUMNS}
     from availability_change c
     where c.facility_id = any($1) and c.at <= to_timestamp($2 / 1000.0)
     order by c.facility_id, c.position desc`,
    [facilityIds, until],
  )).map(changeOf);
}

/** The changes of these facilities that are younger than an instant, up to a position, in order. By availability_change_facility. */
export async function listYoungerThan(sql: Sql, facilityIds: readonly string[], { after, position }: { readonly after: number; readonly position: number }): Promise<LoggedChange[]> {
  return (await sql.query<StoredChange>(
    `select ${COLUMNS}
     from availability_change c
     where c.facility_id = any($1) and c.at > to_timestamp($2 / 1000.0) and c.position <= $3
     order by c.position`,
    [facilityIds, after, position],
  )).map(changeOf);
}

/** The changes of these facilities between two positions, in order. By availability_change_facility. */
export async function listChangesBetween(sql: Sql, facilityIds: readonly string[], { after, until, most }: { readonly after: number; readonly until: number; readonly most: number }): Promise<LoggedChange[]> {
  return (await sql.query<StoredChange>(
    `select ${COLUMNS}
     from availability_change c
     where c.facility_id = any($1) and c.position > $2 and c.position <= $3
     order by c.position
     limit $4`,
    [facilityIds, after, until, most],
  )).map(changeOf);
}

/** How many versions of these facilities stand between two positions, and where the first of each does. By availability_change_facility. */
export async function countVersionsBetween(sql: Sql, facilityIds: readonly string[], { after, until }: { readonly after: number; readonly until: number }): Promise<Map<string, { readonly versions: number; readonly first: number }>> {
  const rows = await sql.query<{ readonly id: string; readonly versions: number; readonly first: string }>(
    `select c.facility_id as id, count(*)::int as versions, min(c.position) as first
     from availability_change c
     where c.facility_id = any($1) and c.position > $2 and c.position <= $3
     group by c.facility_id`,
    [facilityIds, after, until],
  );
  return new Map(rows.map(({ id, versions, first }) => [id, { versions, first: Number(first) }]));
}
