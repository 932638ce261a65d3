import { EventQueue, Follower, type RequestScope, type Services } from '../platform/index.js';
import { countNotices, findNoticePosition, listNewestNotices, readNews, type NoticeRow } from './notice.sql.js';
import { noticeOf } from './notice.loaders.js';
import type { NoticesTold } from './notice.type.js';
import { ownPartiesWith } from './rules/own-parties.js';
import { NOTICES_TOPIC } from './tell-parties.js';

/** Events that wait for one reader; one that is slower begins anew with a snapshot. */
const MOST_WAITING = 16;
/** The newest unread notices that a snapshot shows. */
const MOST_IN_SNAPSHOT = 100;
const MOST_AT_ONCE = 500;
/** Notices remembered as told while an older transaction is open: with more of them all readers begin anew. */
const MOST_KNOWN = 5_000;
/** No transaction lasts so long; what is older is no news, such as rows of a restored database. */
const NEWS_MS = 3_600_000;

/** One subscriber: what it has not read, and then what its parties are told. */
class NoticeReader {
  readonly queue: EventQueue<NoticesTold>;
  readonly #told = new Set<string>();
  #isSnapshotDue = true;
  #isReading = false;
  /** What came while a snapshot was read. */
  #meanwhile: NoticeRow[] = [];

  constructor(
    private readonly services: Services,
    readonly partyIds: readonly string[],
    onEnd: () => void,
  ) {
    // What fails here is tried again by the next look.
    this.queue = new EventQueue(MOST_WAITING, { onRoom: () => void this.take([]).catch(() => undefined), onEnd });
  }

  /** Tells what is new. A reader that has fallen behind begins anew once it has room. */
  async take(news: readonly NoticeRow[]): Promise<void> {
    if (this.#isReading) return void this.#meanwhile.push(...news);
    if (this.queue.isFull) this.#isSnapshotDue = true;
    else if (this.#isSnapshotDue) await this.#begin();
    else this.#tell(news.filter(row => !this.#told.has(row.id)));
  }

  beginAnew(): void {
    this.#isSnapshotDue = true;
  }

  async #begin(): Promise<void> {
    this.#isReading = true;
    try {
      const filter = { partyIds: this.partyIds, isUnreadOnly: true };
      const [rows, unreadCount] = await Promise.all([
        listNewestNotices(this.services.database, filter, { before: null, limit: MOST_IN_SNAPSHOT }),
        countNotices(this.services.database, filter),
      ]);
      this.#told.clear();
      for (const row of rows) this.#told.add(row.id);
      this.#isSnapshotDue = false;
      this.queue.push({ notices: rows.toReversed().map(row => noticeOf(this.services.sealer, row)), isSnapshot: true, unreadCount });
      this.#tell(this.#meanwhile.filter(row => !this.#told.has(row.id)));
    } finally {
      this.#meanwhile = [];
      this.#isReading = false;
    }
  }

  #tell(rows: readonly NoticeRow[]): void {
    if (rows.length > 0) this.queue.push({ notices: rows.map(row => noticeOf(this.services.sealer, row)), isSnapshot: false, unreadCount: null });
  }
}

/** The notices of one process: while somebody listens, it reads what the listeners' parties are told, once for all of them. */
class NoticeWatch {
  readonly #readers = new Set<NoticeReader>();
  /** Those that listen, and those about to. */
  #users = 0;
  /** Every transaction before it has been read; null while nobody listens. */
  #position: string | null = null;
  /** What was told of transactions from the position on, with its transaction. */
  #known = new Map<string, bigint>();
  readonly #follower: Follower;

  constructor(private readonly services: Services) {
    this.#follower = new Follower(services.live, NOTICES_TOPIC, () => this.#look());
  }

  async open(partyIds: readonly string[]): Promise<EventQueue<NoticesTold>> {
    this.#users += 1;
    const reader = new NoticeReader(this.services, partyIds, () => {
      this.#users -= 1;
      this.#readers.delete(reader);
    });
    // The position stands before the snapshot is read: what comes after the one comes by the other.
    await this.#follower.look();
    this.#readers.add(reader);
    await reader.take([]).catch((error: unknown) => {
      void reader.queue.return();
      throw error;
    });
    return reader.queue;
  }

  async stop(): Promise<void> {
    await this.#follower.stop();
    for (const reader of [...this.#readers]) await reader.queue.return();
  }

  /** A database that is away delays: the next look goes on from the same position. */
  async #look(): Promise<void> {
    try {
      let count: number;
      do count = await this.#readOnce();
      while (count === MOST_AT_ONCE && !this.#follower.hasStopped);
    } catch (error) {
      this.services.log.warn({ message: (error as Error).message }, 'notices could not be read');
    }
  }

  async #readOnce(): Promise<number> {
    const { database, clock } = this.services;
    if (this.#users === 0 || this.#position === null || this.#known.size > MOST_KNOWN) {
      this.#known.clear();
      this.#position = this.#users === 0 ? null : await findNoticePosition(database);
      for (const reader of this.#readers) reader.beginAnew();
    }
    if (this.#position === null || this.#readers.size === 0) return 0;
    const partyIds = [...new Set([...this.#readers].flatMap(reader => reader.partyIds))];
    const { position, news } = await readNews(database, { position: this.#position, partyIds, known: [...this.#known.keys()], youngerThan: clock.now() - NEWS_MS, most: MOST_AT_ONCE });
    for (const row of news) this.#known.set(row.id, BigInt(row.writtenBy));
    // A full page may have left something behind the position.
    if (news.length < MOST_AT_ONCE) this.#moveTo(position);
    await Promise.all([...this.#readers].map(reader => reader.take(news.filter(row => reader.partyIds.includes(row.partyId)))));
    return news.length;
  }

  #moveTo(position: string): void {
    this.#position = position;
    const from = BigInt(position);
    for (const [id, writtenBy] of this.#known) if (writtenBy < from) this.#known.delete(id);
  }
}

const watches = new WeakMap<Services, NoticeWatch>();

/** What the viewer's own parties have not read, and then all that they are told. */
export function watchNotices(scope: RequestScope): Promise<AsyncIterable<NoticesTold>> {
  const { services, viewer } = scope;
  let watch = watches.get(services);
  if (!watch) watches.set(services, (watch = new NoticeWatch(services)));
  return watch.open(ownPartiesWith(viewer, 'notice:read'));
}

/** Ends the streams of this process. */
export async function stopNotices(services: Services): Promise<void> {
  await watches.get(services)?.stop();
}
