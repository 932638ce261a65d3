import { done, isRefusal, refuse, type Outcome } from '../kernel/index.js';
import { claimSpaces, takeUpClaim } from '../availability/index.js';
import { openCharges, quotesForUse, type Quote } from '../billing/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { askerFor } from './asker-for.js';
import { noShowAtOf } from './book-quotes.js';
import { bringDownTo, endReservation, lockUnchanged, versionMoved } from './end-reservation.js';
import { withStay } from './judge-stays.js';
import { newPlaceProblems } from './place-vehicles.js';
import { keptQuoteOf, quotedStayOf } from './quote-stay.js';
import { mayBookFor } from './reservation.policy.js';
import { quotesInUse, reservationsById, type ReservationCharge, type ReservationRow } from './reservation.sql.js';
import { revocationsOf } from './revocation/revocation.sql.js';
import { alreadyInProblem } from './rules/already-in.js';
import { endReasonProblem, unpaidChangeProblem } from './rules/change-check.js';
import { changeQuoteProblem } from './rules/quote-use.js';
import { cancelFeeOf, givesUp } from './rules/settle-end.js';
import { wasTakenBack } from './rules/taken-back.js';
import { changedBy, storeChanged } from './store-reservations.js';

const MINUTE_MS = 60_000;

/** What every change of one reservation is asked with. */
export interface ReservationAsk {
  readonly reservationId: string;
  /** The version that the caller saw; null: whichever stands (I18). */
  readonly expectedVersion?: string | null;
  readonly idempotencyKey: string;
}

/** Cancels before arrival; late, it costs what was agreed, and nothing once its spaces were taken back (P9). Whoever is in leaves instead (C10). */
export function cancelReservation(scope: RequestScope, input: ReservationAsk & { readonly reason?: string | null }): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const row = await reservationToChange(unit, input);
    if (isRefusal(row)) return row;
    const told = input.reason?.trim() ?? '';
    const wordy = endReasonProblem(told);
    if (wordy) return refuse(wordy);
    const feeFen = await feeOfCancelling(unit, row.value);
    const reason = told || '预约方取消。Cancelled by its party.';
    const ended = await endReservation(unit, row.value, { event: 'cancel', feeFen, purpose: 'CANCELLATION', reason });
    if (isRefusal(ended)) return ended;
    return done({ reservationId: ended.value.id });
  }, { operation: 'cancelReservation', key: input.idempotencyKey, input });
}

async function feeOfCancelling(unit: Unit, row: ReservationRow): Promise<number> {
  const feeFen = row.state === 'HELD' ? 0 : (row.feeFen ?? 0) + cancelFeeOf(row, unit.now);
  return feeFen > 0 && wasTakenBack(row, await revocationsOf(unit, [row.id])) ? 0 : feeFen;
}

/**
 * Changes a reservation to what was quoted for it: the new claim takes the old one's place in one step, so that nobody
 * can take the spaces in between and a refusal leaves everything as it was. The difference is given back, or charged where
 * a stay is paid after it; where it is paid first, a change never costs more.
 */
export function changeReservation(scope: RequestScope, input: ReservationAsk & { readonly quoteId: string }): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const found = await reservationToChange(unit, input);
    if (isRefusal(found)) return found;
    const row = found.value;
    const quote = await quoteOfChange(unit, input.quoteId, row);
    if (isRefusal(quote)) return quote;
    const changed = changedBy(row, 'change', unit.now, planOf(row, quote.value, unit.now));
    if (isRefusal(changed)) return changed;
    const isIn = alreadyInProblem(row.state, row, changed.value, 'quoteId');
    if (isIn) return refuse(isIn);
    const goingBack = givesUp(row, changed.value);
    const elsewhere = await newPlaceProblems(unit, row, { facilityId: quote.value.facilityId, during: quote.value.during, audiences: quotedStayOf(quote.value).audiences, price: quote.value.price, field: 'quoteId' });
    if (elsewhere.length > 0) return refuse(elsewhere);

    // What an earlier change cost stays owed.
    const feeFen = (row.feeFen ?? 0) + (goingBack ? cancelFeeOf(row, unit.now) : 0);
    const charges = await rechargeTo(unit, row, quote.value, feeFen);
    if (isRefusal(charges)) return charges;
    const [claim] = await claimSpaces(unit, [{
      facilityId: quote.value.facilityId, zoneIds: quote.value.zoneId === null ? null : [quote.value.zoneId], spaceId: quotedStayOf(quote.value).spaceId, spaceClass: quote.value.spaceClass, during: quote.value.during, spaces: quote.value.spaces,
      asker: askerFor(quotedStayOf(quote.value).audiences), cause: { kind: 'RESERVATION', id: row.id }, heldUntil: null, replaces: row.claimId,
    }]);
    if (isRefusal(claim!)) return refuse(claim.problems.map(each => withStay(each, { ...quote.value, spaceId: null })));
    const { claimId, zoneId, windowIds, provisional } = claim!.value;
    if (row.state !== 'CONFIRMED') await takeUpClaim(unit, { claimId, at: unit.now });
    const locked = await lockUnchanged(unit, row);
    if (isRefusal(locked)) return locked;
    const stored = { ...changed.value, claimId, zoneId, windowIds, isProvisional: changed.value.isProvisional || provisional, charges: charges.value, feeFen: feeFen > 0 ? feeFen : null };
    await storeChanged(unit, 'change', [stored], { quoteId: input.quoteId, amountFen: stored.amountFen, feeFen });
    return done({ reservationId: stored.id });
  }, { operation: 'changeReservation', key: input.idempotencyKey, input });
}

