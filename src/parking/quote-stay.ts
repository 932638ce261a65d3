import { done, isRefusal, plates, problem, refuse, type Outcome, type Plate, type Problems } from '../kernel/index.js';
import { keepQuotes, type Quote } from '../billing/index.js';
import { systemViewer } from '../identity/index.js';
import { Gatherer, type Gathered, type RequestScope, type Unit } from '../platform/index.js';
import { badInput, forbidden } from '../platform/graphql/index.js';
import { audiencesOfStays, knownVehicles, storedVehicles, type KnownVehicle } from './known-vehicles.js';
import { judgeStays, type JudgedStay, type WantedStay } from './judge-stays.js';
import { mayBookFor, ownPartiesWith } from './reservation.policy.js';
import { reservationsById, type DemandClass, type ReservationRow } from './reservation.sql.js';
import { revocationsOf, type RevocationRow } from './revocation/revocation.sql.js';
import type { AdmittedAudience } from './rules/admitted-as.js';
import { alreadyInProblem } from './rules/already-in.js';
import { changeCost, type ChangeCost } from './rules/change-cost.js';
import { reservationLifecycle } from './rules/lifecycle.js';
import type { BookingTerms } from './rules/booking-terms.js';
import type { KeptQuote } from './rules/quote-use.js';
import { spacesProblem } from './rules/stay-input.js';
import { checkVehicles, platesProblem, type GivenPlate } from './rules/vehicles.js';
import { vehiclesOf } from './vehicle.sql.js';

const MINUTE_MS = 60_000;

export interface QuoteStay extends Omit<WantedStay, 'replaces' | 'audiences'> {
  /** Whose booking it would be; null: the caller's one party. */
  readonly partyId: string | null;
  readonly demandClass: DemandClass;
  /** The reservation that it would change; null: a new one. */
  readonly changes: string | null;
  /** The vehicles that would come; null or absent: any, and then it is for anybody. A change keeps those of its reservation. */
  readonly plates?: readonly GivenPlate[] | null;
  readonly idempotencyKey: string;
}

/** What a quote keeps for its use, besides the price: opaque to billing. */
export interface QuotedStay {
  readonly city: string;
  readonly spaceId: string | null;
  readonly demandClass: DemandClass;
  readonly terms: BookingTerms;
  readonly isProvisional: boolean;
  readonly changes: string | null;
  /** As which audiences it was judged (P2); empty: as anybody. */
  readonly audiences: readonly AdmittedAudience[];
  /** The vehicles that it was judged for, and that alone may be booked by it; empty: any. */
  readonly vehicles: readonly string[];
  /** What the change costs besides, as it was known then; null where nothing is changed. */
  readonly changeFeeFen: number | null;
  /** What of the price a supplier bears that had the reservation moved; null where nothing is changed. */
  readonly supplierFen: number | null;
}

/** A quote that was made before there were audiences is for anybody, and one that did not say what a change costs knew of nothing. */
export const quotedStayOf = (quote: Quote): QuotedStay => ({ audiences: [], vehicles: [], changeFeeFen: null, supplierFen: null, ...(quote.details as unknown as Partial<QuotedStay>) }) as QuotedStay;

/** What of a quote decides whether it can be used. */
export const keptQuoteOf = (quote: Quote): KeptQuote => ({ id: quote.id, changes: quotedStayOf(quote).changes, expiresAt: quote.expiresAt });

/** The kept answer of one call: plain JSON. A refusal is not kept, because nothing happened. */
type Answer = { readonly quoteId: string } | { readonly problems: Problems };

interface Item extends Omit<QuoteStay, 'idempotencyKey' | 'plates'> {
  readonly partyId: string;
  readonly vehicles: readonly KnownVehicle[];
}

/** Quotes of one transaction: a rush at opening time is many callers at few facilities. */
const QUOTES_A_TRANSACTION = 128;
const LANES = 2;

/** Quotes that this process has just kept, for the answer that follows. */
const kept = new WeakMap<Answer, Quote>();

const gatherer = new Gatherer<Item, Answer>({ maximum: () => QUOTES_A_TRANSACTION, lanes: LANES, viewer: systemViewer, work: quoteTogether, isKept: answer => 'quoteId' in answer });

