import { problem, type Span, type WorkCalendar } from '../kernel/index.js';
import type { RequestScope, Sql, Unit } from '../platform/index.js';
import { workCalendar, workCalendarWithin } from '../sharing/index.js';
import type { StayAsk, StayDecision } from './claim.js';
import { spanOf, stands } from './claim-spaces.js';
import { listClaims, listLendings, listPromised, type ClaimRow } from './claim.sql.js';
import type { Lending } from './facility-timeline.js';
import { askProblem, judgeStay } from './judge-stay.js';
import { LendingShelf, horizonOf, type KnownLending } from './lending-shelf.js';
import { NumberedSpaces } from './numbered-spaces.js';
import { PromiseBook, booksOf } from './promise-book.js';
import type { Asker } from './rules/audience.js';
import { DAY_MS, rounded } from './rules/claim-grain.js';
import type { Decision } from './rules/decide.js';

/** How far ahead another start is looked for. */
const LOOK_AHEAD_DAYS = 7;

/**
 * The one decision without a claim (P2): what quote and gate ask, and answered exactly as `claimSpaces` would decide in the
 * same snapshot. The statements do not grow with the asks.
 */
export async function decideStay(asker: RequestScope | Unit, asks: readonly StayAsk[]): Promise<readonly StayDecision[]> {
  if (asks.length === 0) return [];
  const sql: Sql = 'scope' in asker ? asker : asker.database;
  const scope = 'scope' in asker ? asker.scope : asker;
  const now = 'scope' in asker ? asker.now : asker.clock.now();
  const calendar = 'scope' in asker ? await workCalendarWithin(asker) : await workCalendar(asker);
  const sound = asks.filter(ask => askProblem(ask, now) === null);
  const shelf = new LendingShelf(scope.database);
  const ids = [...new Set(asks.map(ask => ask.facilityId))].sort();
  const known = new Map((await listLendings(sql, shelf.versionsOf(ids))).map(row => [row.id, shelf.put(row)]));
  const during = sound.length === 0 ? null : spanOf(sound.map(ask => rounded(ask.during)));
  const snapshot = during && (await snapshotOf(sql, { asks: sound, ids, during, now, calendar }));
  return asks.map(ask => {
    const lending = known.get(ask.facilityId);
    const facility = lending ? { id: lending.id, zone: lending.zone, zoneIds: [...new Set(lending.facts.capacities.map(each => each.zoneId))], isOpen: lending.facts.isOpen } : null;
    const unsound = askProblem(ask, now) ?? (lending ? null : problem('FACILITY_UNKNOWN', { zh: `没有设施 ${ask.facilityId}`, en: `there is no facility ${ask.facilityId}`, field: 'facilityId' }));
    if (unsound) return { facility, decision: refused(ask, unsound), zoneId: null, windows: [] };
    return { facility, ...judgeIn(snapshot!, lending!, ask) };
  });
}

interface Snapshot {
  readonly books: ReturnType<typeof booksOf>;
  readonly lendings: LendingsOnce;
  readonly spaces: NumberedSpaces;
  readonly replaced: ReadonlyMap<string, ClaimRow>;
  readonly horizon: Span;
  readonly now: number;
  readonly calendar: WorkCalendar;
}

/** What is left for an asker is reckoned once, however many stays are asked about. */
class LendingsOnce {
  readonly #ofAsker = new Map<Asker, Map<string, Lending>>();

  of(facilityId: string, { asker, spaceClass }: StayAsk, make: () => Lending): Lending {
    let own = this.#ofAsker.get(asker);
    if (!own) this.#ofAsker.set(asker, (own = new Map()));
    const key = `${facilityId} ${spaceClass}`;
    let lending = own.get(key);
    if (!lending) own.set(key, (lending = make()));
    return lending;
  }
}

async function snapshotOf(sql: Sql, { asks, ids, during, now, calendar }: { readonly asks: readonly StayAsk[]; readonly ids: readonly string[]; readonly during: Span; readonly now: number; readonly calendar: WorkCalendar }): Promise<Snapshot> {
  const horizon = horizonOf(during, LOOK_AHEAD_DAYS);
  const books = booksOf(await listPromised(sql, ids, { from: horizon.startsAt / DAY_MS, until: horizon.endsAt / DAY_MS }, now));
  const spaces = await NumberedSpaces.read(sql, asks.flatMap(ask => ask.spaceId ?? []), during);
  const replaces = asks.flatMap(ask => ask.replaces ?? []);
  const replaced = new Map((replaces.length === 0 ? [] : await listClaims(sql, replaces)).filter(claim => stands(claim, now)).map(claim => [claim.id, claim]));
  return { books, lendings: new LendingsOnce(), spaces, replaced, horizon, now, calendar };
}

function judgeIn({ books, lendings, spaces, replaced, horizon, now, calendar }: Snapshot, known: KnownLending, ask: StayAsk): Omit<StayDecision, 'facility'> {
  const book = books.get(known.id)?.book ?? new PromiseBook();
  const old = ask.replaces === undefined ? undefined : replaced.get(ask.replaces);
  const isOurs = old !== undefined && old.facilityId === known.id;
  const lendingNow = (): Lending => {
    const { timeline } = known.timeline(horizon, calendar);
    return timeline.lending({ spaceClass: ask.spaceClass, asker: ask.asker, now, piecesUntil: horizon.endsAt }, book.promisesAt(now));
  };
  const besides = (claim: ClaimRow): Lending => {
    moveOut(book, claim);
    const lending = lendingNow();
    moveIn(book, claim);
    return lending;
  };
  const lending = isOurs ? besides(old) : lendings.of(known.id, ask, lendingNow);
  const space = ask.spaceId === null ? null : spaces.find(ask, old?.id ?? null, now);
  const judged = judgeStay(known, lending, { ...ask, zoneIds: space?.zoneIds ?? ask.zoneIds }, space?.problem ?? null);
  return space?.problem ? { ...judged, decision: { ...judged.decision, allowed: false, problems: [space.problem] } } : judged;
}

function moveOut(book: PromiseBook, claim: ClaimRow): void {
  if (claim.heldUntil !== null) book.endHold(claim.id);
  else book.count(claim, claim, -claim.spaces);
}

function moveIn(book: PromiseBook, claim: ClaimRow): void {
  if (claim.heldUntil !== null) book.hold(claim.id, { ...claim, heldUntil: claim.heldUntil });
  else book.count(claim, claim, claim.spaces);
}

function refused({ during }: StayAsk, why: Decision['problems'][number]): Decision {
  return { allowed: false, free: 0, lent: 0, bottleneckAt: during.startsAt, zoneIds: [], until: null, firstBookableAt: null, problems: [why] };
}