/** The reservation of this caller, unlocked; a refusal where it is no longer what the caller saw. */
export async function reservationToChange(unit: Unit, { reservationId, expectedVersion }: ReservationAsk): Promise<Outcome<ReservationRow>> {
  const [row] = await reservationsById(unit, [reservationId]);
  if (!row || !mayBookFor(unit.scope.viewer, row.partyId)) throw notFound('预约 reservation', reservationId.slice(0, 40));
  if (expectedVersion != null && expectedVersion !== String(row.version)) return refuse(versionMoved(row.version, expectedVersion));
  return done(row);
}

async function quoteOfChange(unit: Unit, quoteId: string, row: ReservationRow): Promise<Outcome<Quote>> {
  const [known] = await quotesForUse(unit, [quoteId]);
  const quote = known?.holderId === row.partyId ? known : null;
  const [used] = await quotesInUse(unit, [quoteId]);
  const found = changeQuoteProblem(quoteId, quote && keptQuoteOf(quote), row.id, used?.reservationId ?? null, unit.now);
  return found || !quote ? refuse(found!) : done(quote);
}

function planOf(row: ReservationRow, quote: Quote, now: number): Partial<ReservationRow> {
  const { spaceId, terms, isProvisional, audiences } = quotedStayOf(quote);
  const { startsAt, endsAt } = quote.during;
  return { facilityId: quote.facilityId, spaceClass: quote.spaceClass, spaceId, spaces: quote.spaces, startsAt, endsAt, quoteId: quote.id, amountFen: quote.price.amountFen, noShowAt: noShowAtOf(terms, quote.during, now), terms, isProvisional, audiences };
}

/** Charges or gives back the difference of the prices, and keeps a fee on top of the new one. */
async function rechargeTo(unit: Unit, row: ReservationRow, quote: Quote, feeFen: number): Promise<Outcome<readonly ReservationCharge[]>> {
  const { terms } = quotedStayOf(quote);
  const owedFen = quote.price.amountFen + feeFen;
  const chargedFen = row.charges.reduce((sum, { amountFen }) => sum + amountFen, 0);
  if (owedFen <= chargedFen) return bringDownTo(unit, row, { feeFen: owedFen, purpose: 'CANCELLATION', reason: '预约变更的差额。The difference of a change.' });
  const unpaid = unpaidChangeProblem(terms, { beforeFen: row.amountFen, afterFen: quote.price.amountFen });
  if (unpaid) return refuse(unpaid);
  const onTopFen = owedFen - chargedFen;
  const [chargeId] = await openCharges(unit, [{
    cause: { kind: 'RESERVATION', id: row.id }, facilityId: quote.facilityId, payerId: row.partyId, purpose: 'STAY', amountFen: onTopFen,
    lines: [{ zh: '停车费：预约变更的差额', en: 'parking: the difference of a change', amountFen: onTopFen, ...quote.during }],
    dueAt: terms.payAfterMinutes === null ? unit.now + terms.holdMinutes * MINUTE_MS : quote.during.endsAt + terms.payAfterMinutes * MINUTE_MS,
  }]);
  return done([...row.charges, { chargeId: chargeId!, amountFen: onTopFen }]);
}