/**
 * Prices a stay that could be booked now, and keeps the price: an id, its lines, until when it holds, and on what terms
 * (I9). Calls that arrive together are decided and kept together; each has its own answer.
 */
export async function quoteStay(scope: RequestScope, { idempotencyKey, plates: given, ...stay }: QuoteStay): Promise<Outcome<{ readonly quoteId: string; readonly quote: Quote | null }>> {
  const partyId = bookingParty(scope, stay.partyId);
  const named = given == null ? done([]) : vehiclesOfQuote(given, stay);
  if (isRefusal(named)) return named;
  const item = { ...stay, partyId, vehicles: knownVehicles(scope.services.sealer, named.value) };
  const input = given == null ? stay : { ...stay, plates: named.value.map(plates.plateIdentity) };
  const answer = await gatherer.run(scope.services, { viewer: scope.viewer, item, retry: { operation: 'quoteStay', key: idempotencyKey, input }, weight: 1 });
  return 'problems' in answer ? refuse(answer.problems) : done({ quoteId: answer.quoteId, quote: kept.get(answer) ?? null });
}

/** The vehicles that a quote is asked for; a refusal where they are none that could come. */
function vehiclesOfQuote(given: readonly GivenPlate[], { changes, spaces }: Pick<QuoteStay, 'changes' | 'spaces'>): Outcome<readonly Plate[]> {
  if (changes !== null) return refuse(problem('CHANGE_KEEPS_PLATES', { zh: '变更沿用原预约的号牌；更换号牌请用 changePlates', en: 'a change keeps the plates of its reservation: name others by changePlates', field: 'plates' }));
  // Of spaces that nobody can book, the terms speak with all else.
  const unfit = spacesProblem(spaces) ? null : platesProblem(given.length, spaces);
  return unfit ? refuse(unfit) : checkVehicles(given);
}

async function quoteTogether(unit: Unit, parts: ReadonlyArray<Gathered<Item>>): Promise<readonly Answer[]> {
  const items = parts.map(part => part.item);
  const changed = await changedReservations(unit, items);
  const vehicles = await vehiclesOfItems(unit, items, changed);
  const audiences = await audiencesOfStays(unit, items.map(({ facilityId, partyId, during }, index) => ({ facilityId, partyId, during, vehicles: vehicles[index]! })));
  const wanted = items.flatMap((item, index) => {
    const before = changed[index]!;
    if (isRefusal(before)) return [];
    const { facilityId, during, spaceClass, spaces, spaceId } = item;
    return [{ index, item, before: before.value, stay: { facilityId, during, spaceClass, spaces, spaceId, audiences: audiences[index]!, bookedFor: { partyId: item.partyId, vehicles: vehicles[index]! }, ...(before.value ? { replaces: before.value.claimId, begunAt: before.value.startsAt } : {}) } }];
  });
  const judged = await judgeStays(unit, wanted.map(each => each.stay), unit.now);
  const relocations = await relocationsOf(unit, wanted.flatMap(({ before }) => before?.id ?? []));
  const had = wanted.flatMap(({ index, item, before }, nth) => {
    const outcome = judged[nth]!;
    if (isRefusal(outcome)) return [];
    const cost = before && changeCost(before, { ...item, ...item.during, priceFen: outcome.value.price.amountFen }, relocations.get(before.id) ?? [], unit.now);
    return [{ index, stay: outcome.value, holder: { ...item, vehicles: vehicles[index]!.map(({ vehicle }) => vehicle), cost } }];
  });
  const quotes = new Map((await keepStays(unit, had)).map((quote, nth) => [had[nth]!.index, quote]));
  const refused = new Map(wanted.map(({ index }, nth) => [index, judged[nth]!]));
  return items.map((_, index): Answer => {
    const quote = quotes.get(index);
    if (quote) {
      const answer: Answer = { quoteId: quote.id };
      kept.set(answer, quote);
      return answer;
    }
    const outcome = refused.get(index) ?? changed[index]!;
    if (!isRefusal(outcome)) throw new Error('a stay was neither quoted nor refused');
    return { problems: outcome.problems };
  });
}

/** What became of reservations that are to be changed, by each, the newest first. */
async function relocationsOf(unit: Unit, ids: readonly string[]): Promise<ReadonlyMap<string, readonly RevocationRow[]>> {
  return Map.groupBy(ids.length === 0 ? [] : await revocationsOf(unit, ids), row => row.reservationId);
}

