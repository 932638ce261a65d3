import { newId, type Sql } from '../platform/index.js';
import type { FeedState } from './rules/feed-alert.js';

/** A feed by its name among those of its party. */
export interface FeedName {
  readonly partyId: string;
  readonly name: string;
}

/** What taking a report needs to know of its feed. */
export interface FeedHead extends FeedName {
  readonly id: string;
  readonly intervalSeconds: number;
}

/** How often a source reports unless it declared otherwise (P3). */
export const INTERVAL_SECONDS = 60;

const HEADS = `select f.id, f.party_id as "partyId", f.name, f.interval_seconds as "intervalSeconds"
     from jsonb_to_recordset($1::jsonb) as n ("partyId" text, name text)
     join occupancy_feed f on f.party_id = n."partyId" and f.name = n.name`;

/** The feeds of these names; one that is told from for the first time is made. By the unique key of party and name. */
export async function feedsOf(sql: Sql, names: readonly FeedName[], now: number): Promise<FeedHead[]> {
  const known = await sql.query<FeedHead>(HEADS, [JSON.stringify(names)]);
  if (known.length === names.length) return known;
  const knownNames = new Set(known.map(feed => `${feed.partyId} ${feed.name}`));
  const strangers = names.filter(({ partyId, name }) => !knownNames.has(`${partyId} ${name}`));
  await insertFeeds(sql, strangers.map(stranger => ({ ...stranger, intervalSeconds: INTERVAL_SECONDS, declaredAt: null })), now);
  return sql.query<FeedHead>(HEADS, [JSON.stringify(names)]);
}

async function insertFeeds(sql: Sql, feeds: ReadonlyArray<FeedName & { readonly intervalSeconds: number; readonly declaredAt: number | null }>, now: number): Promise<void> {
  await sql.query(
    `insert into occupancy_feed (id, party_id, name, interval_seconds, state_since, declared_at)
     select n.id, n."partyId", n.name, n."intervalSeconds", to_timestamp($2 / 1000.0), to_timestamp(n."declaredAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (id text, "partyId" text, name text, "intervalSeconds" int, "declaredAt" float8)
     order by n."partyId", n.name
     on conflict (party_id, name) do nothing`,
    [JSON.stringify(feeds.map(feed => ({ ...feed, id: newId('occupancyFeed', now) }))), now],
  );
}

/** Declares how often a feed reports; one of the same name keeps its history. Answers its id. */
export async function declareFeed(sql: Sql, { partyId, name, intervalSeconds }: FeedName & { readonly intervalSeconds: number }, now: number): Promise<string> {
  await insertFeeds(sql, [{ partyId, name, intervalSeconds, declaredAt: now }], now);
  const [feed] = await sql.query<{ id: string }>(
    `update occupancy_feed set interval_seconds = $3, declared_at = to_timestamp($4 / 1000.0) where party_id = $1 and name = $2 returning id`,
    [partyId, name, intervalSeconds, now],
  );
  return feed!.id;
}

/** What one transaction received from a feed. */
export interface FeedReceipt {
  readonly feedId: string;
  readonly accepted: number;
  readonly ignored: number;
  readonly quarantined: number;
  readonly findings: number;
  /** The newest observation that was believed; null where none was. */
  readonly observedAt: number | null;
}

const HOUR_MS = 3_600_000;

/** Counts what feeds sent, in the order of their ids; answers how many findings each had in this hour before. */
export async function countReceipts(sql: Sql, receipts: readonly FeedReceipt[], now: number): Promise<ReadonlyMap<string, number>> {
  const hourAt = now - (now % HOUR_MS);
  const rows = await sql.query<{ id: string; before: number }>(
    `with told as materialized (
       select r.*, case when f.findings_hour_at = to_timestamp($3 / 1000.0) then f.findings_in_hour else 0 end as before
       from occupancy_feed f
       join jsonb_to_recordset($1::jsonb) as r ("feedId" text, accepted int, ignored int, quarantined int, findings int, "observedAt" float8) on f.id = r."feedId"
       order by f.id
       for update of f
     )
     update occupancy_feed f set last_received_at = greatest(f.last_received_at, to_timestamp($2 / 1000.0)), last_observed_at = greatest(f.last_observed_at, to_timestamp(t."observedAt" / 1000.0)),
       accepted = f.accepted + t.accepted, ignored = f.ignored + t.ignored, quarantined = f.quarantined + t.quarantined,
       findings_hour_at = to_timestamp($3 / 1000.0), findings_in_hour = t.before + t.findings
     from told t
     where f.id = t."feedId"
     returning f.id, t.before`,
    [JSON.stringify(receipts), now, hourAt],
  );
  return new Map(rows.map(row => [row.id, row.before]));
}

/** A feed as the watch over all feeds judges it. */
export interface FeedWatchRow extends FeedHead {
  readonly state: FeedState;
  readonly lastReceivedAt: number | null;
  readonly isDrifting: boolean;
}

/** Every feed; there are few. By vehicle_counter_drifting. */
export function listFeedsToWatch(sql: Sql): Promise<FeedWatchRow[]> {
  return sql.query<FeedWatchRow>(
    `select f.id, f.party_id as "partyId", f.name, f.interval_seconds as "intervalSeconds", f.state, epoch_ms(f.last_received_at) as "lastReceivedAt",
       exists (select from vehicle_counter v where v.feed_id = f.id and v.is_drifting) as "isDrifting"
     from occupancy_feed f
     order by f.id`,
  );
}

/** Writes new states where the feed still is in the old one; answers the ids of those written. */
export async function putFeedStates(sql: Sql, changes: ReadonlyArray<{ readonly id: string; readonly from: FeedState; readonly to: FeedState }>, now: number): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ id: string }>(
    `update occupancy_feed f set state = c."to", state_since = to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as c (id text, "from" text, "to" text)
     where f.id = c.id and f.state = c."from"
     returning f.id`,
    [JSON.stringify(changes), now],
  );
  return new Set(rows.map(row => row.id));
}

/** How many feeds are in each state, for a gauge. */
export async function countFeedsByState(sql: Sql): Promise<Readonly<Record<FeedState, number>>> {
  const rows = await sql.query<{ state: FeedState; count: number }>('select state, count(*)::int as count from occupancy_feed group by state');
  return { NEVER_HEARD: 0, HEALTHY: 0, SILENT: 0, DRIFTING: 0, ...Object.fromEntries(rows.map(row => [row.state, row.count])) };
}
