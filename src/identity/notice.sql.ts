import type { Sql, TransactionSql } from '../platform/index.js';
import type { NoticeChannel } from './rules/notice-delivery.js';

export interface NewNotice {
  readonly id: string;
  readonly partyId: string;
  readonly topic: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly sealedText: string;
}

/**
 * Writes notices with what is to be delivered of them, in one statement: to a person's apps, and to whoever has a phone.
 * An organisation without one listens through the API.
 */
export function insertNotices(sql: TransactionSql, notices: readonly NewNotice[], now: number): void {
  sql.write(
    `with told as (
       insert into notice (party_id, id, topic, subject_kind, subject_id, sealed_text, told_at)
       select n."partyId", n.id, n.topic, n."subjectKind", n."subjectId", n."sealedText", to_timestamp($2 / 1000.0)
       from jsonb_to_recordset($1::jsonb) as n (id text, "partyId" text, topic text, "subjectKind" text, "subjectId" text, "sealedText" text)
       returning party_id, id
     )
     insert into notice_delivery (party_id, notice_id, channel, next_try_at)
     select told.party_id, told.id, c.channel, to_timestamp($2 / 1000.0)
     from told
     join party p on p.id = told.party_id
     cross join (values ('PUSH'), ('SMS')) as c (channel)
     where case c.channel when 'PUSH' then p.kind = 'PERSON' else p.sealed_phone is not null end`,
    [JSON.stringify(notices), now],
  );
}

export interface NoticeRow extends NewNotice {
  readonly toldAt: number;
  readonly readAt: number | null;
}

const COLUMNS = `n.id, n.party_id as "partyId", n.topic, n.subject_kind as "subjectKind", n.subject_id as "subjectId", n.sealed_text as "sealedText",
  epoch_ms(n.told_at) as "toldAt", epoch_ms(n.read_at) as "readAt"`;

/** By notice_by_id, of these parties alone. */
export function listNotices(sql: Sql, ids: readonly string[], partyIds: readonly string[]): Promise<NoticeRow[]> {
  return sql.query<NoticeRow>(`select ${COLUMNS} from notice n where n.id = any($1) and n.party_id = any($2)`, [ids, partyIds]);
}

export interface NoticeFilter {
  readonly partyIds: readonly string[];
  readonly isUnreadOnly: boolean;
}

/** A page, the newest first: ids are in the order of their making. By the primary key, or notice_unread. */
export function listNewestNotices(sql: Sql, { partyIds, isUnreadOnly }: NoticeFilter, page: { readonly before: string | null; readonly limit: number }): Promise<NoticeRow[]> {
  return sql.query<NoticeRow>(
    `select ${COLUMNS}
     from notice n
     where n.party_id = any($1) ${isUnreadOnly ? 'and n.read_at is null' : ''} and ($2::text is null or n.id < $2)
     order by n.id desc
     limit $3`,
    [partyIds, page.before, page.limit],
  );
}

export async function countNotices(sql: Sql, { partyIds, isUnreadOnly }: NoticeFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from notice n where n.party_id = any($1) ${isUnreadOnly ? 'and n.read_at is null' : ''}`, [partyIds]);
  return row!.count;
}

/** Marks these parties' notices read; one that was read keeps its instant. Answers the ids that are theirs. */
export async function markRead(sql: Sql, ids: readonly string[], partyIds: readonly string[], now: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with theirs as (
       select n.party_id, n.id from notice n where n.id = any($1) and n.party_id = any($2) order by n.party_id, n.id for update
     )
     update notice n set read_at = coalesce(n.read_at, greatest(n.told_at, to_timestamp($3 / 1000.0)))
     from theirs
     where n.party_id = theirs.party_id and n.id = theirs.id
     returning n.id`,
    [ids, partyIds, now],
  );
  return rows.map(row => row.id);
}

/** Where a reader stands: every transaction before it has ended, so that what it wrote has been seen or never will be. */
export async function findNoticePosition(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ position: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as position');
  return row!.position;
}

export interface NewsRow extends NoticeRow {
  readonly writtenBy: string;
}

/**
 * What these parties were told by transactions that had not ended at a position, without what the reader knows, and the
 * next position, of one snapshot. A restored database counts its transactions from the beginning: rows of the time before
 * lie beyond its newest transaction, or are old, and are no news. By notice_written_by.
 */