/** For whom a quote is made, and what for. */
export interface QuoteHolder {
  readonly partyId: string;
  readonly demandClass: DemandClass;
  readonly changes: string | null;
  /** The vehicles that it was judged for; absent where any may come. */
  readonly vehicles?: readonly string[];
  /** What the change costs besides; absent or null where nothing is changed. */
  readonly cost?: ChangeCost | null;
}

/** Keeps the prices of judged stays as quotes, in one statement. */
export async function keepStays(unit: Unit, stays: ReadonlyArray<{ readonly stay: JudgedStay; readonly holder: QuoteHolder }>): Promise<readonly Quote[]> {
  const drafts = stays.map(({ stay: { stay, city, terms, zoneId, windowIds, isProvisional, price }, holder: { partyId, demandClass, changes, vehicles, cost } }) => {
    const audiences = stay.audiences ?? [];
    // What is for anybody is for any vehicle.
    const details: QuotedStay = { city, spaceId: stay.spaceId, demandClass, terms, isProvisional, changes, audiences, vehicles: audiences.length > 0 ? (vehicles ?? []) : [], changeFeeFen: cost?.changeFeeFen ?? null, supplierFen: cost?.supplierFen ?? null };
    return {
      facilityId: stay.facilityId, zoneId, windowIds, spaceClass: stay.spaceClass, spaces: stay.spaces, during: stay.during, holderId: partyId, price,
      expiresAt: Math.min(unit.now + terms.quoteMinutes * MINUTE_MS, stay.during.endsAt),
      details: { ...details },
    };
  });
  const ids = await keepQuotes(unit, drafts);
  return drafts.map((draft, nth) => ({ ...draft, id: ids[nth]!, madeAt: unit.now }));
}

/** The party that is booked for: one of the caller's own. */
export function bookingParty({ viewer }: RequestScope, asked: string | null): string {
  const own = ownPartiesWith(viewer, 'reservation:write');
  if (asked === null && own.length > 1) throw badInput({ zh: `调用方可为 ${own.length} 个主体预约，须给出 partyId`, en: `the caller books for ${own.length} parties: give partyId` }, 'input.partyId');
  const partyId = asked ?? (own.length === 1 ? own[0]! : null);
  if (partyId === null || !mayBookFor(viewer, partyId)) throw forbidden('reservation:write');
  return partyId;
}

/** What each would change; null for a new stay, a refusal where its party has no such reservation, or one that cannot be changed. */
async function changedReservations(unit: Unit, items: readonly Item[]): Promise<ReadonlyArray<Outcome<ReservationRow | null>>> {
  const ids = items.flatMap(item => item.changes ?? []);
  const rows = new Map((ids.length === 0 ? [] : await reservationsById(unit, ids)).map(row => [row.id, row]));
  return items.map(({ changes, partyId, during, ...stay }) => {
    if (changes === null) return done(null);
    const row = rows.get(changes);
    if (!row || row.partyId !== partyId) return refuse(problem('RESERVATION_UNKNOWN', { zh: `没有本主体的预约 ${changes.slice(0, 40)}`, en: `the party has no reservation ${changes.slice(0, 40)}`, field: 'changesReservationId' }));
    const next = reservationLifecycle.transition(row.state, 'change');
    if (isRefusal(next)) return next;
    const isIn = alreadyInProblem(row.state, row, { ...stay, ...during }, 'during');
    return isIn ? refuse(isIn) : done(row);
  });
}

/** Which vehicles each is asked for: those that were named, and for the change of what was decided for an audience those of the reservation. */
async function vehiclesOfItems(unit: Unit, items: readonly Item[], changed: ReadonlyArray<Outcome<ReservationRow | null>>): Promise<ReadonlyArray<readonly KnownVehicle[]>> {
  const ids = changed.flatMap(before => (!isRefusal(before) && before.value && before.value.audiences.length > 0 ? [before.value.id] : []));
  const stored = Map.groupBy(ids.length === 0 ? [] : await vehiclesOf(unit, ids), row => row.reservationId);
  return items.map(({ changes, vehicles }) => (changes === null ? vehicles : storedVehicles(stored.get(changes) ?? [])));
}
