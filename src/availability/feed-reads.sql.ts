import type { ReachPart } from '../identity/index.js';
import type { Sql } from '../platform/index.js';
import type { FindingKind } from './finding.sql.js';
import type { FeedState } from './rules/feed-alert.js';

export interface FeedRow {
  readonly id: string;
  readonly partyId: string;
  readonly name: string;
  readonly intervalSeconds: number;
  readonly lastReceivedAt: number | null;
  readonly lastObservedAt: number | null;
  readonly accepted: string;
  readonly ignored: string;
  readonly quarantined: string;
  readonly state: FeedState;
  readonly stateSince: number;
}

const FEED = `f.id, f.party_id as "partyId", f.name, f.interval_seconds as "intervalSeconds", epoch_ms(f.last_received_at) as "lastReceivedAt", epoch_ms(f.last_observed_at) as "lastObservedAt",
       f.accepted, f.ignored, f.quarantined, f.state, epoch_ms(f.state_since) as "stateSince"`;

/** What a viewer reaches: feeds of its parties, and of the parties of its jurisdictions. */
const FEED_WITHIN_REACH = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  where (r."partyId" is null or r."partyId" = f.party_id) and (r.codes is null or p.jurisdiction_code like r.codes))`;

/** These feeds, as far as the viewer reaches. By the primary key. */
export function feedsById(sql: Sql, reach: readonly ReachPart[], ids: readonly string[]): Promise<FeedRow[]> {
  return sql.query<FeedRow>(`select ${FEED} from occupancy_feed f join party p on p.id = f.party_id where ${FEED_WITHIN_REACH} and f.id = any($2)`, [JSON.stringify(reach), ids]);
}

const FEEDS = `from occupancy_feed f join party p on p.id = f.party_id where ${FEED_WITHIN_REACH} and ($2::text is null or f.party_id = $2)`;

/** A page of feeds in the order of their ids; the unique key serves one party's. */
export function listFeeds(sql: Sql, reach: readonly ReachPart[], partyId: string | null, page: { readonly after: string | null; readonly limit: number }): Promise<FeedRow[]> {
  return sql.query<FeedRow>(`select ${FEED} ${FEEDS} and ($3::text is null or f.id > $3) order by f.id limit $4`, [JSON.stringify(reach), partyId, page.after, page.limit]);
}

export async function countFeeds(sql: Sql, reach: readonly ReachPart[], partyId: string | null): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count ${FEEDS}`, [JSON.stringify(reach), partyId]);
  return row!.count;
}

export interface FindingRow {
  readonly id: string;
  readonly kind: FindingKind;
  readonly reason: string | null;
  readonly feedId: string;
  readonly facilityId: string | null;
  readonly observedAt: number | null;
  readonly recordedAt: number;
  readonly times: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface FindingFilter {
  readonly feedId: string | null;
  readonly facilityId: string | null;
  readonly kinds: readonly string[] | null;
}

const FINDING = `n.id, n.kind, n.reason, n.feed_id as "feedId", n.facility_id as "facilityId", epoch_ms(n.observed_at) as "observedAt", epoch_ms(n.recorded_at) as "recordedAt", n.times, n.raw`;

/** A finding is reached through its feed's party, or, within a jurisdiction, also through where its facility lies. */
const FINDING_WITHIN_REACH = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  where (r."partyId" is null or r."partyId" = f.party_id)
    and (r.codes is null or p.jurisdiction_code like r.codes
      or exists (select from facility_search s cross join unnest(s.jurisdiction_codes) as c (code) where s.facility_id = n.facility_id and c.code like r.codes)))`;

const FINDINGS = `from occupancy_finding n join occupancy_feed f on f.id = n.feed_id join party p on p.id = f.party_id where ${FINDING_WITHIN_REACH}`;
const FILTERED = `${FINDINGS} and ($2::text is null or n.feed_id = $2) and ($3::text is null or n.facility_id = $3) and ($4::text[] is null or n.kind = any($4))`;

export function findingsById(sql: Sql, reach: readonly ReachPart[], ids: readonly string[]): Promise<FindingRow[]> {
  return sql.query<FindingRow>(`select ${FINDING} ${FINDINGS} and n.id = any($2)`, [JSON.stringify(reach), ids]);
}

/** A page of findings, the newest first; occupancy_finding_feed or occupancy_finding_facility narrows it. */
export function listFindings(sql: Sql, reach: readonly ReachPart[], { feedId, facilityId, kinds }: FindingFilter, page: { readonly after: string | null; readonly limit: number }): Promise<FindingRow[]> {
  return sql.query<FindingRow>(`select ${FINDING} ${FILTERED} and ($5::text is null or n.id < $5) order by n.id desc limit $6`, [JSON.stringify(reach), feedId, facilityId, kinds, page.after, page.limit]);
}

export async function countFindings(sql: Sql, reach: readonly ReachPart[], { feedId, facilityId, kinds }: FindingFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count ${FILTERED}`, [JSON.stringify(reach), feedId, facilityId, kinds]);
  return row!.count;
}