export async function readNews(sql: Sql, ask: { readonly position: string; readonly partyIds: readonly string[]; readonly known: readonly string[]; readonly youngerThan: number; readonly most: number }): Promise<{ readonly position: string; readonly news: readonly NewsRow[] }> {
  const rows = await sql.query<{ readonly position: string } & { [C in keyof NewsRow]: NewsRow[C] | null }>(
    `select s.position::text as position, news.*
     from (select pg_snapshot_xmin(pg_current_snapshot()) as position, pg_snapshot_xmax(pg_current_snapshot()) as head) s
     left join lateral (
       select ${COLUMNS}, n.written_by::text as "writtenBy"
       from notice n
       where n.written_by >= $1::text::xid8 and n.written_by < s.head
         and n.party_id = any($2) and n.id <> all($3) and n.told_at > to_timestamp($4 / 1000.0)
       order by n.id
       limit $5
     ) news on true`,
    [ask.position, ask.partyIds, ask.known, ask.youngerThan, ask.most],
  );
  return { position: rows[0]!.position, news: rows.filter(row => row.id !== null) as unknown as NewsRow[] };
}

/** Forgets a bounded number of notices that are older than an instant, with their deliveries. By notice_told_at. */
export async function forgetNotices(sql: Sql, before: number, most: number): Promise<number> {
  const rows = await sql.query(
    `delete from notice n
     using (select party_id, id from notice where told_at < to_timestamp($1 / 1000.0) order by told_at limit $2) old
     where n.party_id = old.party_id and n.id = old.id
     returning n.id`,
    [before, most],
  );
  return rows.length;
}

/** Deletes all that a party was told, with what was to be delivered of it. By the primary key. */
export async function deleteNoticesOf(sql: Sql, partyId: string): Promise<void> {
  await sql.query('delete from notice where party_id = $1', [partyId]);
}

export interface DueDelivery {
  readonly noticeId: string;
  readonly partyId: string;
  readonly channel: NoticeChannel;
  readonly topic: string;
  readonly sealedText: string;
  /** null where the party has no phone any more. */
  readonly sealedPhone: string | null;
  /** With this one. */
  readonly tries: number;
}

/**
 * Takes what is due: the try is counted and the next one set before anything is sent, so that a crash in between costs a
 * wait and never an endless repetition. By notice_delivery_due.
 */
export function takeDueDeliveries(sql: Sql, { now, nextTryAt, channels, most }: { readonly now: number; readonly nextTryAt: number; readonly channels: readonly NoticeChannel[]; readonly most: number }): Promise<DueDelivery[]> {
  return sql.query<DueDelivery>(
    `with due as (
       select d.party_id, d.notice_id, d.channel
       from notice_delivery d
       where d.state = 'PENDING' and d.next_try_at <= to_timestamp($1 / 1000.0) and d.channel = any($3)
       order by d.next_try_at
       limit $4
       for update skip locked
     )
     update notice_delivery d set tries = d.tries + 1, next_try_at = to_timestamp($2 / 1000.0)
     from due
     join notice n on n.party_id = due.party_id and n.id = due.notice_id
     join party p on p.id = due.party_id
     where d.party_id = due.party_id and d.notice_id = due.notice_id and d.channel = due.channel
     returning d.notice_id as "noticeId", d.party_id as "partyId", d.channel, d.tries, n.topic, n.sealed_text as "sealedText", p.sealed_phone as "sealedPhone"`,
    [now, nextTryAt, channels, most],
  );
}

export interface DeliveryResult {
  readonly noticeId: string;
  readonly partyId: string;
  readonly channel: NoticeChannel;
  readonly state: 'PENDING' | 'DELIVERED' | 'DEAD';
  readonly nextTryAt: number;
  readonly failure: string | null;
}

/** Keeps what became of tries. */
export async function putDeliveryResults(sql: Sql, results: readonly DeliveryResult[], now: number): Promise<void> {
  await sql.query(
    `update notice_delivery d
     set state = r.state, next_try_at = to_timestamp(r."nextTryAt" / 1000.0), last_failure = r.failure,
         settled_at = case when r.state = 'PENDING' then null else to_timestamp($2 / 1000.0) end
     from jsonb_to_recordset($1::jsonb) as r ("noticeId" text, "partyId" text, channel text, state text, "nextTryAt" float8, failure text)
     where d.party_id = r."partyId" and d.notice_id = r."noticeId" and d.channel = r.channel and d.state = 'PENDING'`,
    [JSON.stringify(results), now],
  );
}

/** How many deliveries wait, and how many were given up. By the two partial indexes. */
export async function countDeliveries(sql: Sql): Promise<{ readonly pending: number; readonly dead: number }> {
  const [row] = await sql.query<{ pending: number; dead: number }>(
    `select (select count(*)::int from notice_delivery where state = 'PENDING') as pending, (select count(*)::int from notice_delivery where state = 'DEAD') as dead`,
  );
  return row!;
}
