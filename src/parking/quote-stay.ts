import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { keepQuotes, type Quote } from '../billing/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { forbidden } from '../platform/graphql/index.js';
import { judgeStays, type JudgedStay, type WantedStay } from './judge-stays.js';
import { mayBookFor, ownPartiesWith } from './reservation.policy.js';
import { reservationsById, type DemandClass, type ReservationRow } from './reservation.sql.js';
import { reservationLifecycle } from './rules/lifecycle.js';
import type { BookingTerms } from './rules/booking-terms.js';

const MINUTE_MS = 60_000;

export interface QuoteStay extends Omit<WantedStay, 'replaces'> {
  /** Whose booking it would be; null: the caller's one party. */
  readonly partyId: string | null;
  readonly demandClass: DemandClass;
  /** The reservation that it would change; null: a new one. */
  readonly changes: string | null;
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
}

export const quotedStayOf = (quote: Quote): QuotedStay => quote.details as unknown as QuotedStay;

/** Prices a stay that could be booked now, and keeps the price: an id, its lines, until when it holds, and on what terms (I9). */
export function quoteStay(scope: RequestScope, input: QuoteStay): Promise<Outcome<{ readonly quoteId: string }>> {
  const partyId = bookingParty(scope, input.partyId);
  return transaction(scope, async unit => {
    const changed = await changedReservation(unit, input.changes, partyId);
    if (isRefusal(changed)) return changed;
    const { facilityId, during, spaceClass, spaces, spaceId } = input;
    const [judged] = await judgeStays(unit, [{ facilityId, during, spaceClass, spaces, spaceId, ...(changed.value ? { replaces: changed.value.claimId } : {}) }], unit.now);
    if (isRefusal(judged!)) return judged;
    const [quoteId] = await keepStays(unit, [judged!.value], { partyId, demandClass: input.demandClass, changes: input.changes });
    return done({ quoteId: quoteId! });
  }, { operation: 'quoteStay', key: input.idempotencyKey, input });
}

/** Keeps the prices of judged stays as quotes for a party, in one statement. */
export function keepStays(unit: Unit, stays: readonly JudgedStay[], { partyId, demandClass, changes }: { readonly partyId: string; readonly demandClass: DemandClass; readonly changes: string | null }): Promise<readonly string[]> {
  return keepQuotes(unit, stays.map(({ stay, city, terms, zoneId, windowIds, isProvisional, price }) => {
    const details: QuotedStay = { city, spaceId: stay.spaceId, demandClass, terms, isProvisional, changes };
    return {
      facilityId: stay.facilityId, zoneId, windowIds, spaceClass: stay.spaceClass, spaces: stay.spaces, during: stay.during, holderId: partyId, price,
      expiresAt: Math.min(unit.now + terms.quoteMinutes * MINUTE_MS, stay.during.endsAt),
      details: { ...details },
    };
  }));
}

/** The party that is booked for: one of the caller's own. */
export function bookingParty({ viewer }: RequestScope, asked: string | null): string {
  const own = ownPartiesWith(viewer, 'reservation:write');
  const partyId = asked ?? (own.length === 1 ? own[0]! : null);
  if (partyId === null || !mayBookFor(viewer, partyId)) throw forbidden('reservation:write');
  return partyId;
}

async function changedReservation(unit: Unit, id: string | null, partyId: string): Promise<Outcome<ReservationRow | null>> {
  if (id === null) return done(null);
  const [row] = await reservationsById(unit, [id]);
  if (!row || row.partyId !== partyId) return refuse(problem('RESERVATION_UNKNOWN', { zh: `没有本主体的预约 ${id.slice(0, 40)}`, en: `the party has no reservation ${id.slice(0, 40)}`, field: 'changesReservationId' }));
  const next = reservationLifecycle.transition(row.state, 'change');
  return isRefusal(next) ? next : done(row);
}
